"""The briefing: what whoever decides is told besides the application: findings, limits, overlaps, open questions."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from approvals import determination, overlaps
from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application
from models.policy.data import Bilingual
from models.policy.measure import Measure, Option
from models.road.route import RouteStage, from_json
from models.stage import Stage
from models.states import ApplicationKind, Channel, TaskState
from models.task import Decision, Task

#: The answers of operators that stand.
OVERRIDES = (
    sa.select(col(Task.unit), col(Stage.position), col(Decision.outcome), col(Decision.by), col(Decision.opinion))
    .join(Decision, col(Decision.id) == Task.decision_id)
    .join(Stage, col(Stage.id) == Task.stage_id)
    .where(
        col(Task.application_id) == sa.bindparam("application_id"),
        col(Task.state) == TaskState.DONE,
        col(Decision.channel) == Channel.OPERATOR,
    )
    .order_by(col(Decision.decided_at))
)


def notes_of(measure: Measure, option: Option) -> tuple[Bilingual, ...]:
    """Return what the text leaves open about ``option``, and how it is read here."""
    return (*measure.notes, *(reading.note for reading in measure.readings.values()), *option.notes)


def briefing(tx: Transaction, app: Application) -> dict[str, Any]:
    """Return the facts of a letter that asks for a decision, as JSON with amounts in fen."""
    made = overrides(tx, app)
    if app.kind is not ApplicationKind.CLAIM:
        return made
    policy = policy_of(tx, app)
    measure = policy.measures[app.measure]
    facts: dict[str, Any] = made | {
        "largest": app.largest,
        "findings": app.trace,
        "notes": [note.model_dump() for note in notes_of(measure, measure.options[app.option])],
    }
    if others := overlaps.overlaps_of(tx, app):
        said = {"words": policy.overlap.words, "note": policy.overlap.note.model_dump()}
        facts |= {"overlaps": [other.as_json() for other in others], "overlap_rule": said}
        facts |= {"left": overlaps.left(app, others)}
    return facts


def overrides(tx: Transaction, app: Application) -> dict[str, Any]:
    """Return what operators have decided in place of units, where they have."""
    rows = tx.execute(OVERRIDES, {"application_id": app.id}).all()
    if not rows:
        return {}
    policy, route = policy_of(tx, app), from_json(app.route)
    return {
        "overrides": [
            {
                "unit": policy.unit_name(unit).model_dump(),
                "act": route[position].act,
                "outcome": outcome.value,
                "by": by.removeprefix("operator:"),
                "reason": opinion,
            }
            for unit, position, outcome, by, opinion in rows
        ]
    }


def stated_award(tx: Transaction, app: Application, planned: RouteStage) -> dict[str, Any]:
    """Return the award that a plain approval of ``planned`` fixes, and what overlaps leave of it, in fen."""
    award = determination.stated(determination.bounds_of(tx, app, planned))
    left = overlaps.left(app, overlaps.overlaps_of(tx, app))
    return {"stated": {level.value: fen for level, fen in award.items()}, "left": left}
