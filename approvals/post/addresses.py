"""Addresses of one officer: which of them a letter goes to."""

import datetime as dt

from sqlmodel import col, select

from approvals.transaction import Transaction
from models.officer import Officer
from models.undelivered import Undelivered

#: So long an address is passed over that a mail server gave a letter up for, where there is another.
PASSED_OVER = dt.timedelta(days=30)


def reachable(tx: Transaction, officer: Officer, now: dt.datetime) -> str:
    """Return the first address of ``officer`` that takes letters, as far as is known; the main one where none does."""
    if not officer.other_emails:
        return officer.email
    dead = select(Undelivered.address).where(
        col(Undelivered.address).in_(officer.addresses), Undelivered.reported_at > now - PASSED_OVER
    )
    silent = set(tx.exec(dead))
    return next((one for one in officer.addresses if one not in silent), officer.email)
