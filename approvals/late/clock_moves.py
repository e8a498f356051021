"""What moves the clock of a stage while it is open: the event, and who is told."""

import datetime as dt
from collections.abc import Sequence

from approvals import asking, letters
from approvals.chain import record, stamp
from approvals.late import clock
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_time
from models.event import EventKind
from models.road.route import RouteStage
from models.stage import Stage
from models.task import Task

#: Who acted, where it was the clock.
SWEEP = "sweep"


def start_anew(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    waiting: Sequence[Task],
    now: dt.datetime,
) -> None:
    """Give whoever is asked from now on the stage's whole time; tell those of ``waiting`` until when."""
    was = stage.due_at
    clock.start_anew(tx, stage, planned, now)
    record_move(tx, app, stage, was, "重新计算期限 the clock was started anew", now, anew=True)
    tell_moved(tx, office, app, stage, planned, waiting, was, now, calendar=False)


def record_move(
    tx: Transaction, app: Application, stage: Stage, was: dt.datetime, reason: str, now: dt.datetime, *, anew: bool
) -> None:
    """Put onto the chain that ``stage`` may be answered until another time."""
    until = {"was": stamp(was), "due": stamp(stage.due_at), "provisional": stage.due_provisional}
    why = f"{office_time(was)} → {office_time(stage.due_at)} {reason}"
    record(tx, app, EventKind.DEADLINE_MOVED, now, by=SWEEP, stage=stage.id, reason=why, anew=anew, **until)


def tell_moved(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    was: dt.datetime,
    now: dt.datetime,
    *,
    calendar: bool,
) -> None:
    """Tell whoever was asked for ``tasks`` until when they may answer; their links stay as they are.

    ``calendar``: because of the calendar; else because the clock was started anew.
    """
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned)
    facts |= {"was": stamp(was), "calendar": calendar}
    asked = asking.were_asked(tx, tasks) if tasks else {}
    for task in tasks:
        for officer in asked.get(task.id, []):
            key = f"deadline_moved:{task.id}:{officer.id}:{stamp(now)}"
            to = (officer.email, officer.name, officer.language)
            said = facts | letters.unit_facts(tx, app, task, officer)
            letters.queue(tx, office, "deadline_moved", key, to, said, now, app.id)


def left_waiting(
    tx: Transaction, app: Application, stage: Stage, tasks: Sequence[Task], reason: str, now: dt.datetime
) -> None:
    """Put onto the chain that the clock came to its end and could do nothing for ``tasks``."""
    for task in tasks:
        about = {"stage": stage.id, "task": task.id, "unit": task.unit}
        record(tx, app, EventKind.LEFT_WAITING, now, by=SWEEP, **about, reason=reason)
