"""Escalation: whoever stands above a unit that does not answer is told, or else the operator."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from approvals import asking, letters
from approvals.chain import changed, record, stamp
from approvals.editions import policy_of
from approvals.late import clock
from approvals.late.clock_moves import SWEEP
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.officer import Officer
from models.road.route import RouteStage
from models.stage import Stage
from models.task import Task

#: Where nobody above is told, it is the operator alone.
OPERATOR = ""


def escalate(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    now: dt.datetime,
    first: dt.datetime | None,
) -> None:
    """Tell of every task that waits, each to who stands above its unit; the operator is told of all of them.

    Where nobody above has an officer, or the data say so, it is the operator's alone.
    """
    to: dict[str, list[Task]] = {}
    officers: dict[str, list[Officer]] = {}
    policy = policy_of(tx, app)
    wants_superior = planned.late.escalate is not None and planned.late.escalate.to == "superior"
    for task in tasks:
        above = asking.above_of(tx, app, task.asked_instead or task.unit) if wants_superior else []
        superior = above[0].unit if above else OPERATOR
        officers[superior] = above
        to.setdefault(superior, []).append(task)
        about = {"stage": stage.id, "task": task.id, "unit": task.unit}
        about |= {"to": superior} if above else {"reason": "告知运行人员 the operator was told"}
        record(tx, app, EventKind.ESCALATED, now, by=SWEEP, **about)
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned)
    facts |= clock.otherwise(tx, stage, planned, now, first)
    for superior, late in to.items():
        if superior != OPERATOR:
            said = facts | _named(tx, app, late) | {"superior": letters.names(policy.unit_name(superior))}
            _write_to(tx, office, app, stage, officers[superior], said, now)
    told = [letters.names(policy.unit_name(unit)) for unit in to if unit != OPERATOR]
    key = f"escalated:{stage.id}:{stamp(stage.due_at)}"
    letters.tell_operator(tx, office, "escalated", key, facts | _named(tx, app, tasks) | {"told": told}, now, app.id)
    changed(tx, app, now)


def _named(tx: Transaction, app: Application, tasks: Sequence[Task]) -> dict[str, Any]:
    policy = policy_of(tx, app)
    return {"units": [letters.names(policy.unit_name(task.unit)) for task in tasks]}


def _write_to(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    officers: Sequence[Officer],
    facts: dict[str, Any],
    now: dt.datetime,
) -> None:
    """Write to the officers of a unit above; the letter opens no door: it asks to press, not to decide."""
    for officer in officers:
        key = f"escalated:{stage.id}:{stamp(stage.due_at)}:{officer.id}"
        to = (officer.email, officer.name, officer.language)
        letters.queue(tx, office, "escalated", key, to, facts, now, app.id)
