"""The outbox: letters claimed by a sender, and what became of each.

A claim is a hold: a sender that dies with letters in its hands loses them when the hold runs out, and they
go again with the same Message-ID.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import col, select, update

from approvals.transaction import Transaction
from models.states import LetterState
from models.tables import Letter  # with every table that its keys refer to: a sender imports no other

#: The column of the last error is as long as this.
LONGEST_ERROR = 500


def claim(tx: Transaction, now: dt.datetime, limit: int, hold: dt.timedelta) -> list[Letter]:
    """Return up to ``limit`` letters whose time has come, the oldest first, held until ``now + hold``.

    Several senders never get the same letter. The claim itself need not survive a crash of the database:
    the letter would only go again.
    """
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("SET LOCAL synchronous_commit = off"))
    due = (
        select(Letter.id)
        .where(Letter.state == LetterState.QUEUED, Letter.next_try_at <= now)
        .order_by(col(Letter.next_try_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    held = (
        update(Letter)
        .where(col(Letter.id).in_(select(due.c.id)))
        .values(next_try_at=now + hold, tries=Letter.tries + 1)
        .returning(Letter)
        .execution_options(synchronize_session=False)
    )
    return sorted(tx.scalars(held), key=lambda letter: letter.written_at)


def mark_sent(tx: Transaction, ids: Sequence[str], now: dt.datetime) -> None:
    """Record that the SMTP server took the letters ``ids``."""
    tx.execute(
        update(Letter)
        .where(col(Letter.id).in_(ids), col(Letter.state) == LetterState.QUEUED)
        .values(state=LetterState.SENT, sent_at=now, last_error=None)
    )


def put_off(tx: Transaction, letter_id: str, until: dt.datetime, error: str) -> None:
    """Try the letter again at ``until``."""
    tx.execute(
        update(Letter)
        .where(col(Letter.id) == letter_id, col(Letter.state) == LetterState.QUEUED)
        .values(next_try_at=until, last_error=error[:LONGEST_ERROR])
    )


def fail(tx: Transaction, letter_id: str, error: str) -> None:
    """Give the letter up; `reminders.flag_stuck_letters` tells the operator."""
    tx.execute(
        update(Letter)
        .where(col(Letter.id) == letter_id, col(Letter.state) == LetterState.QUEUED)
        .values(state=LetterState.FAILED, last_error=error[:LONGEST_ERROR])
    )
