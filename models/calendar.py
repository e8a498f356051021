"""Working days by the Chinese calendar, with its holidays and make-up days. Pure.

Sources: the State Council's yearly notice, as carried by ``chinesecalendar``, and before it the days that the
operator recorded (``liandong calendar``). A day that neither knows is worked from Monday to Friday, and a
deadline that counted it is provisional.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar import constants

#: All offices of this chain keep Beijing time.
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
#: Offices close at this hour; a deadline ends then.
CLOSING = dt.time(18, 0)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Deadline:
    """Until when a stage may be answered."""

    at: dt.datetime
    #: True where a day was counted that the calendar did not know.
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: those that the operator recorded, and else those that ``chinesecalendar`` carries."""

    #: Day -> whether it is worked.
    recorded: Mapping[dt.date, bool] = field(default_factory=dict)

    def works(self, day: dt.date) -> tuple[bool, bool]:
        """Return (is a working day, is known)."""
        if (working := self.recorded.get(day)) is not None:
            return working, True
        return is_working_day(day)

    @cached_property
    def version(self) -> str:
        """Return 16 hex digits that differ wherever two calendars know different days."""
        said = "".join(f"{day}{'+' if self.recorded[day] else '-'}" for day in sorted(self.recorded))
        return hashlib.sha256(f"{_carried()}{said}".encode()).hexdigest()[:16]

    def working_days(self, after: dt.date, until: dt.date) -> tuple[int, bool]:
        """Return how many working days there are in (after, until], and whether all of those days are known."""
        days = [self.works(day) for day in _days(after, until)]
        return sum(working for working, _ in days), all(known for _, known in days)


@lru_cache(maxsize=4096)
def is_working_day(day: dt.date) -> tuple[bool, bool]:
    """Return (is a working day, is known) by ``chinesecalendar``: unknown years count Monday to Friday."""
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5, False


@lru_cache(maxsize=1)
def _carried() -> str:
    """Return the SHA-256 of the days that the installed ``chinesecalendar`` carries."""
    days = (f"{day}{mark}" for known, mark in ((constants.holidays, "-"), (constants.workdays, "+")) for day in known)
    return hashlib.sha256("".join(sorted(days)).encode()).hexdigest()


def _days(after: dt.date, until: dt.date) -> Iterator[dt.date]:
    yield from (after + dt.timedelta(days=n) for n in range(1, (until - after).days + 1))


def deadline(calendar: Calendar, start: dt.datetime, working_days: int) -> Deadline:
    """Return the closing hour of the ``working_days``-th working day after ``start`` (aware UTC)."""
    return _counted(calendar, office_date(start), working_days, ONE_DAY)


def days_before(calendar: Calendar, due: dt.datetime, working_days: int) -> dt.datetime:
    """Return the closing hour of the ``working_days``-th working day before ``due``."""
    return _counted(calendar, office_date(due), working_days, -ONE_DAY).at


def _counted(calendar: Calendar, day: dt.date, working_days: int, step: dt.timedelta) -> Deadline:
    provisional = False
    for _ in range(working_days):
        working = False
        while not working:
            day += step
            working, known = calendar.works(day)
            provisional = provisional or not known
    return Deadline(closing(day), provisional)


def resumed_due(calendar: Calendar, due: dt.datetime, suspended_at: dt.datetime, resumed_at: dt.datetime) -> Deadline:
    """Return where ``due`` moves when a clock goes on that stood still from ``suspended_at`` to ``resumed_at``.

    As many working days are left after it as were left before; one that was late stays late by as many. The
    day of the suspension counts as used up, that of the resumption does not count. Resumed before any working
    day has passed, ``due`` stays.
    """
    passed, known = calendar.working_days(office_date(suspended_at), office_date(resumed_at))
    if not passed:
        return Deadline(due, provisional=not known)
    moved = deadline(calendar, due, passed)
    return Deadline(moved.at, provisional=moved.provisional or not known)


def due_of(calendar: Calendar, start: Deadline, pauses: Iterable[tuple[dt.datetime, dt.datetime]] = ()) -> Deadline:
    """Return ``start`` moved by every pause (suspended at, resumed at), in their order."""
    for suspended_at, resumed_at in pauses:
        moved = resumed_due(calendar, start.at, suspended_at, resumed_at)
        start = Deadline(moved.at, provisional=start.provisional or moved.provisional)
    return start


def closing(day: dt.date) -> dt.datetime:
    """Return when offices close on ``day``."""
    return dt.datetime.combine(day, CLOSING, OFFICE_ZONE).astimezone(dt.UTC)


def office_date(at: dt.datetime) -> dt.date:
    """Return the calendar day of ``at`` where the offices are."""
    return at.astimezone(OFFICE_ZONE).date()


def office_time(at: dt.datetime) -> str:
    """Return ``at`` as offices write it: ``2026-11-23 18:00`` Beijing time."""
    return at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
