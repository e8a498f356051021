"""Turns: a task that waited for another opens when that one is answered (依次, 加签, 委派)."""

import datetime as dt

from approvals import asking, clock, tasks
from approvals.asked import Place
from approvals.chain import record, stamp
from approvals.office import Office
from approvals.transaction import Transaction
from models.event import EventKind
from models.states import TaskState
from models.task import Task


def next_turn(tx: Transaction, office: Office, place: Place, now: dt.datetime) -> None:
    """Open the tasks of the stage that waited for the one just answered, and ask their units."""
    waiting = [task for task, _ in place.tasks if task.state is TaskState.WAITING and task.waits_for == place.task.id]
    for task in waiting:
        open_task(tx, office, place, task, now)


def open_task(tx: Transaction, office: Office, place: Place, task: Task, now: dt.datetime) -> None:
    """Open one task that waited: its unit is asked, with the stage's working days from now on."""
    app, stage, planned = place.app, place.stage, place.planned
    task.state = TaskState.OPEN
    clock.start_anew(tx, stage, planned, now)
    found = asking.who_answers(tx, office, app, [task.unit]).get(task.unit, [])
    task.asked_instead = asking.other_unit(task.unit, found)
    tx.add(task)
    tx.add(stage)
    record(
        tx,
        app,
        EventKind.TURN_CAME,
        now,
        stage=stage.id,
        task=task.id,
        by="",
        unit=task.unit,
        due=stamp(stage.due_at),
    )
    tasks.ask(tx, office, app, stage, planned, task, found, now)
