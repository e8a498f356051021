"""Turns: a task that waited for another opens when that one is answered, or not wanted any more (依次, 加签, 委派)."""

import datetime as dt
from typing import Any

from sqlmodel import col, select

from approvals import asking, letters, moved, tasks
from approvals.asked import Place
from approvals.chain import record, stamp
from approvals.editions import policy_of
from approvals.late import clock
from approvals.office import Office
from approvals.transaction import Transaction
from models.event import EventKind
from models.officer import Officer
from models.states import UNANSWERED, TaskState
from models.task import Decision, Task


def next_turn(tx: Transaction, office: Office, place: Place, now: dt.datetime) -> None:
    """Open the tasks of the stage that waited for the one just answered, and ask their units."""
    done = place.task
    for task in waiting_for(place, done):
        if is_opinion_for(done, task):
            _lend_back(tx, office, place, task, now)
        else:
            open_task(tx, office, place, task, now, anew=_anew(place, done))


def waiting_for(place: Place, task: Task) -> list[Task]:
    """Return the tasks of the stage that wait for ``task``."""
    return [one for one, _ in place.tasks if one.state is TaskState.WAITING and one.waits_for == task.id]


def is_opinion_for(task: Task, other: Task) -> bool:
    """Tell whether ``task`` is the opinion that the unit of ``other`` asked for."""
    return not task.counts and task.seat == other.seat and task.subject == other.subject


def opinions_for(place: Place, task: Task) -> list[Task]:
    """Return the opinions for ``task`` that are still to come: whom it was lent to, whom that one lent it to."""
    known, found = {one.id: one for one, _ in place.tasks}, list[Task]()
    one = known.get(task.waits_for or "")
    while one is not None and one.state in UNANSWERED and is_opinion_for(one, task):
        found.append(one)
        one = known.get(one.waits_for or "")
    return found


def wait_or_open(tx: Transaction, office: Office, place: Place, task: Task, gone: Task, now: dt.datetime) -> None:
    """Let ``task`` wait for what ``gone``, which is void, waited for; or open it."""
    unanswered = {one.id for one, _ in place.tasks if one.state in UNANSWERED}
    task.waits_for = gone.waits_for
    if task.waits_for in unanswered:
        tx.add(task)
    else:
        open_task(tx, office, place, task, now, anew=_anew(place, gone))


def _anew(place: Place, before: Task) -> bool:
    """Tell whether whoever comes after ``before`` has the stage's working days for itself."""
    return place.planned.quorum.in_turn and before.counts


def open_task(tx: Transaction, office: Office, place: Place, task: Task, now: dt.datetime, *, anew: bool) -> None:
    """Open one task that waited and ask its unit; ``anew``: with the stage's working days from now on."""
    stage = place.stage
    if anew:
        clock.start_anew(tx, stage, place.planned, now)
        tx.add(stage)
    about = {"stage": stage.id, "task": task.id, "unit": task.unit, "due": stamp(stage.due_at)}
    record(tx, place.app, EventKind.TURN_CAME, now, by="", **about)
    _ask(tx, office, place, task, now, **moved.why_asked(tx, place.app, task))


def _lend_back(tx: Transaction, office: Office, place: Place, task: Task, now: dt.datetime) -> None:
    """Open a task that was lent: its unit has the opinion that it asked for, and the stage's date stays."""
    done = place.task
    made, officer = tx.exec(
        select(Decision, Officer)
        .outerjoin(Officer, col(Officer.id) == Decision.officer_id)
        .where(Decision.id == done.decision_id)
    ).one()
    record(
        tx,
        place.app,
        EventKind.LENT_BACK,
        now,
        stage=place.stage.id,
        task=task.id,
        opinion_of=done.id,
        unit=done.unit,
        to=task.unit,
        by=officer.email if officer else made.by,
        outcome=made.outcome.value,
        reason=made.opinion,
    )
    unit = letters.names(policy_of(tx, place.app).unit_name(done.unit))
    lent_back = {"unit": unit, "outcome": made.outcome.value, "opinion": made.opinion}
    _ask(tx, office, place, task, now, lent_back=lent_back)


def _ask(tx: Transaction, office: Office, place: Place, task: Task, now: dt.datetime, **said: Any) -> None:
    app = place.app
    task.state = TaskState.OPEN
    found = asking.named(task, asking.who_answers(tx, office, app, [task.unit]).get(task.unit, []))
    task.asked_instead = asking.other_unit(task.unit, found)
    tx.add(task)
    tasks.ask(tx, office, app, place.stage, place.route_stage, task, found, now, **said)
