"""The outbox: letters claimed by a sender, and what became of each.

A claim is a hold: a sender that dies with letters in its hands loses them when the hold runs out, and they
go again with the same Message-ID.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Integer, String, bindparam, func, select, text, update
from sqlmodel import SQLModel, col

from approvals.transaction import Transaction
from models.columns import UtcDateTime
from models.states import LetterState
from models.tables import Letter  # with every table that its keys refer to: a sender imports no other

#: The column of the last error is as long as this.
LONGEST_ERROR = 500


NO_WAIT_FOR_DISK = text("SET LOCAL synchronous_commit = off")
# Core statements on the table, built once: the ORM would take them apart anew each time.
LETTER = SQLModel.metadata.tables["letter"]
DUE = (
    select(LETTER.c.id)
    .where(LETTER.c.state == LetterState.QUEUED, LETTER.c.next_try_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(LETTER.c.next_try_at)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
    .cte("due")
)
HELD = (
    update(LETTER)
    .where(LETTER.c.id.in_(select(DUE.c.id)))
    .values(next_try_at=bindparam("until", type_=UtcDateTime()), tries=LETTER.c.tries + 1)
    .returning(*LETTER.c)
)
SENT = (
    update(LETTER)
    .where(LETTER.c.id.in_(bindparam("ids", expanding=True)), LETTER.c.state == LetterState.QUEUED)
    .values(state=LetterState.SENT, sent_at=bindparam("at", type_=UtcDateTime()), last_error=None)
)

#: A letter whose turn has not come was not tried.
NOT_YET = (
    update(LETTER)
    .where(LETTER.c.id == bindparam("letter", type_=String()), LETTER.c.state == LetterState.QUEUED, LETTER.c.tries > 0)
    .values(next_try_at=bindparam("until", type_=UtcDateTime()), tries=LETTER.c.tries - 1)
)
WAITING = select(func.count(), func.min(LETTER.c.written_at)).where(LETTER.c.state == LetterState.QUEUED)


def claim(tx: Transaction, now: dt.datetime, limit: int, hold: dt.timedelta) -> list[Letter]:
    """Return up to ``limit`` letters whose time has come, the oldest first, held until ``now + hold``.

    Several senders never get the same letter. The claim itself need not survive a crash of the database:
    the letter would only go again.
    """
    if tx.get_bind().dialect.name == "postgresql":
        tx.connection().execute(NO_WAIT_FOR_DISK)
    held = tx.connection().execute(HELD, {"now": now, "most": limit, "until": now + hold})
    return sorted((cast(Letter, row) for row in held), key=lambda letter: letter.written_at)


def mark_sent(tx: Transaction, ids: Sequence[str], now: dt.datetime) -> None:
    """Record that the SMTP server took the letters ``ids``."""
    tx.connection().execute(SENT, {"ids": list(ids), "at": now})


def put_off(tx: Transaction, letter_id: str, until: dt.datetime, error: str) -> None:
    """Try the letter again at ``until``."""
    tx.execute(
        update(Letter)
        .where(col(Letter.id) == letter_id, col(Letter.state) == LetterState.QUEUED)
        .values(next_try_at=until, last_error=error[:LONGEST_ERROR])
    )


def defer(tx: Transaction, turns: Mapping[str, dt.datetime]) -> None:
    """Give claimed letters back until their turns (id -> time); that was no try."""
    tx.connection().execute(NOT_YET, [{"letter": letter, "until": until} for letter, until in turns.items()])


def waiting(tx: Transaction) -> tuple[int, dt.datetime | None]:
    """Return how many letters wait, and since when the oldest does."""
    count, oldest = tx.connection().execute(WAITING).one()
    return int(count), oldest


def fail(tx: Transaction, letter_id: str, error: str) -> None:
    """Give the letter up; `reminders.flag_stuck_letters` tells the operator."""
    tx.execute(
        update(Letter)
        .where(col(Letter.id) == letter_id, col(Letter.state) == LetterState.QUEUED)
        .values(state=LetterState.FAILED, last_error=error[:LONGEST_ERROR], flagged=False)
    )
