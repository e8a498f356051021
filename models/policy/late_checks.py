"""What a policy's rules for late stages must agree on: with the stage, and with who stands above whom. Pure."""

from collections.abc import Iterator

from models.panel.seats import EXPERT_PANEL, on_panel
from models.policy.duty import LOCAL, listed
from models.policy.late import Late
from models.policy.measure import Measure
from models.policy.policy import Policy, RoadStage, asked_by
from models.policy.units import above

Path = tuple[str | int, ...]


def late_faults(policy: Policy) -> Iterator[tuple[Path, str]]:
    """Yield every rule for a late stage that could not hold, with its path in policy.yaml."""
    for key, stage in policy.stages.items():
        here: Path = ("stages", key, "late") if stage.late else ("stages", key)
        late = stage.late or policy.house_rules.late
        for fault in _of_stage(stage, late):
            yield here, fault
        for measure in policy.measures.values():
            for fault in _of_measure(policy, measure, key, late):
                yield here, fault


def _of_stage(stage: RoadStage, late: Late) -> Iterator[str]:
    if late.remind_before is not None and late.remind_before >= stage.working_days:
        yield f"remind_before: the stage has {stage.working_days} working days in all; remind later"
    does = late.at_end.does if late.at_end else "nothing"
    if does == "pass" and (stage.share is not None or stage.fixes_award):
        yield "at_end: a stage that pledges or fixes money does not pass by itself; write refuse or next_person"
    if does != "nothing" and stage.act == "report":
        yield "at_end: nobody can report what a unit did but the unit; write nothing"
    if does in ("pass", "refuse") and stage.act == "public_notice":
        yield "at_end: no objection is answered by the clock; write nothing or next_person"
    if does in ("pass", "refuse") and stage.act == EXPERT_PANEL:
        yield "at_end: an expert votes by a sheet of scores, never by silence; write next_person or nothing"
    if does == "refuse" and stage.act == "accept":
        yield "at_end: a duty is accepted or sent back, never refused; write pass or nothing"


def _of_measure(policy: Policy, measure: Measure, key: str, late: Late) -> Iterator[str]:
    """Yield which units of ``measure`` the stage ``key`` asks that nobody stands above, though somebody must."""
    needs = []
    if late.escalate and late.escalate.to == "superior":
        needs.append("escalate to the superior")
    if late.at_end and late.at_end.does == "next_person":
        needs.append("next_person")
    if not needs or any(unit not in policy.units for unit in measure.units):
        return
    for unit in _asked(policy, measure, key):
        # in a panel the next person is the next in the draw
        unmet = [need for need in needs if need != "next_person" or not on_panel(unit)]
        if unmet and not any(True for _ in above(policy, measure, unit)):
            yield f"{' and '.join(unmet)}: nobody stands above {unit!r}, asked here under measure {measure.number}"


def _asked(policy: Policy, measure: Measure, key: str) -> Iterator[str]:
    """Yield the units of ``measure`` that the stage ``key`` asks; of the governments of a level, one."""
    asked: list[str] = []
    if measure.options and measure.road in (None, *policy.roads) and key in policy.road_of(measure):
        asked += asked_by(policy.stages[key], measure)
    if measure.duties and key in policy.duty_stages:
        reports = policy.stages[key].asks == "reporters"
        asked += [u for duty in measure.duties.values() for u in (listed(measure, duty) if reports else [measure.lead])]
    for unit in dict.fromkeys(asked):
        codes = [d.code for d in policy.divisions.values() if d.level is LOCAL.get(unit)]
        yield f"{unit}:{codes[0]}" if codes else unit
