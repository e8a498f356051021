"""Inbound mail: stored as it came, before anybody judges it (`approvals.judging`); and what a reader makes of it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from approvals.moves.wish import Wish
from approvals.notice import objection_mail
from approvals.post import bounced
from approvals.post.attachments import ReceivedFile
from approvals.transaction import Transaction
from models.authenticity import Authenticity
from models.inbound_mail import InboundMail
from models.secrets import locator, token_hash
from models.states import MailState, Outcome
from models.token import Token

#: A gateway that delivers a message again under another Message-ID does so within minutes; a person who sends
#: the same words again later means it, and is answered again.
SAME_BODY_WITHIN = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Reply:
    """A message as far as it could be read."""

    #: Lower case, each once.
    senders: tuple[str, ...]
    outcome: Outcome | None = None
    opinion: str = ""
    #: True for a report on a duty that is not done: it has no outcome, and its task stays open.
    in_progress: bool = False
    #: A move instead of an answer.
    wish: Wish | None = None
    #: What shows that no person wrote it.
    automatic: str | None = None
    #: Why it has no outcome: a short English key for the record, and a sentence in both languages.
    problem: str = ""
    sentence: tuple[str, str] = ("", "")
    #: True where nothing but its headers could be read.
    unreadable: bool = False
    #: The subject, where an officer's mailbox says by itself that the officer is away.
    away: str | None = None
    #: What came with it.
    files: tuple[ReceivedFile, ...] = ()
    #: Whether its From is proven.
    authenticity: Authenticity = field(default_factory=Authenticity)


def receive(
    tx: Transaction, raw: bytes, sender: str, recipient: str, message_id: str, body_hash: str, now: dt.datetime
) -> str | None:
    """Store a message to a reply address; return its id, or None where it is here already.

    ``sender`` is the address in From: the same words from another address are another message, or a stranger
    could suppress an answer by sending it first.
    """
    token = token_of(recipient)
    key = f"{token_hash(token)}:{message_id}"
    same = select(InboundMail.id).where(
        (col(InboundMail.key) == key)
        | (
            (col(InboundMail.recipient) == recipient)
            & (col(InboundMail.sender) == sender)
            & (col(InboundMail.body_hash) == body_hash)
            & (col(InboundMail.received_at) > now - SAME_BODY_WITHIN)
        )
    )
    if tx.exec(same).first() is not None:
        return None
    mail = InboundMail(
        key=key,
        message_id=message_id,
        body_hash=body_hash,
        sender=sender[:320],
        recipient=recipient,
        raw=raw,
        received_at=now,
        state=MailState.RECEIVED,
    )
    try:
        with tx.begin_nested():
            tx.add(mail)
    except IntegrityError:  # delivered twice at the same moment
        return None
    return mail.id


def token_of(recipient: str) -> str:
    """Return the token in ``reply+<token>@domain``."""
    return recipient.partition("@")[0].partition("+")[2]


def is_known(tx: Transaction, recipient: str) -> bool:
    """Tell whether a letter may carry this reply address, or one that it was altered from or another door's."""
    if objection_mail.is_objection(recipient):
        return objection_mail.is_known(tx, recipient)
    if bounced.is_bounce(recipient):
        return bounced.is_known(tx, recipient)
    found = select(Token.id).where(Token.locator == locator(token_of(recipient)))
    return tx.exec(found.limit(1)).first() is not None


def unjudged(tx: Transaction, skip: Collection[str] = (), limit: int = 50) -> list[str]:
    """Return the ids of messages that wait to be judged, the oldest first, without those in ``skip``."""
    waiting = select(InboundMail.id).where(InboundMail.state == MailState.RECEIVED)
    if skip:
        waiting = waiting.where(col(InboundMail.id).not_in(skip))
    return list(tx.exec(waiting.order_by(col(InboundMail.received_at)).limit(limit)))
