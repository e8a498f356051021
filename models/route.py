"""The route of a claim: which stages, in which order, asking whom. Pure.

``plan`` turns a measure's listed units and the policy's road into a route; ``next_step`` says where an
application goes when a stage has closed. Both are the same for every measure.
"""

from dataclasses import asdict, dataclass
from typing import Any

from models.measure import Measure
from models.policy import Place, Policy, RoadStage, asked_by
from models.states import Outcome


@dataclass(frozen=True)
class RouteStage:
    """One stage of one application's route."""

    #: Counts from 0; the order of the road.
    position: int
    key: str
    name_zh: str
    name_en: str
    act: str
    #: Whom it asks, all at once: ``kjt``, ``@city:330100``, ``@county:330110``.
    units: tuple[str, ...]
    quorum: str
    working_days: int
    if_late: str
    #: The level whose share an approval pledges; None where it pledges nothing.
    share: str | None
    fixes_award: bool
    #: The level whose money the unit that fixes the award gives; None everywhere else.
    own: str | None = None

    def name(self, language: str) -> str:
        """Return the stage's name in ``language`` (``zh`` or ``en``)."""
        return self.name_zh if language == "zh" else self.name_en


Route = tuple[RouteStage, ...]


@dataclass(frozen=True)
class OpenStage:
    """Go on: this stage opens."""

    stage: RouteStage


@dataclass(frozen=True)
class ReturnToApplicant:
    """Go back: the applicant amends, and the next round starts from the first stage."""


@dataclass(frozen=True)
class EndRefused:
    """End without an award."""


@dataclass(frozen=True)
class EndAwarded:
    """End with the award that the last stage fixed."""


Step = OpenStage | ReturnToApplicant | EndRefused | EndAwarded


def plan(policy: Policy, measure: Measure, place: Place) -> Route:
    """Return the route of a claim under ``measure`` from ``place``.

    Stages of the road whose units the measure does not list are skipped.

    Raises:
        ValueError: no listed unit is asked by any stage, so the claim could never be decided.

    """
    asked = [(key, stage, _units(stage, measure, place)) for key, stage in policy.road_of(measure).items()]
    route = tuple(
        RouteStage(
            position=position,
            key=key,
            name_zh=stage.name.zh,
            name_en=stage.name.en,
            act=stage.act,
            units=units,
            quorum=stage.quorum,
            working_days=stage.working_days,
            if_late=stage.if_late,
            share=None if stage.fixes_award else stage.share,
            fixes_award=stage.fixes_award,
            own=stage.share if stage.fixes_award else None,
        )
        for position, (key, stage, units) in enumerate((k, s, u) for k, s, u in asked if u)
    )
    if not route:
        raise ValueError(f"measure {measure.number}: no stage of the road asks any of its units")
    return route


def _units(stage: RoadStage, measure: Measure, place: Place) -> tuple[str, ...]:
    """Return the units that ``stage`` asks, with the place filled in."""
    codes = {"@county": place.county.code, "@city": place.city.code}
    return tuple(f"{key}:{codes[key]}" if key in codes else key for key in asked_by(stage, measure))


def next_step(route: Route, position: int, outcome: Outcome) -> Step:
    """Return where the application goes after the stage at ``position`` closed with ``outcome``."""
    if outcome is Outcome.RETURN:
        return ReturnToApplicant()
    if outcome is Outcome.REFUSE:
        return EndRefused()
    if position + 1 < len(route):
        return OpenStage(route[position + 1])
    return EndAwarded()


def to_json(route: Route) -> list[dict[str, Any]]:
    """Return the route as JSON, as it is kept with its application."""
    return [asdict(stage) | {"units": list(stage.units)} for stage in route]


def from_json(rows: list[dict[str, Any]]) -> Route:
    """Return the route that ``to_json`` wrote."""
    return tuple(RouteStage(**(row | {"units": tuple(row["units"])})) for row in rows)
