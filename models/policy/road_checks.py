"""Why a claim could not travel the road that its measure names. Pure."""

from collections.abc import Iterator

from models.policy.measure import Measure
from models.policy.notice_rules import notice_faults
from models.policy.policy import Policy, asked_by


def road_faults(policy: Policy, measure: Measure) -> Iterator[str]:
    """Yield why a claim under ``measure`` could not travel its road to an award."""
    stages = [stage for stage in policy.road_of(measure).values() if asked_by(stage, measure)]
    if not stages or [stage.fixes_award for stage in stages] != [False] * (len(stages) - 1) + [True]:
        yield "its route cannot end: it must end with the one stage that fixes the award; name another road"
    road = policy.road_of(measure).values()
    yield from notice_faults([stage.act for stage in road], fixes_award=any(stage.fixes_award for stage in road))
    asked = {key for stage in stages for key in asked_by(stage, measure)}
    yield from (
        f"no stage of the road asks its unit {key!r}; add a stage or name another road"
        for key in measure.units
        if key not in asked
    )
    pledging = {stage.share for stage in stages}
    for name, option in measure.options.items():
        yield from (
            f"option {name!r}: no stage pledges the share of the {level.value}; take it out of `levels`"
            for level in option.levels
            if level not in pledging
        )
