"""The end of a stage's clock: what the data say happens where nobody answers in time, labelled automatic."""

import datetime as dt
from collections.abc import Mapping, Sequence

from approvals import asking, letters
from approvals.chain import changed, record
from approvals.late import automatic
from approvals.late import clock_moves as moves
from approvals.office import Office
from approvals.panel import seating
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.officer import Officer
from models.panel.seats import EXPERT_PANEL
from models.road.route import RouteStage
from models.stage import Stage
from models.states import Outcome
from models.task import Task

#: What the clock records at the end.
RECORDS = {"pass": Outcome.APPROVE, "refuse": Outcome.REFUSE}


def end(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    now: dt.datetime,
) -> bool:
    """Do what the data say happens at the end. Return whether the stage closed or its clock started anew.

    Where it could do nothing for somebody, the stage waits on, and the chain says so.
    """
    assert planned.late.at_end is not None
    does = planned.late.at_end.does
    if does == "next_person" and planned.act == EXPERT_PANEL:
        return _ask_next_experts(tx, office, app, stage, tasks, now)
    if does == "next_person":
        return _ask_above(tx, office, app, stage, planned, tasks, now)
    return automatic.answer(tx, office, app, stage, planned, tasks, RECORDS[does], now)


def _ask_next_experts(
    tx: Transaction, office: Office, app: Application, stage: Stage, tasks: Sequence[Task], now: dt.datetime
) -> bool:
    """Give the seat of every expert who has not scored to the next in the draw; a vacant seat waits on."""
    vacant = [task for task in tasks if task.unit == task.seat]
    moves.left_waiting(tx, app, stage, vacant, "没有可以补选的专家 no expert is left to draw", now)
    late = [task for task in tasks if task.unit != task.seat]
    leaving = [task.seat for task in late]
    replaced = [
        seating.replace(tx, office, app, stage, task, "late", moves.SWEEP, now, leaving=leaving) for task in late
    ]
    changed(tx, app, now)
    return any(replaced)


def _ask_above(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    now: dt.datetime,
) -> bool:
    """Ask for each task the nearest unit above that has an officer; whoever was asked before may still answer."""
    above = {task.id: asking.above_of(tx, app, task.asked_instead or task.unit) for task in tasks}
    moved = [task for task in tasks if above[task.id]]
    left = [task for task in tasks if not above[task.id]]
    moves.left_waiting(tx, app, stage, left, "没有可以改请的上级 nobody stands above who could be asked", now)
    if not moved:
        return False
    moves.start_anew(tx, office, app, stage, planned, left, now)
    for task in moved:
        officers = above[task.id]
        task.asked_instead = officers[0].unit
        tx.add(task)
        about = {"stage": stage.id, "task": task.id, "unit": task.unit, "to": task.asked_instead}
        record(tx, app, EventKind.ASKED_ABOVE, now, by=moves.SWEEP, **about, officers=[o.email for o in officers])
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
