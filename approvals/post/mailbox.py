"""The mailbox, told to its operator: mail in it that is not for us, that it cannot be opened, mail that sticks."""

import datetime as dt
import hashlib
from typing import Any

from sqlmodel import col, select

from approvals import letters
from approvals.chain import stamp
from approvals.mail_queries import SHORT
from approvals.office import Office
from approvals.transaction import Transaction
from models.calendar import office_date
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.states import MailState

#: Of what others wrote so much is repeated.
MAX_WORDS = 300
#: So long a message may be tried again before anybody is told.
LONG = dt.timedelta(minutes=10)


def tell_not_ours(
    tx: Transaction, office: Office, senders: tuple[str, ...], subject: str, where: str, now: dt.datetime
) -> bool:
    """Tell the operator of a message that was put aside because it is to none of our addresses; the first of a day."""
    facts = {"sender": ", ".join(senders)[:MAX_WORDS], "about": subject[:MAX_WORDS], "where": where, "at": stamp(now)}
    return _once(tx, office, "not_ours", f"not_ours:{office_date(now)}", facts, now)


def tell_lost(tx: Transaction, office: Office, where: str, since: dt.datetime, why: str, now: dt.datetime) -> bool:
    """Tell the operator that the mailbox cannot be opened; once a day."""
    facts = {"where": where, "since": stamp(since), "why": why[:MAX_WORDS]}
    return _once(tx, office, "mailbox_lost", f"mailbox_lost:{office_date(now)}", facts, now)


def tell_stuck(
    tx: Transaction, office: Office, senders: tuple[str, ...], subject: str, where: str, why: str, now: dt.datetime
) -> bool:
    """Tell the operator of a message that cannot be stored, or not judged; ``where`` says which it is. Once."""
    facts = {"sender": ", ".join(senders)[:MAX_WORDS], "about": subject[:MAX_WORDS], "where": where}
    key = hashlib.sha256(repr((senders, subject, where)).encode("utf-8", "replace")).hexdigest()[:32]
    return _once(tx, office, "mail_stuck", f"mail_stuck:{key}", facts | {"why": why[:MAX_WORDS], "at": stamp(now)}, now)


def tell_unjudged(tx: Transaction, office: Office, mail_id: str, why: str, now: dt.datetime) -> bool:
    """Tell the operator of a message that waits to be judged for long already, and cannot be; once."""
    mail = tx.exec(select(InboundMail).where(InboundMail.id == mail_id)).one()
    if mail.state is not MailState.RECEIVED or mail.received_at > now - LONG:
        return False
    where = f"liandong mail show {mail.id[:SHORT]}"
    return tell_stuck(tx, office, (mail.sender,), "", where, why, now)


def _once(tx: Transaction, office: Office, kind: str, key: str, facts: dict[str, Any], now: dt.datetime) -> bool:
    if tx.exec(select(Letter.id).where(col(Letter.key) == key)).first() is not None:
        return False
    letters.tell_operator(tx, office, kind, key, facts, now)
    return True
