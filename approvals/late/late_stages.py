"""How many stages wait, and how many of them are late: for figures."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import col

from approvals.transaction import Transaction
from models.stage import Stage
from models.states import StageState


def count(tx: Transaction, now: dt.datetime) -> tuple[int, int]:
    """Return how many open stages wait for an answer, and for how many of them the date has passed; no suspended."""
    late = sa.func.count(sa.case((col(Stage.due_at) < now, 1)))
    open_ = sa.select(sa.func.count(), late).where(
        col(Stage.state) == StageState.OPEN, col(Stage.suspended_at).is_(None)
    )
    waits, passed = tx.execute(open_).one()
    return int(waits), int(passed)
