"""The route of a claim or a duty: which stages, in which order, asking whom. Pure.

``plan`` turns a measure's listed units and the policy's road into a route, ``plan_duty`` does so for a duty. Both are
the same for every measure; ``models.road.step`` says where an application goes when a stage has closed.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Any

from models.policy.duty import reporters
from models.policy.late import Late
from models.policy.measure import Duty, Measure
from models.policy.notice_rules import PUBLIC_NOTICE
from models.policy.policy import Place, Policy, RoadStage, asked_by
from models.road import quorum as quorums
from models.road.quorum import Quorum


@dataclass(frozen=True)
class RouteStage:
    """One stage of one application's route."""

    #: Counts from 0; the order of the road.
    position: int
    key: str
    name_zh: str
    name_en: str
    act: str
    #: Whom it asks, all at once: ``kjt``, ``@city:330100``, ``@county:330110``. A public notice asks nobody.
    units: tuple[str, ...]
    quorum: Quorum
    working_days: int
    late: Late
    #: The level whose share an approval pledges; None where it pledges nothing.
    share: str | None
    fixes_award: bool
    #: The level whose money the unit that fixes the award gives; None everywhere else.
    own: str | None = None
    #: The position that a return leads back to, in the next round; None: back to the applicant.
    returns_to: int | None = None
    #: The last day to answer in the first round, where one was set; else the working days are counted.
    due_day: str | None = None

    def name(self, language: str) -> str:
        """Return the stage's name in ``language`` (``zh`` or ``en``)."""
        return self.name_zh if language == "zh" else self.name_en


Route = tuple[RouteStage, ...]


def as_seen_by(stage: RouteStage, seat: str, *, counts: bool) -> RouteStage:
    """Return ``stage`` as one task of it sees it: only units that the route asks promise or fix money.

    Where the route names none, whoever the stage asked when it opened does.
    """
    if counts and (seat in stage.units or not stage.units):
        return stage
    return replace(stage, share=None, fixes_award=False, own=None)


def plan(policy: Policy, measure: Measure, place: Place) -> Route:
    """Return the route of a claim under ``measure`` from ``place``.

    Stages of the road whose units the measure does not list are skipped.

    Raises:
        ValueError: no listed unit is asked by any stage, so the claim could never be decided.

    """
    asked = [(key, stage, _units(stage, measure, place)) for key, stage in policy.road_of(measure).items()]
    if not any(units for _, _, units in asked):
        raise ValueError(f"measure {measure.number}: no stage of the road asks any of its units")
    return _route(policy, [(key, stage, units) for key, stage, units in asked if units or stage.asks == "nobody"])


def plan_duty(
    policy: Policy,
    measure: Measure,
    duty: Duty,
    places: Collection[str] = (),
    *,
    due_day: dt.date | None = None,
    working_days: int | None = None,
) -> Route:
    """Return the route of ``duty``: its units report, all at once, in the order of the text; the lead accepts.

    ``places`` are the local governments that report (``@city:330100``); none: all that the duty lists. The day
    or the number of working days is for the reports; without either the road's own holds.
    """
    asked = [
        (key, stage, reporters(policy, measure, duty, places) if stage.asks == "reporters" else (measure.lead,))
        for key, stage in policy.duty_stages.items()
    ]
    route = _route(policy, asked)
    first = replace(
        route[0],
        due_day=due_day.isoformat() if due_day else None,
        working_days=working_days or route[0].working_days,
    )
    return (first, *route[1:])


def plan_release(policy: Policy, units: tuple[str, ...]) -> Route:
    """Return the route of a release that ``units`` pay."""
    keys = policy.roads[policy.release_road] if policy.release_road else ()
    return _route(policy, [(key, policy.stages[key], units) for key in keys])


def _route(policy: Policy, asked: list[tuple[str, RoadStage, tuple[str, ...]]]) -> Route:
    """Return the stages, each with the units that it asks, as a route."""
    position_of = {key: position for position, (key, _, _) in enumerate(asked)}
    return tuple(
        RouteStage(
            position=position,
            key=key,
            name_zh=stage.name.zh,
            name_en=stage.name.en,
            act=stage.act,
            units=units,
            quorum=stage.quorum,
            working_days=stage.working_days,
            late=stage.late or policy.house_rules.late,
            share=None if stage.fixes_award else stage.share,
            fixes_award=stage.fixes_award,
            own=stage.share if stage.fixes_award else None,
            returns_to=position_of[stage.returns_to] if stage.returns_to else None,
        )
        for position, (key, stage, units) in enumerate(asked)
    )


def _units(stage: RoadStage, measure: Measure, place: Place) -> tuple[str, ...]:
    """Return the units that ``stage`` asks, with the place filled in."""
    codes = {"@county": place.county.code, "@city": place.city.code}
    return tuple(f"{key}:{codes[key]}" if key in codes else key for key in asked_by(stage, measure))


def fixing(route: Route) -> RouteStage | None:
    """Return the stage that fixes the award; None in a duty's route."""
    return next((stage for stage in route if stage.fixes_award), None)


def ends_with_notice(route: Route) -> bool:
    """Return True where an award that was fixed is shown to everybody before it counts."""
    return route[-1].act == PUBLIC_NOTICE


NAMES = tuple(field.name for field in fields(RouteStage))


def to_json(route: Route) -> list[dict[str, Any]]:
    """Return the route as JSON, as it is kept with its application."""
    return [
        {name: getattr(stage, name) for name in NAMES}
        | {"units": list(stage.units), "quorum": quorums.to_json(stage.quorum), "late": stage.late.model_dump()}
        for stage in route
    ]


def from_json(rows: list[dict[str, Any]]) -> Route:
    """Return the route that ``to_json`` wrote."""
    return tuple(
        RouteStage(
            **(
                row
                | {
                    "units": tuple(row["units"]),
                    "quorum": quorums.from_json(row["quorum"]),
                    "late": Late.model_validate(row["late"]),
                }
            )
        )
        for row in rows
    )
