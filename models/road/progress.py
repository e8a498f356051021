"""Progress: how far a target is reached, from what units reported or from what was awarded. Pure.

A figure counts all that a unit has reached since the target's time began, so that its newest figure replaces
the one before it, and the figures of all units are added up.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from models.calendar import office_date
from models.policy.measure import Target
from models.policy.policy import Window


@dataclass(frozen=True)
class Figures:
    """The figures of one report."""

    unit: str
    at: dt.datetime
    #: The year in which the duty was opened: what is told of it early in the next year still counts there.
    year: int
    #: By the key of the target.
    figures: dict[str, int]


@dataclass(frozen=True)
class Point:
    """What was reached, from a moment on."""

    at: dt.datetime
    reached: int


@dataclass(frozen=True)
class Progress:
    """One target, and how far it is reached."""

    measure: int
    duty: str
    target: Target
    #: The days between which it is to be reached; both are inside.
    first_day: dt.date
    last_day: dt.date
    #: Everything that was reached, in the order of time.
    points: tuple[Point, ...]
    #: The newest figure of each unit; empty where awards are counted.
    by_unit: dict[str, int]

    @property
    def reached(self) -> int:
        """Return what is reached now."""
        return self.points[-1].reached if self.points else 0

    @property
    def percent(self) -> int:
        """Return the part reached in whole percent, never rounded up."""
        return 100 * self.reached // self.target.number


def span(target: Target, window: Window, day: dt.date) -> tuple[dt.date, dt.date]:
    """Return between which days ``target`` is to be reached, seen from ``day``: the year's, or the policy's own."""
    if target.each == "year":
        return dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    return window.first_day, target.by or window.last_day


def from_reports(target: Target, days: tuple[dt.date, dt.date], reports: Iterable[Figures]) -> tuple[Point, ...]:
    """Return what the figures in ``reports`` add up to, moment by moment."""
    known: dict[str, int] = {}
    points = []
    for report in _stating(target, days, reports):
        known[report.unit] = report.figures[target.key]
        points.append(Point(report.at, sum(known.values())))
    return tuple(points)


def newest(target: Target, days: tuple[dt.date, dt.date], reports: Iterable[Figures]) -> dict[str, int]:
    """Return the newest figure of each unit."""
    return {report.unit: report.figures[target.key] for report in _stating(target, days, reports)}


def from_awards(days: tuple[dt.date, dt.date], awarded: Iterable[dt.datetime]) -> tuple[Point, ...]:
    """Return how many awards there were, moment by moment."""
    counted = sorted(at for at in awarded if days[0] <= office_date(at) <= days[1])
    return tuple(Point(at, count) for count, at in enumerate(counted, start=1))


def _stating(target: Target, days: tuple[dt.date, dt.date], reports: Iterable[Figures]) -> list[Figures]:
    """Return the reports with a figure for ``target``, in the order of time; a year has its own."""
    stating = [report for report in reports if target.key in report.figures]
    if target.each == "year":
        stating = [report for report in stating if report.year == days[0].year]
    return sorted(stating, key=lambda report: report.at)
