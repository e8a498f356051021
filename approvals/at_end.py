"""The end of a stage's clock: what the data say happens where nobody answers in time, labelled automatic."""

import datetime as dt
from collections.abc import Mapping, Sequence

from approvals import asking, clock, letters
from approvals.chain import changed, record, stamp
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.officer import Officer
from models.route import RouteStage
from models.stage import Stage
from models.task import Task


def end(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    now: dt.datetime,
) -> bool:
    """Do what the data say happens at the end. Where the stage stays open, its clock starts anew.

    Returns False where nothing could be done for anybody: the stage waits on, and the chain says so.
    """
    assert planned.late.at_end is not None
    if planned.late.at_end.does == "next_person":
        return ask_above(tx, office, app, stage, planned, tasks, now)
    return False


def ask_above(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    now: dt.datetime,
) -> bool:
    """Ask for each task the nearest unit above that has an officer; whoever was asked before may still answer."""
    above = {task.id: asking.next_above(tx, app, task.asked_instead or task.unit) for task in tasks}
    moved = [task for task in tasks if above[task.id] is not None]
    left = [task for task in tasks if above[task.id] is None]
    if left:
        _left_waiting(tx, app, stage, left, "nobody stands above who could be asked", now)
    if not moved:
        return False
    start_anew(tx, office, app, stage, planned, left, now)
    for task in moved:
        unit = above[task.id] or ""
        task.asked_instead = unit
        tx.add(task)
        officers = asking.officers_of(tx, [unit])[unit]
        about = {"stage": stage.id, "task": task.id, "unit": task.unit, "to": unit}
        record(tx, app, EventKind.ASKED_ABOVE, now, by="sweep", **about, officers=[o.email for o in officers])
        letters.ask(tx, office, app, stage, planned, task, officers, now, passed_on=True)
    changed(tx, app, now)
    return True


def passed_on(tx: Transaction, task: Task, found: Mapping[str, list[Officer]]) -> list[Officer] | None:
    """Return whom to remind where the task was passed on to a unit above; None where it was not.

    ``found`` is whom to ask for each unit that has no such history (``asking.who_answers``).
    """
    if task.asked_instead is None or asking.other_unit(task.unit, found.get(task.unit, [])) is not None:
        return None
    return asking.officers_of(tx, [task.asked_instead]).get(task.asked_instead)


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
    record_move(tx, app, stage, was, "the clock was started anew", now, anew=True)
    tell_moved(tx, office, app, stage, planned, waiting, was, now, calendar=False)


def record_move(
    tx: Transaction, app: Application, stage: Stage, was: dt.datetime, reason: str, now: dt.datetime, *, anew: bool
) -> None:
    """Put onto the chain that ``stage`` may be answered until another time."""
    until = {"was": stamp(was), "due": stamp(stage.due_at), "provisional": stage.due_provisional}
    record(tx, app, EventKind.DEADLINE_MOVED, now, by="sweep", stage=stage.id, reason=reason, anew=anew, **until)


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


def _left_waiting(
    tx: Transaction, app: Application, stage: Stage, tasks: Sequence[Task], reason: str, now: dt.datetime
) -> None:
    units = [task.unit for task in tasks]
    record(tx, app, EventKind.LEFT_WAITING, now, by="sweep", stage=stage.id, units=units, reason=reason)
