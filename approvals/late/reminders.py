"""What the sweep does about stages that wait: it reminds, escalates, and does what the data say at the end.

One look at a stage per due time, its application locked: done twice, or by two sweepers at once, it is done once.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import asking, letters
from approvals.chain import record, stamp
from approvals.editions import policy_of
from approvals.late import at_end, clock, escalation
from approvals.late.calendars import calendar_of
from approvals.office import Office
from approvals.panel import seating
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.panel.seats import EXPERT_PANEL
from models.policy.late import look, next_look
from models.policy.notice_rules import PUBLIC_NOTICE
from models.road.route import RouteStage, from_json
from models.stage import Stage
from models.states import StageState, TaskState
from models.task import Task

#: The state stands in the statement itself: a partial index is found by it whatever the plan is made from.
IS_OPEN = col(Stage.state) == sa.bindparam("state", StageState.OPEN, literal_execute=True)
DUE = (
    select(Stage.id)
    .where(IS_OPEN, col(Stage.remind_at) <= sa.bindparam("now"), col(Stage.suspended_at).is_(None))
    .order_by(col(Stage.remind_at))
    .limit(sa.bindparam("limit"))
)


def overdue(tx: Transaction, now: dt.datetime, limit: int = 200) -> list[str]:
    """Return the ids of open stages that are to be looked at (one indexed query)."""
    return list(tx.execute(DUE, {"now": now, "limit": limit}).scalars())


def locked(tx: Transaction, stage_id: str) -> tuple[Application, Stage]:
    """Return a stage as it stands once its application is locked."""
    app = tx.exec(
        select(Application)
        .join(Stage, col(Stage.application_id) == Application.id)
        .where(Stage.id == stage_id)
        .with_for_update(of=Application)
    ).one()
    stage = tx.exec(select(Stage).where(Stage.id == stage_id).execution_options(populate_existing=True)).one()
    return app, stage


def look_at(tx: Transaction, office: Office, stage_id: str, now: dt.datetime) -> bool:
    """Do what is due about a stage that waits: remind, escalate, or what its data say happens at the end.

    Returns False where the stage closed or was looked at in the meantime.
    """
    app, stage = locked(tx, stage_id)
    if stage.state is not StageState.OPEN or stage.suspended_at is not None or stage.remind_at > now:
        return False
    planned, calendar = from_json(app.route)[stage.position], calendar_of(tx, now)
    events = clock.events_of(tx, app, stage)
    known = clock.told(events, stage)
    if planned.act == EXPERT_PANEL and seating.fill_stage(tx, office, app, stage, now):
        return True
    todo = look(planned.late, calendar, stage.due_at, known, now)
    tasks = tx.exec(select(Task).where(Task.stage_id == stage.id, Task.state == TaskState.OPEN)).all()
    if planned.act == PUBLIC_NOTICE and not tasks:  # nobody is late: it ends by itself, see approvals.notice.notices
        stage.remind_at = max(stage.remind_at, stage.due_at)
        return False
    if todo.reminds:
        late = stage.due_at <= now
        known = replace(known, newest=now, first=known.first or (now if late else None))
        _remind(tx, office, app, stage, planned, tasks, now, known.first)
    if todo.escalates:
        known = replace(known, escalated=True)
        escalation.escalate(tx, office, app, stage, planned, tasks, now, known.first)
    if todo.ends:
        if at_end.end(tx, office, app, stage, planned, tasks, now):
            return True
        known = replace(known, ended=True)
    stage.remind_at = next_look(planned.late, calendar, stage.due_at, known)
    return True


def _remind(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    now: dt.datetime,
    first: dt.datetime | None,
) -> None:
    """Remind those who have not answered; past the date tell the operator as well."""
    found = asking.who_answers(tx, office, app, [task.unit for task in tasks])
    said: dict[str, Any] = {"kind": "remind", "first": first, "early": first is None}
    for task in tasks:
        if (above := at_end.passed_on(tx, task, found)) is not None:
            letters.ask(tx, office, app, stage, planned, task, above, now, **said, passed_on=True)
            continue
        officers = asking.named(task, found.get(task.unit, []))
        asking.ask_late(tx, office, app, stage, planned, task, officers, now, **said)
    units = [task.unit for task in tasks]
    record(tx, app, EventKind.REMINDED, now, stage=stage.id, units=units)
    if first is None:
        return
    policy = policy_of(tx, app)
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned)
    facts |= {"units": [letters.names(policy.unit_name(unit)) for unit in units]}
    letters.tell_operator(tx, office, "late", f"late:{stage.id}:{stamp(now)}", facts, now, app.id)
