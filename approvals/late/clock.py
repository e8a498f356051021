"""The clock of a stage: until when it may be answered, when the sweep looks at it again, and what happens otherwise."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlmodel import col, select

from approvals.chain import stamp
from approvals.late.calendars import calendar_of
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import Calendar, Deadline, closing, deadline, due_of, resumed_due
from models.event import Event, EventKind
from models.policy.late import Told, end_at, next_look
from models.road.route import RouteStage
from models.stage import Stage

#: What happened to a stage's clock.
KINDS = (
    EventKind.REMINDED,
    EventKind.ESCALATED,
    EventKind.DEADLINE_MOVED,
    EventKind.LEFT_WAITING,
    EventKind.TURN_CAME,
    EventKind.SUSPENDED,
    EventKind.RESUMED,
    EventKind.OBJECTION_MADE,
    EventKind.OBJECTION_ANSWERED,
)


def started(tx: Transaction, planned: RouteStage, round_: int, now: dt.datetime) -> dict[str, Any]:
    """Return the columns of the clock of a stage that is opened ``now``."""
    calendar = calendar_of(tx, now)
    due = _set_day(planned, round_) or deadline(calendar, now, planned.working_days)
    return {
        "due_at": due.at,
        "due_provisional": due.provisional,
        "counted_by": calendar.version,
        "remind_at": next_look(planned.late, calendar, due.at, Told(now)),
    }


def _set_day(planned: RouteStage, round_: int) -> Deadline | None:
    """Return the day that was set for the first round, where one was: it is no matter of working days."""
    if planned.due_day is None or round_ != 1:
        return None
    return Deadline(closing(dt.date.fromisoformat(planned.due_day)), provisional=False)


def events_of(tx: Transaction, app: Application, stage: Stage) -> list[Event]:
    """Return what happened to the clock of ``stage``, in order, from when it was last started anew."""
    rows = select(Event).where(Event.application_id == app.id, col(Event.kind).in_(KINDS)).order_by(col(Event.seq))
    events = [event for event in tx.exec(rows) if event.payload.get("stage") == stage.id]
    anew = [n for n, event in enumerate(events) if _starts_anew(event)]
    return events[anew[-1] :] if anew else events


def _starts_anew(event: Event) -> bool:
    return event.kind is EventKind.TURN_CAME or bool(event.payload.get("anew"))


def _started_at(events: list[Event], stage: Stage) -> dt.datetime:
    return events[0].at if events and _starts_anew(events[0]) else stage.opened_at


def told(events: list[Event], stage: Stage) -> Told:
    """Return what those who are asked in ``stage`` were told, by its clock's ``events``."""
    reminded = [event.at for event in events if event.kind is EventKind.REMINDED]
    resumed = [event.at for event in events if event.kind is EventKind.RESUMED]
    kinds = {event.kind for event in events}
    return Told(
        newest=max([_started_at(events, stage), *reminded, *resumed]),
        first=min((at for at in reminded if at >= stage.due_at), default=None),
        escalated=EventKind.ESCALATED in kinds,
        ended=EventKind.LEFT_WAITING in kinds,
    )


def pauses(events: list[Event]) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield from when to when the clock stood still."""
    since: dt.datetime | None = None
    for event in events:
        if event.kind is EventKind.SUSPENDED:
            since = event.at
        elif event.kind is EventKind.RESUMED and since is not None:
            yield since, event.at
            since = None


def start_anew(tx: Transaction, stage: Stage, planned: RouteStage, now: dt.datetime) -> None:
    """Give whoever is asked in ``stage`` from ``now`` on the stage's whole time."""
    due = deadline(calendar_of(tx, now), now, planned.working_days)
    _set(tx, stage, planned, due, Told(now), now)


def set_due(
    tx: Transaction, stage: Stage, planned: RouteStage, due: Deadline, events: list[Event], now: dt.datetime
) -> None:
    """Set until when ``stage`` may be answered, to whose clock ``events`` happened so far."""
    stage.due_at = due.at
    _set(tx, stage, planned, due, told(events, stage), now)


def _set(tx: Transaction, stage: Stage, planned: RouteStage, due: Deadline, known: Told, now: dt.datetime) -> None:
    calendar = calendar_of(tx, now)
    stage.due_at, stage.due_provisional, stage.counted_by = due.at, due.provisional, calendar.version
    stage.remind_at = next_look(planned.late, calendar, due.at, known)
    tx.add(stage)


def counted(calendar: Calendar, planned: RouteStage, stage: Stage, events: list[Event]) -> Deadline:
    """Return until when ``stage`` may be answered, counted from the beginning by ``calendar``."""
    set_day = None if events and _starts_anew(events[0]) else _set_day(planned, stage.round)
    days = events[0].payload.get("days") if events and _starts_anew(events[0]) else None
    start = set_day or deadline(calendar, _started_at(events, stage), days or planned.working_days)
    return due_of(calendar, start, pauses(events))


def resume(
    tx: Transaction, app: Application, stage: Stage, planned: RouteStage, suspended_at: dt.datetime, now: dt.datetime
) -> None:
    """Let the clock of ``stage`` go on ``now``; the event of it carries the new ``due`` and is recorded after this."""
    moved = resumed_due(calendar_of(tx, now), stage.due_at, suspended_at, now)
    due = Deadline(moved.at, provisional=moved.provisional or stage.due_provisional)
    provisional_by = stage.counted_by if stage.due_provisional else None
    set_due(tx, stage, planned, due, events_of(tx, app, stage), now)
    if provisional_by is not None:
        stage.counted_by = provisional_by  # what was counted before is to be counted again by a newer calendar


def otherwise(
    tx: Transaction, stage: Stage, planned: RouteStage, now: dt.datetime, first: dt.datetime | None = None
) -> dict[str, Any]:
    """Return what a letter says of what happens if nobody answers; ``first`` is the first reminder past the date."""
    late, calendar = planned.late, calendar_of(tx, now)
    said: dict[str, Any] = {}
    if late.escalate is not None:
        at = deadline(calendar, stage.due_at, late.escalate.after).at
        if at > now:
            said["escalate"] = {"to": late.escalate.to, "at": stamp(at)}
    if late.at_end is not None and (end := end_at(late, calendar, stage.due_at, first)) is not None:
        said["end"] = {"does": late.at_end.does, "at": stamp(end)}
    return {"late": said}


def outlook(tx: Transaction, app: Application, stage: Stage, planned: RouteStage, now: dt.datetime) -> dict[str, Any]:
    """Return what still happens to ``stage`` if nobody answers, as letters state it; empty: only reminders."""
    first = told(events_of(tx, app, stage), stage).first
    said: dict[str, Any] = otherwise(tx, stage, planned, now, first)["late"]
    return said
