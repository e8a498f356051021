"""Onward: the vote of a stage is counted; where it is decided, it closes, and the route's next step is taken."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from approvals import determination, stages
from approvals.asked import Place
from approvals.editions import policy_of
from approvals.office import Office
from approvals.panel import sheets
from approvals.transaction import Transaction
from models.money import Fen
from models.panel.seats import EXPERT_PANEL
from models.road.quorum import NOES, evaluate
from models.road.step import NOWHERE, Back, narrowed
from models.states import Level, Outcome, TaskState
from models.task import Decision, Task


@dataclass(frozen=True)
class Last:
    """What decided a stage, as the applicant and the next step are told of it."""

    #: Whose answer it was, and its opinion.
    unit: str
    opinion: str
    #: What it fixed, in fen.
    amounts: Mapping[Level, Fen] = field(default_factory=dict)
    #: Where it led, if it was a return, and the units that it names.
    back: Back = NOWHERE
    units: tuple[str, ...] = ()


def go_on(
    tx: Transaction, office: Office, place: Place, answer: Outcome | None, last: Last, now: dt.datetime
) -> Outcome | None:
    """Count the vote, with ``answer`` where the task has just given one; return how the stage closed, if it did."""
    app, scored = place.app, place.planned.act == EXPERT_PANEL
    verdict = sheets.verdict(tx, place, now) if scored else evaluate(place.planned.quorum, place.seats(answer))
    if verdict.outcome is None:
        return None
    if place.planned.fixes_award and verdict.outcome is Outcome.APPROVE:
        determination.fix(tx, app, dict(last.amounts), now)
    tasks = [task for task, _ in place.tasks]
    step = stages.close_stage(tx, office, app, place.stage, verdict, tasks, now, last.back)
    step, unit = narrowed(step, last.units), policy_of(tx, app).unit_name(last.unit)
    said = sheets.said(verdict) if scored else {"unit": {"zh": unit.zh, "en": unit.en}, "opinion": last.opinion}
    stages.take(tx, office, app, step, now, **said)
    return verdict.outcome


def last_of(place: Place) -> Last:
    """Return what decides a stage in which nobody has just answered: its first no or, without one, its newest yes."""
    said = answers_of(place)
    task, made = next((one for one in said if one[1].outcome in NOES), said[-1])
    return Last(task.unit, made.opinion, back=back_of(place))


def back_of(place: Place, otherwise: Back = NOWHERE) -> Back:
    """Return where a return leads: the first unit that returned it says so."""
    for _, made in answers_of(place):
        if made.outcome is Outcome.RETURN:
            return Back(made.returns_to, made.straight_back)
    return otherwise


def answers_of(place: Place) -> list[tuple[Task, Decision]]:
    """Return the votes that were given in the stage, the oldest first."""
    made = [(task, made) for task, made in place.tasks if made and task.state is TaskState.DONE and task.counts]
    return sorted(made, key=lambda one: one[1].decided_at)
