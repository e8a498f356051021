"""What can be wrong with the panels in a policy's data, checked while it is read. Pure."""

from collections.abc import Iterator

from models.panel.seats import EXPERT_PANEL
from models.policy.measure import Measure
from models.policy.policy import Policy
from models.policy.rule_checks import listed
from models.road.quorum import Quorum


def panel_faults(policy: Policy) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what is wrong with the panels of the policy's stages, each with its path."""
    for key, stage in policy.stages.items():
        here: tuple[str | int, ...] = ("stages", key)
        if len({stage.act == EXPERT_PANEL, stage.asks == "panel", stage.panel is not None}) > 1:
            yield here, "a panel has `act: expert_panel`, `asks: panel` and a `panel:` block; state all three or none"
        if stage.act == EXPERT_PANEL and stage.quorum != Quorum():
            yield (*here, "quorum"), "a panel closes when every seat has scored; write `quorum: all`"
        at_end = (stage.late or policy.house_rules.late).at_end
        if stage.act == EXPERT_PANEL and at_end and at_end.does != "next_person":
            yield here, "no clock scores for an expert; give it a `late` with `at_end: nothing` or next_person"
        if stage.act == EXPERT_PANEL and (stage.share or stage.fixes_award or stage.returns_to):
            yield here, "experts score; take `share`, `fixes_award` and `returns_to` out"
        if stage.panel is not None and stage.panel.fields != "measure":
            yield from (
                ((*here, "panel", "fields"), _unknown(policy, field))
                for field in stage.panel.fields
                if field not in policy.expert_fields
            )


def fields_faults(policy: Policy, measure: Measure) -> Iterator[str]:
    """Yield why no expert could be found for ``measure`` by its fields."""
    yield from (_unknown(policy, field) for field in measure.expert_fields if field not in policy.expert_fields)
    if measure.expert_fields or not measure.options:
        return
    for key, stage in policy.road_of(measure).items():
        if stage.panel is not None and stage.panel.fields == "measure":
            yield f"stage {key!r} takes experts of the measure's fields, and it names none; add `expert_fields`"


def _unknown(policy: Policy, field: str) -> str:
    return f"there is no field {field!r}; add it to `expert_fields` or choose from: {listed(policy.expert_fields)}"
