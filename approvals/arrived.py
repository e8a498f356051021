"""What is known of a message before anybody reads it: when and where it came in, and who was asked there."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import select

from approvals.asked import find
from approvals.inbound import token_of
from approvals.transaction import Transaction
from models.inbound_mail import InboundMail


@dataclass(frozen=True)
class Arrived:
    """One message, and whose answer it may be."""

    recipient: str
    received_at: dt.datetime
    #: The address of the person asked, in lower case; empty where the address belongs to nobody.
    officer: str


def arrived(tx: Transaction, mail_id: str) -> Arrived:
    """Return what is known of a message."""
    recipient, at = tx.exec(
        select(InboundMail.recipient, InboundMail.received_at).where(InboundMail.id == mail_id)
    ).one()
    asked = find(tx, token_of(recipient), lock=False)
    return Arrived(recipient, at, asked.officer.email.lower() if asked else "")
