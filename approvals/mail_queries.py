"""Inbound mail as its operator sees it: what came, what became of it and why."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from approvals.transaction import Transaction
from models.application import Application
from models.errors import LiandongError
from models.inbound_mail import InboundMail
from models.states import MailState

#: Characters of an id that commands show; more may be given.
SHORT = 8


class NoSuchMail(LiandongError):
    """No message, or more than one, has an id that begins so."""

    def __init__(self, given: str, found: int) -> None:
        super().__init__(
            f"编号以“{given}”开头的来信有 {found} 封；请用 liandong mail list 查看编号，多写几位。",
            f"{found} messages have an id that begins with {given!r}; see `liandong mail list`, and write more of it.",
        )


@dataclass(frozen=True)
class Mail:
    """One message that came in."""

    id: str
    received_at: dt.datetime
    sender: str
    recipient: str
    state: MailState
    why: str
    checks: list[dict[str, Any]]
    judged_at: dt.datetime | None
    #: The number of the application that it is about; empty where it is about none.
    number: str


_ROWS = (
    sa.select(
        *(
            col(getattr(InboundMail, name))
            for name in ("id", "received_at", "sender", "recipient", "state", "why", "checks", "judged_at")
        ),
        col(Application.number),
    )
    .outerjoin(Application, col(Application.id) == InboundMail.application_id)
    .order_by(col(InboundMail.received_at).desc())
)


def mails(tx: Transaction, state: MailState | None = None, limit: int = 50) -> list[Mail]:
    """Return messages in ``state``, none: in any; the newest first."""
    wanted = _ROWS if state is None else _ROWS.where(col(InboundMail.state) == state)
    return [_mail(row) for row in tx.execute(wanted.limit(limit))]


def mail(tx: Transaction, given: str) -> tuple[Mail, bytes]:
    """Return the message whose id begins with ``given``, and its bytes.

    Raises:
        NoSuchMail: there is none, or more than one.

    """
    wanted = _ROWS.where(col(InboundMail.id).startswith(given.strip().lower(), autoescape=True))
    rows = tx.execute(wanted.limit(2)).all() if given.strip() else []
    if len(rows) != 1:
        raise NoSuchMail(given, len(rows))
    (raw,) = tx.execute(sa.select(col(InboundMail.raw)).where(col(InboundMail.id) == rows[0].id)).one()
    return _mail(rows[0]), raw


@dataclass(frozen=True)
class Outcome:
    """What became of one message."""

    #: The door of its address: ``reply``, ``object``, ``bounce``.
    to: str
    #: The state; ``forged`` where it is parked because nothing shows that the person asked wrote it.
    verdict: str
    #: From storing to judging; None where it is not judged.
    seconds: float | None


def outcome(tx: Transaction, mail_id: str) -> Outcome:
    """Return what became of the message ``mail_id``."""
    columns = (col(getattr(InboundMail, name)) for name in ("recipient", "state", "why", "received_at", "judged_at"))
    row = tx.execute(sa.select(*columns).where(col(InboundMail.id) == mail_id)).one()
    forged = row.state is MailState.PARKED and row.why.startswith(("not authenticated", "from another address"))
    seconds = None if row.judged_at is None else (row.judged_at - row.received_at).total_seconds()
    return Outcome(row.recipient.partition("+")[0], "forged" if forged else row.state.value, seconds)


def waiting(tx: Transaction) -> tuple[int, dt.datetime | None]:
    """Return how many messages are not judged yet, and when the oldest of them came."""
    counted = sa.select(sa.func.count(), sa.func.min(col(InboundMail.received_at)))
    count, oldest = tx.execute(counted.where(col(InboundMail.state) == MailState.RECEIVED)).one()
    return int(count), oldest


def _mail(row: Any) -> Mail:
    checks = row.checks or []
    return Mail(
        row.id, row.received_at, row.sender, row.recipient, row.state, row.why, checks, row.judged_at, row.number or ""
    )
