"""Calendars: the calendar by which every verb counts, and the days that the operator records in it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.transaction import Transaction
from models.calendar import Calendar
from models.calendar_day import CalendarDay
from models.files.calendar_file import DayEntry

#: For so long a process counts by the calendar that it knows before it asks whether there is a newer one.
ASK_AGAIN_AFTER = dt.timedelta(seconds=60)
NEWEST = select(sa.func.max(col(CalendarDay.recorded_at)))
DAYS = sa.select(col(CalendarDay.day), col(CalendarDay.working)).order_by(col(CalendarDay.recorded_at))


@dataclass(frozen=True)
class _Read:
    """A calendar as it was read."""

    asked_at: dt.datetime
    newest: dt.datetime | None
    calendar: Calendar


#: By the URL of the database.
_read: dict[str, _Read] = {}


def calendar_of(tx: Transaction, now: dt.datetime) -> Calendar:
    """Return the calendar; a process asks the database at most once a minute, and for the days only when they changed.

    A stage that is opened by a calendar older than that is found by the sweep, where it matters.
    """
    key = _key(tx)
    known = _read.get(key)
    if known is not None and abs(now - known.asked_at) < ASK_AGAIN_AFTER:
        return known.calendar
    newest = tx.exec(NEWEST).one()
    if known is not None and known.newest == newest:
        calendar = known.calendar
    else:
        calendar = Calendar({day: working for day, working in tx.execute(DAYS)} if newest else {})  # noqa: C416 - rows are no pairs to mypy
    _read[key] = _Read(now, newest, calendar)
    return calendar


def _key(tx: Transaction) -> str:
    return tx.get_bind().engine.url.render_as_string(hide_password=True)


def record_days(tx: Transaction, entries: Iterable[DayEntry], now: dt.datetime) -> int:
    """Record what ``entries`` say of their days, each of which they name once; return how many.

    Deadlines that are provisional move with the next sweep; one that was counted by known days stays.
    """
    days, newest = list(entries), tx.exec(NEWEST).one()
    at = now if newest is None else max(now, newest + dt.timedelta(microseconds=1))
    for entry in days:
        tx.insert(CalendarDay, recorded_at=at, day=entry.day, working=entry.working, source=entry.source)
    _read.pop(_key(tx), None)
    return len(days)


def recorded(tx: Transaction, year: int) -> list[CalendarDay]:
    """Return what counts of the days of ``year`` that were recorded, in their order."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = select(CalendarDay).where(col(CalendarDay.day).between(first, last)).order_by(col(CalendarDay.recorded_at))
    newest = {row.day: row for row in tx.exec(rows)}
    return [newest[day] for day in sorted(newest)]
