"""Make tasks, ask whoever answers for them, and void those that nobody needs to answer any more."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from approvals import asking, carry, letters
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.columns import new_id
from models.officer import Officer
from models.road.route import RouteStage, from_json
from models.stage import Stage
from models.states import UNANSWERED, TaskEnd, TaskState
from models.task import Task


def new(tx: Transaction, stage: Stage, unit: str, **columns: Any) -> Task:
    """Make one task of ``stage`` for ``unit``: open, unless it waits for another or is answered already."""
    state = TaskState.OPEN
    if columns.get("decision_id"):
        state = TaskState.DONE
    elif columns.get("waits_for"):
        state = TaskState.WAITING
    row = {
        "id": new_id(),
        "application_id": stage.application_id,
        "stage_id": stage.id,
        "seat": unit,
        "unit": unit,
        "state": state,
    } | columns
    tx.insert(Task, **row)
    return Task(**row)


def ask(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    task: Task,
    officers: list[Officer],
    now: dt.datetime,
    **said: Any,
) -> None:
    """Write to ``officers`` about ``task``, which has just opened; tell who has to know that there are none."""
    facts = carry.why_asked_again(tx, app, planned) | carry.dissent(tx, app, planned) | said
    letters.ask(tx, office, app, stage, planned, task, officers, now, **facts)
    if not officers or task.asked_instead:
        asking.tell_missing(tx, office, app, task, officers, now)


def void(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    tasks: list[Task],
    now: dt.datetime,
    ended_as: TaskEnd,
    *,
    but: Collection[str] = (),
    **said: Any,
) -> None:
    """Void tasks that nobody needs to answer any more; tell those who were asked, without the officers ``but``."""
    if not tasks:
        return
    planned = from_json(app.route)[stage.position]
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned) | {"ended_as": ended_as.value} | said
    asked = asking.were_asked(tx, [task for task in tasks if task.state in UNANSWERED])
    for task in tasks:
        for officer in [one for one in asked.get(task.id, []) if one.id not in but]:
            letters.queue(
                tx,
                office,
                "no_longer_asked",
                f"no_longer_asked:{task.id}:{officer.id}:{app.version}",
                (officer.email, officer.name, officer.language),
                facts | letters.unit_facts(tx, app, task, officer),
                now,
                app.id,
            )
    for task in tasks:
        task.state, task.ended_as = TaskState.VOID, ended_as
        tx.add(task)
