"""Open and close stages, and take the step that the route says: the heart of every verb."""

import datetime as dt
from typing import Any

from sqlmodel import select

from approvals import asking, carry, determination, ends
from approvals import tasks as work
from approvals.chain import changed, record, stamp
from approvals.late import clock
from approvals.notice import notice_stage
from approvals.office import Office
from approvals.panel import seating
from approvals.transaction import Transaction
from models.application import Application
from models.columns import new_id
from models.event import EventKind
from models.officer import Officer
from models.panel.seats import EXPERT_PANEL
from models.policy.notice_rules import PUBLIC_NOTICE
from models.road.quorum import Verdict
from models.road.route import RouteStage, from_json
from models.road.step import (
    NOWHERE,
    Back,
    EndAccomplished,
    EndAwarded,
    EndRefused,
    OpenStage,
    ReturnToApplicant,
    ReturnToStage,
    SendBack,
    Step,
    next_step,
)
from models.road.walk import Walk
from models.stage import Stage
from models.states import UNANSWERED, ApplicationState, StageState, TaskEnd, TaskKind, TaskState
from models.task import Decision, Task


def take(tx: Transaction, office: Office, app: Application, step: Step, now: dt.datetime, **said: Any) -> None:
    """Take ``step``; ``said`` is what the applicant is told of the decision that led here."""
    match step:
        case OpenStage(stage):
            open_stage(tx, office, app, stage, now)
        case ReturnToApplicant(straight):
            ends.give_back(tx, office, app, now, straight_back=straight, **said)
        case ReturnToStage(stage, straight):
            return_to_stage(tx, office, app, stage, now, straight_back=straight, **said)
        case EndRefused():
            ends.end(tx, office, app, ApplicationState.REFUSED, now, **said)
        case SendBack(stage):
            send_back(tx, office, app, stage, now, **said)
        case EndAwarded():
            ends.end(tx, office, app, ApplicationState.AWARDED, now, **said)
        case EndAccomplished():
            ends.end(tx, office, app, ApplicationState.ACCOMPLISHED, now, **said)
    changed(tx, app, now)


def open_stage(
    tx: Transaction, office: Office, app: Application, planned: RouteStage, now: dt.datetime, **ask: Any
) -> None:
    """Open ``planned`` with one task a unit, and write to the officers of each; ``ask`` is for their letters.

    Where earlier answers stand that decide it already, it closes at once and the next stage opens.
    """
    stands = carry.standing_answers(tx, app, planned)
    verdict = carry.decided_by(planned, stands)
    decided = verdict is not None
    draws = planned.act == EXPERT_PANEL and not decided  # a panel stands whole or is drawn anew
    stage = _open_stage_row(tx, app, planned, now)
    found = {} if decided or draws else asking.who_answers(tx, office, app, planned.units)
    tasks = [] if draws else _open_tasks(tx, stage, planned, stands, found, only_carried=decided)
    app.state, app.position = ApplicationState.IN_PROGRESS, planned.position
    record(
        tx,
        app,
        EventKind.STAGE_OPENED,
        now,
        stage=stage.id,
        key=stage.key,
        round=stage.round,
        position=stage.position,
        units=list(planned.units),
        due=stamp(stage.due_at),
    )
    if draws:
        seating.open_panel(tx, office, app, stage, planned, now)
    for task in tasks:
        if task.kind is TaskKind.CARRIED:
            about = {"stage": stage.id, "task": task.id, "unit": task.unit, "decision": task.decision_id}
            record(tx, app, EventKind.ANSWER_CARRIED, now, by="", **about)
    if verdict is not None:
        tx.write_rows()
        fresh = tx.exec(select(Stage).where(Stage.id == stage.id)).one()
        take(tx, office, app, close_stage(tx, office, app, fresh, verdict, [], now), now)
        return
    for task in tasks:
        if task.state is TaskState.OPEN:
            work.ask(tx, office, app, stage, planned, task, found.get(task.unit, []), now, **ask)
    if planned.act == PUBLIC_NOTICE:
        notice_stage.publish(tx, office, app, stage, planned, now)


def _open_stage_row(tx: Transaction, app: Application, planned: RouteStage, now: dt.datetime) -> Stage:
    columns: dict[str, Any] = {
        "id": new_id(),
        "application_id": app.id,
        "round": app.round,
        "position": planned.position,
        "key": planned.key,
        "state": StageState.OPEN,
        "opened_at": now,
        **clock.started(tx, planned, app.round, now),
    }
    tx.insert(Stage, **columns)
    return Stage(**columns)


def _open_tasks(
    tx: Transaction,
    stage: Stage,
    planned: RouteStage,
    stands: dict[str, Decision],
    found: dict[str, list[Officer]],
    *,
    only_carried: bool,
) -> list[Task]:
    """Make the tasks of a stage: answered where an answer stands; in turn, each waits for the one before it."""
    tasks: list[Task] = []
    before: str | None = None
    for unit in dict.fromkeys((*planned.units, *stands)):  # one that was added then has its answer standing too
        if unit in stands:
            tasks.append(work.new(tx, stage, unit, kind=TaskKind.CARRIED, decision_id=stands[unit].id))
        elif not only_carried:
            instead = asking.other_unit(unit, found.get(unit, []))
            tasks.append(work.new(tx, stage, unit, waits_for=before, asked_instead=instead))
            before = tasks[-1].id if planned.quorum.in_turn else None
    return tasks


def close_stage(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    verdict: Verdict,
    tasks: list[Task],
    now: dt.datetime,
    back: Back = NOWHERE,
) -> Step:
    """Close ``stage`` with its verdict; tasks not answered are void. Return the route's next step."""
    assert verdict.outcome is not None
    stage.state, stage.outcome, stage.closed_at = StageState.CLOSED, verdict.outcome, now
    outcome, why = verdict.outcome.value, verdict.why.model_dump()
    record(tx, app, EventKind.STAGE_CLOSED, now, stage=stage.id, key=stage.key, outcome=outcome, why=why)
    left = [task for task in tasks if task.state in UNANSWERED]
    work.void(tx, office, app, stage, left, now, TaskEnd.CLOSED, outcome=outcome)
    return next_step(from_json(app.route), stage.position, verdict.outcome, back)


def send_back(
    tx: Transaction, office: Office, app: Application, stage: RouteStage, now: dt.datetime, *, opinion: str, **said: Any
) -> None:
    """Begin the next round of a duty with the units of ``stage``; what the others reported stands."""
    app.round += 1
    record(tx, app, EventKind.SENT_BACK, now, round=app.round, units=list(stage.units), opinion=opinion, **said)
    open_stage(tx, office, app, stage, now, kind="sent_back", opinion=opinion)


def return_to_stage(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: RouteStage,
    now: dt.datetime,
    *,
    straight_back: bool,
    **said: Any,
) -> None:
    """Begin the next round with ``stage``; those before it stand and, where it comes straight back, those between."""
    determination.went_back(tx, app, now)
    notice_stage.left(tx, office, app, now)
    app.round += 1
    app.walk = Walk(target=stage.position, again=not straight_back).to_json()
    record(tx, app, EventKind.SENT_BACK, now, round=app.round, to=stage.key, straight_back=straight_back, **said)
    open_stage(tx, office, app, from_json(app.route)[0], now)
