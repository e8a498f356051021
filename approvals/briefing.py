"""The briefing: what whoever decides is told besides the application: findings, limits, overlaps, open questions."""

from typing import Any

from approvals import determination, overlaps
from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application
from models.data import Bilingual
from models.measure import Measure, Option
from models.route import RouteStage
from models.states import ApplicationKind


def notes_of(measure: Measure, option: Option) -> tuple[Bilingual, ...]:
    """Return what the text leaves open about ``option``, and how it is read here."""
    return (*measure.notes, *(reading.note for reading in measure.readings.values()), *option.notes)


def briefing(tx: Transaction, app: Application) -> dict[str, Any]:
    """Return the facts of a letter that asks for a decision, as JSON with amounts in fen."""
    if app.kind is not ApplicationKind.CLAIM:
        return {}
    policy = policy_of(tx, app)
    measure = policy.measures[app.measure]
    facts: dict[str, Any] = {
        "largest": app.largest,
        "findings": app.trace,
        "notes": [note.model_dump() for note in notes_of(measure, measure.options[app.option])],
    }
    if others := overlaps.overlaps_of(tx, app):
        said = {"words": policy.overlap.words, "note": policy.overlap.note.model_dump()}
        facts |= {"overlaps": [other.as_json() for other in others], "overlap_rule": said}
        facts |= {"left": overlaps.left(app, others)}
    return facts


def stated_award(tx: Transaction, app: Application, planned: RouteStage) -> dict[str, Any]:
    """Return the award that a plain approval of ``planned`` fixes, and what overlaps leave of it, in fen."""
    award = determination.stated(determination.bounds_of(tx, app, planned))
    left = overlaps.left(app, overlaps.overlaps_of(tx, app))
    return {"stated": {level.value: fen for level, fen in award.items()}, "left": left}
