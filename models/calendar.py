"""Working days by the Chinese calendar, with its holidays and make-up days.

Source: the State Council's yearly notice, as carried by ``chinesecalendar``. A year that it does not know
yet is counted Monday to Friday and the deadline is marked provisional.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

#: All offices of this chain keep Beijing time.
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
#: Offices close at this hour; a deadline ends then.
CLOSING = dt.time(18, 0)


@dataclass(frozen=True)
class Deadline:
    """Until when a stage may be answered."""

    at: dt.datetime
    #: True where a day of an unknown year was counted.
    provisional: bool


@lru_cache(maxsize=4096)
def is_working_day(day: dt.date) -> tuple[bool, bool]:
    """Return (is a working day, is known): unknown years count Monday to Friday."""
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5, False


def deadline(start: dt.datetime, working_days: int) -> Deadline:
    """Return the closing hour of the ``working_days``-th working day after ``start`` (aware UTC)."""
    day, provisional = start.astimezone(OFFICE_ZONE).date(), False
    for _ in range(working_days):
        day += dt.timedelta(days=1)
        while True:
            working, known = is_working_day(day)
            provisional = provisional or not known
            if working:
                break
            day += dt.timedelta(days=1)
    return Deadline(closing(day), provisional)


def resumed_due(due: dt.datetime, suspended_at: dt.datetime, resumed_at: dt.datetime) -> Deadline:
    """Return where ``due`` moves when a clock goes on that stood still from ``suspended_at`` to ``resumed_at``.

    It moves by whole working days: the day of the suspension counts as used up, that of the resumption does not
    count. So as many working days are left after it as were left before, and one that was late stays late by as
    many. Resumed before any working day has passed, ``due`` stays.
    """
    day, last, passed, provisional = office_date(suspended_at), office_date(resumed_at), 0, False
    while day < last:
        day += dt.timedelta(days=1)
        working, known = is_working_day(day)
        passed, provisional = passed + working, provisional or not known
    if not passed:
        return Deadline(due, provisional)
    moved = deadline(due, passed)
    return Deadline(moved.at, provisional or moved.provisional)


def closing(day: dt.date) -> dt.datetime:
    """Return when offices close on ``day``."""
    return dt.datetime.combine(day, CLOSING, OFFICE_ZONE).astimezone(dt.UTC)


def office_date(at: dt.datetime) -> dt.date:
    """Return the calendar day of ``at`` where the offices are."""
    return at.astimezone(OFFICE_ZONE).date()


def office_time(at: dt.datetime) -> str:
    """Return ``at`` as offices write it: ``2026-11-23 18:00`` Beijing time."""
    return at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
