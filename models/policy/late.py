"""Late: what happens when a stage is not answered in time, as data; and when, by the clock. Pure.

Nothing happens silently: whoever is asked is told beforehand what happens at the end and when, and nothing ends
by itself before a reminder went out and a working day passed.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.calendar import Calendar, days_before, deadline
from models.policy.data import Data

#: Working days.
Days = Annotated[int, Field(ge=1, le=250)]


class Escalation(Data):
    """Who is told that a unit does not answer, and after how many working days past the date."""

    after: Days
    to: Literal["superior", "operator"]


class AtEnd(Data):
    """What the clock itself does, and after how many working days past the date."""

    after: Days
    does: Literal["pass", "refuse", "next_person"]


class Late(Data):
    """What happens before and after a stage's date while it waits; the operator is told with every reminder."""

    #: A first reminder so many working days before the date; None: none.
    remind_before: Days | None = None
    #: A reminder at the date, and again each so many working days.
    remind_every: Days
    escalate: Escalation | None = None
    #: Written ``at_end: nothing`` or left out: the stage waits for ever.
    at_end: Annotated[AtEnd | None, BeforeValidator(lambda value: None if value == "nothing" else value)] = None

    @model_validator(mode="after")
    def _escalates_before_it_ends(self) -> Self:
        if self.escalate and self.at_end and self.escalate.after >= self.at_end.after:
            raise ValueError("escalate: the end comes first, so nobody would ever be told; escalate earlier")
        return self


@dataclass(frozen=True)
class Told:
    """What has happened to a stage since its clock was started."""

    #: When the stage was opened, its clock started again, or the newest reminder went out.
    newest: dt.datetime
    #: The first reminder after the date.
    first: dt.datetime | None = None
    escalated: bool = False
    #: The clock did what it does at the end, as far as it could; the stage waits on.
    ended: bool = False


@dataclass(frozen=True)
class Look:
    """What is to be done at one look at a stage."""

    reminds: bool
    escalates: bool
    ends: bool


def end_at(late: Late, calendar: Calendar, due: dt.datetime, first: dt.datetime | None) -> dt.datetime | None:
    """Return when the clock ends the stage: ``first`` is the first reminder after the date, if it went out."""
    if late.at_end is None:
        return None
    planned = deadline(calendar, due, late.at_end.after).at
    return planned if first is None else max(planned, deadline(calendar, first, 1).at)


def look(late: Late, calendar: Calendar, due: dt.datetime, told: Told, now: dt.datetime) -> Look:
    """Return what is to be done ``now`` about a stage that is open and whose clock runs."""
    end = end_at(late, calendar, due, told.first)
    ends = end is not None and told.first is not None and end <= now and not told.ended
    escalate = _escalates_at(late, calendar, due)
    return Look(
        reminds=not ends and _reminds_at(late, calendar, due, told) <= now,
        escalates=not ends and not told.escalated and escalate is not None and escalate <= now,
        ends=ends,
    )


def next_look(late: Late, calendar: Calendar, due: dt.datetime, told: Told) -> dt.datetime:
    """Return when the sweep looks at the stage again, after what ``told`` says."""
    times = [_reminds_at(late, calendar, due, told)]
    if not told.escalated and (escalate := _escalates_at(late, calendar, due)) is not None:
        times.append(escalate)
    if told.first is not None and not told.ended and (end := end_at(late, calendar, due, told.first)) is not None:
        times.append(end)
    return min(times)


def _reminds_at(late: Late, calendar: Calendar, due: dt.datetime, told: Told) -> dt.datetime:
    """Return when the next reminder goes out."""
    if told.newest >= due:
        return deadline(calendar, told.newest, late.remind_every).at
    if late.remind_before is None:
        return due
    before = days_before(calendar, due, late.remind_before)
    return before if told.newest < before else due


def _escalates_at(late: Late, calendar: Calendar, due: dt.datetime) -> dt.datetime | None:
    return deadline(calendar, due, late.escalate.after).at if late.escalate else None
