"""Step: where an application goes when a stage has closed. Pure, and the same for every measure."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from models.road.route import Route, RouteStage, fixing
from models.states import Outcome


@dataclass(frozen=True)
class OpenStage:
    """Go on: this stage opens."""

    stage: RouteStage


@dataclass(frozen=True)
class ReturnToApplicant:
    """Go back: the applicant amends, and the next round starts from the first stage."""

    #: Then come straight back to whoever sent it, past the answers whose content did not change.
    straight_back: bool = False


@dataclass(frozen=True)
class SendBack:
    """Go back down: this stage of a duty opens again, in the next round, for the units that it names."""

    stage: RouteStage


@dataclass(frozen=True)
class ReturnToStage:
    """Go back down: the next round begins, and this stage is asked again; those before it stand."""

    stage: RouteStage
    #: Come straight back to whoever sent it, past the stages between.
    straight_back: bool


@dataclass(frozen=True)
class EndRefused:
    """End without an award."""


@dataclass(frozen=True)
class EndAwarded:
    """End with the award that was fixed."""


@dataclass(frozen=True)
class EndAccomplished:
    """End with the reports of a duty accepted."""


Step = OpenStage | ReturnToApplicant | SendBack | ReturnToStage | EndRefused | EndAwarded | EndAccomplished


@dataclass(frozen=True)
class Back:
    """Where a return leads: a stage by its key (None: the applicant), and whether it then comes straight back."""

    to: str | None = None
    straight: bool = False


#: A return that names nothing: to the applicant, who walks the road again.
NOWHERE = Back()


def next_step(route: Route, position: int, outcome: Outcome, back: Back = NOWHERE) -> Step:
    """Return where the application goes after the stage at ``position`` closed with ``outcome``."""
    stage = route[position]
    if outcome is Outcome.RETURN:
        if stage.returns_to is not None:
            return SendBack(route[stage.returns_to])
        target = next((one for one in route[:position] if one.key == back.to), None)
        return ReturnToApplicant(back.straight) if target is None else ReturnToStage(target, back.straight)
    if outcome is Outcome.REFUSE:
        return EndRefused()
    if position + 1 < len(route):
        return OpenStage(route[position + 1])
    return EndAwarded() if fixing(route) is not None else EndAccomplished()


def narrowed(step: Step, units: Collection[str]) -> Step:
    """Return ``step`` so that it sends back only ``units``, where any are named."""
    if not isinstance(step, SendBack) or not units:
        return step
    return SendBack(replace(step.stage, units=tuple(unit for unit in step.stage.units if unit in units)))
