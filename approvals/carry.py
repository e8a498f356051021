"""Carry: earlier answers that stand, because the same unit gave them on the same content (去重)."""

from typing import Any

from sqlmodel import col, select

from approvals import letters
from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application
from models.road.quorum import Seat, Verdict, evaluate
from models.road.route import RouteStage, from_json
from models.road.walk import of as walk_of
from models.stage import Stage
from models.states import ApplicationState, Outcome, StageState, TaskState
from models.task import Decision, Task

#: Answers that end a round, or a person's part in it: they never stand.
NEVER = (Outcome.RETURN, Outcome.RECUSE)


def standing_answers(tx: Transaction, app: Application, planned: RouteStage) -> dict[str, Decision]:
    """Return the earlier decisions that stand in ``planned`` as it opens, by the unit whose seat they are for.

    After a return the answers of stages that are not asked again stand, whatever they said. By the stage's own rule
    ``asked_twice: carry`` a unit's approval stands that it gave in any stage with the same act. An answer on other
    content never stands, nor does one that fixes an award.
    """
    walk = walk_of(app.walk)
    kept = app.round > 1 and walk.keeps(planned.position)
    by_rule = planned.quorum.asked_twice == "carry" and walk.may_carry(planned.position)
    if not (kept or by_rule) or planned.fixes_award or not planned.units:
        return {}
    tx.flush()
    route, newest = from_json(app.route), dict[str, Decision]()
    for seat, key, position, decision in _answers(tx, app):
        if (kept and key == planned.key) or (by_rule and route[position].act == planned.act):
            newest[seat] = decision
    stands = {seat: d for seat, d in newest.items() if d.content_hash == app.content_hash and d.outcome not in NEVER}
    if kept:
        return stands
    return {s: d for s, d in stands.items() if d.outcome is Outcome.APPROVE and s in planned.units}


def decided_by(planned: RouteStage, stands: dict[str, Decision]) -> Verdict | None:
    """Return what the answers that stand already make of ``planned``; None where it must still be answered."""
    if not stands:
        return None
    seats = [Seat(seat, decision.outcome) for seat, decision in stands.items()]
    verdict = evaluate(planned.quorum, [*seats, *(Seat(unit) for unit in planned.units if unit not in stands)])
    return verdict if verdict.outcome is not None else None


def passed_over(tx: Transaction, app: Application) -> frozenset[int]:
    """Return the positions that are still to come and nobody is asked at, because the answers given there stand."""
    if app.round == 1 or app.state is not ApplicationState.IN_PROGRESS:
        return frozenset()
    to_come = [planned for planned in from_json(app.route) if planned.position > (app.position or 0)]
    return frozenset(p.position for p in to_come if decided_by(p, standing_answers(tx, app, p)))


def _answers(tx: Transaction, app: Application) -> list[tuple[str, str, int, Decision]]:
    """Return every answer that was not taken back: its seat, its stage's key and position, the oldest first."""
    rows = tx.exec(
        select(Task.seat, Stage.key, Stage.position, Decision)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .join(Decision, col(Decision.task_id) == Task.id)
        .where(Task.application_id == app.id, Task.state == TaskState.DONE, Task.counts, Stage.state != StageState.VOID)
        .order_by(col(Decision.decided_at))
    )
    return [(seat, key, position, decision) for seat, key, position, decision in rows]


def why_asked_again(tx: Transaction, app: Application, planned: RouteStage) -> dict[str, Any]:
    """Return what a letter says to a stage that the file was returned to: by whom and why."""
    if app.round == 1 or walk_of(app.walk).target != planned.position:
        return {}
    returned = tx.exec(
        select(Task.unit, Decision.opinion)
        .join(Decision, col(Decision.task_id) == Task.id)
        .where(Decision.application_id == app.id, Decision.outcome == Outcome.RETURN)
        .order_by(col(Decision.decided_at).desc())
    ).first()
    if returned is None:
        return {}
    unit, opinion = returned
    return {"returned_by": letters.names(policy_of(tx, app).unit_name(unit)), "returned_why": opinion}


def dissent(tx: Transaction, app: Application, planned: RouteStage) -> dict[str, Any]:
    """Return what a letter says of those who did not agree in the stage before, where that was referred to the lead."""
    earlier = from_json(app.route)[: planned.position]
    if not any(stage.quorum.one_no == "to_lead" for stage in earlier):
        return {}
    tx.flush()
    before = tx.exec(
        select(Stage)
        .where(Stage.application_id == app.id, Stage.round == app.round, Stage.position < planned.position)
        .where(Stage.state == StageState.CLOSED)
        .order_by(col(Stage.position).desc())
    ).first()
    if before is None or before.outcome is not Outcome.REFER:
        return {}
    rows = tx.exec(
        select(Task.unit, Decision.outcome, Decision.opinion)
        .join(Decision, col(Decision.id) == Task.decision_id)
        .where(Task.stage_id == before.id, Task.state == TaskState.DONE, Task.counts)
        .where(Decision.outcome != Outcome.APPROVE)
        .order_by(col(Decision.decided_at))
    )
    policy = policy_of(tx, app)
    said = [
        {"unit": letters.names(policy.unit_name(unit)), "outcome": outcome, "opinion": opinion}
        for unit, outcome, opinion in rows
    ]
    return {"dissent": said}
