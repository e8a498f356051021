"""Offers: which answers and moves a page can offer for one task, beside a plain answer. Reads without a lock."""

from dataclasses import dataclass

from sqlmodel import col, select

from approvals import asking, turns
from approvals.asked import Asked, Place, place_of
from approvals.editions import policy_of
from approvals.moves import take_back
from approvals.moves.wish import Wanted
from approvals.transaction import Transaction
from models.errors import NotYourTurn, Suspended
from models.officer import Officer
from models.panel.seats import EXPERT_PANEL
from models.policy.data import Bilingual
from models.road.quorum import voters
from models.road.route import RouteStage, from_json
from models.states import UNANSWERED, ApplicationKind, Outcome, TaskKind, TaskState
from models.task import Task


@dataclass(frozen=True)
class Offers:
    """What the page of one task offers besides approve, refuse and return."""

    #: The earlier stages that a return can lead to.
    earlier: tuple[RouteStage, ...] = ()
    #: Whether the task may be returned, and whether its unit may abstain.
    returns: bool = False
    abstain: bool = False
    #: The moves, in the order in which they are shown.
    steps: tuple[Wanted, ...] = ()
    #: Whom a move can go to: the names of units, and the addresses of colleagues.
    units: tuple[Bilingual, ...] = ()
    colleagues: tuple[str, ...] = ()
    #: The units that this one added to the stage and that have not answered, by key.
    removable: tuple[tuple[str, Bilingual], ...] = ()


NOTHING = Offers()


def offers_of(tx: Transaction, asked: Asked, error: Exception | None) -> Offers:
    """Return what can be done with the task besides answering it; ``error`` says why it cannot be answered now."""
    claim = asked.app.kind is ApplicationKind.CLAIM
    if asked.planned.act == EXPERT_PANEL or asked.app.kind is ApplicationKind.RELEASE:
        return NOTHING
    if asked.task.state is TaskState.DONE:
        possible = claim and not asked.task.subject and take_back.why_not(tx, asked) is None
        return Offers(steps=(Wanted.TAKE_BACK,)) if possible else NOTHING
    if isinstance(error, Suspended):
        return Offers(steps=(Wanted.RESUME,))
    place = place_of(tx, asked.app, asked.task.id)
    if isinstance(error, NotYourTurn):
        return Offers(steps=(Wanted.RECALL,)) if turns.opinions_for(place, asked.task) else NOTHING
    if error is not None:
        return NOTHING
    if not claim:
        return Offers(steps=(Wanted.HAND_OVER,), colleagues=_colleagues(tx, asked))
    removable = _removable(tx, place)
    return Offers(
        earlier=from_json(asked.app.route)[: asked.planned.position],
        returns=asked.task.counts,
        abstain=_may_abstain(place),
        steps=tuple(_steps(asked.task, removable=bool(removable))),
        units=_units(tx, asked),
        colleagues=_colleagues(tx, asked),
        removable=removable,
    )


def _may_abstain(place: Place) -> bool:
    if not place.task.counts:
        return True
    return not place.decides_money and voters(place.planned.quorum, place.seats(Outcome.ABSTAIN)) > 0


def _steps(task: Task, *, removable: bool) -> list[Wanted]:
    found = [Wanted.HAND_OVER, Wanted.LEND]
    found += [Wanted.ADD] * (task.counts and not task.subject)
    found += [Wanted.REMOVE] * removable
    return [*found, Wanted.COPY, Wanted.SUSPEND]


def _units(tx: Transaction, asked: Asked) -> tuple[Bilingual, ...]:
    """Return the names of the province's units, and of the application's own city and county, that have somebody."""
    policy = policy_of(tx, asked.app)
    place = policy.place(asked.app.county)
    keys = [unit for unit in policy.units if not unit.startswith("@")]
    keys += [f"@city:{place.city.code}", f"@county:{place.county.code}"]
    found = asking.officers_who_may(tx, asked.app, keys)
    return tuple(policy.unit_name(unit) for unit in keys if unit in found and unit != asked.task.unit)


def _colleagues(tx: Transaction, asked: Asked) -> tuple[str, ...]:
    of_unit = select(Officer.email).where(Officer.unit == asked.officer.unit, col(Officer.active))
    return tuple(tx.exec(of_unit.where(Officer.id != asked.officer.id).order_by(col(Officer.email))))


def _removable(tx: Transaction, place: Place) -> tuple[tuple[str, Bilingual], ...]:
    policy = policy_of(tx, place.app)
    found = [one.unit for one, _ in place.tasks if one.counts and one.state in UNANSWERED and _added_by(place, one)]
    return tuple((unit, policy.unit_name(unit)) for unit in found)


def _added_by(place: Place, task: Task) -> bool:
    """Tell whether the seat of the place's task added ``task``, whoever has it now."""
    known = {one.id: one for one, _ in place.tasks}
    while task.kind is not TaskKind.ADDED and task.came_from in known:
        task = known[task.came_from]
    by = known.get(task.came_from or "")
    return task.kind is TaskKind.ADDED and by is not None and place.task.counts and by.seat == place.task.seat
