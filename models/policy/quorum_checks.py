"""What the rules of stages must agree on with the units that they name and the roads that they stand on. Pure."""

from collections.abc import Iterator

from models.policy.measure import Measure
from models.policy.policy import Policy, RoadStage, asked_by
from models.road.quorum import weight_of


def stage_faults(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield (stage, why) for each stage whose rule cannot be meant."""
    for key, stage in policy.stages.items():
        rule = stage.quorum
        yield from (
            (key, f"quorum: there is no unit {unit!r}; name units as the measures list them")
            for unit in sorted(rule.named - set(policy.units))
        )
        if rule.one_no == "to_lead" and not _lead_comes_after(policy, key):
            yield key, "quorum: `one_no: to_lead` needs a later stage on each of its roads that asks the lead"
        if stage.fixes_award and rule.asked_twice == "carry":
            yield key, "quorum: what fixes an award is decided each time; take `asked_twice: carry` out"
        if stage.act in ("report", "accept") and rule.model_dump(exclude_defaults=True):
            yield key, "quorum: units of a duty report, and the lead accepts: the rule is `all`"


def _lead_comes_after(policy: Policy, key: str) -> bool:
    roads = [keys for keys in policy.roads.values() if key in keys]
    after = [[policy.stages[one] for one in keys[keys.index(key) + 1 :] if one in policy.stages] for keys in roads]
    return all(any(stage.asks == "lead" for stage in stages) for stages in after)


def measure_faults(policy: Policy, measure: Measure) -> Iterator[str]:
    """Yield why a claim under ``measure`` could not pass one of its stages."""
    for key, stage in policy.road_of(measure).items():
        seats = asked_by(stage, measure)
        if seats and stage.quorum.at_least.isdigit() and int(stage.quorum.at_least) > _votes(stage, seats):
            yield (
                f"stage {key!r} needs {stage.quorum.at_least} votes, and the units that it asks have "
                f"{_votes(stage, seats)}; lower the number, or name another road"
            )


def _votes(stage: RoadStage, seats: tuple[str, ...]) -> int:
    return sum(weight_of(stage.quorum, seat) for seat in seats)
