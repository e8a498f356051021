"""Floods: more messages to one address than people write are asked to come later, and the operator is told once.

Nothing is lost: a mail server keeps what it was asked to bring later, and a mailbox keeps what is not taken from it.
"""

import datetime as dt
import hashlib

from sqlmodel import col, func, select

from approvals import letters
from approvals.asked import find
from approvals.chain import record, stamp
from approvals.notice import objection_mail
from approvals.office import Office
from approvals.transaction import Transaction
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.states import Channel

WITHIN = dt.timedelta(hours=1)


def too_many(tx: Transaction, office: Office, recipient: str, now: dt.datetime) -> bool:
    """Tell whether ``recipient`` has had as many messages in the last hour as it may."""
    most = office.objections_per_hour if objection_mail.is_objection(recipient) else office.mail_per_hour
    came = select(func.count()).where(InboundMail.recipient == recipient, InboundMail.received_at > now - WITHIN)
    return tx.exec(came).one() >= most


def tell(tx: Transaction, office: Office, recipient: str, now: dt.datetime) -> bool:
    """Tell the operator, and the chain, that messages to ``recipient`` are put off; once an hour. Return whether told.

    The letter does not have the address, which is a secret.
    """
    digest = hashlib.sha256(recipient.encode()).hexdigest()[:32]
    key = f"flood:{digest}:{now:%Y%m%d%H}"
    if tx.exec(select(Letter.id).where(col(Letter.key) == key)).first() is not None:
        return False
    facts: dict[str, object] = {
        "door": recipient.partition("+")[0],
        "per_hour": office.mail_per_hour,
        "number": "",
        "who": "",
    }
    asked = find(tx, recipient.partition("@")[0].partition("+")[2]) if facts["door"] == "reply" else None
    if facts["door"] == "object":
        facts |= {"per_hour": office.objections_per_hour, "number": objection_mail.number_in(recipient)}
    if asked is not None:
        who, task = asked.officer.email, asked.task.id
        facts |= letters.facts_of(tx, asked.app) | letters.unit_facts(tx, asked.app, asked.task, asked.officer)
        facts |= {"who": who}
        about = {"officer": who, "channel": Channel.REPLY.value, "task": task}
        record(tx, asked.app, EventKind.ANSWER_REFUSED, now, why="too many messages", **about)
    facts |= {"at": stamp(now)}
    letters.tell_operator(tx, office, "flood", key, facts, now, asked.app.id if asked else None)
    return True
