"""Loops: our own letters that come back to us are known by their Message-ID, whatever a gateway did to them."""

from sqlmodel import select

from approvals.transaction import Transaction
from models.inbound_mail import InboundMail
from models.letter import Letter

OURS = "automatic: our own letter"


def is_ours(tx: Transaction, mail: InboundMail) -> bool:
    """Tell whether ``mail`` is a letter of ours."""
    ours = select(Letter.id).where(Letter.message_id == mail.message_id.strip("<>"))
    return tx.exec(ours).first() is not None
