"""Held back: a letter that asks is left to the digest where the officer wants only that, and nothing is urgent."""

import datetime as dt

from approvals.late import calendars
from approvals.transaction import Transaction
from models.calendar import office_date
from models.officer import LettersWanted, Officer
from models.stage import Stage


def held_back(tx: Transaction, kind: str, officer: Officer, stage: Stage, now: dt.datetime) -> bool:
    """Return whether ``officer`` is told of a new task by the next digest only.

    What is due within a working day comes at once; so does whatever is more than a first letter.
    """
    if kind != "ask" or officer.letters is not LettersWanted.DIGEST:
        return False
    return not is_soon(tx, stage, now)


def is_soon(tx: Transaction, stage: Stage, now: dt.datetime) -> bool:
    """Return whether ``stage`` is due within a working day, or was due before."""
    days, _ = calendars.calendar_of(tx, now).working_days(office_date(now), office_date(stage.due_at))
    return days <= 1
