"""Duties: which units report, and what a policy's data must say so that a duty can be opened. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator

from models.policy.measure import Duty, Measure
from models.policy.policy import Policy
from models.states import Level

LOCAL = {"@city": Level.CITY, "@county": Level.COUNTY}


def listed(measure: Measure, duty: Duty) -> tuple[str, ...]:
    """Return the keys of the units that report: those of the duty, else all but the lead, else the lead."""
    return duty.units or measure.units[1:] or measure.units


def reporters(policy: Policy, measure: Measure, duty: Duty, places: Collection[str] = ()) -> tuple[str, ...]:
    """Return the units that report on ``duty`` in the order of the text, places filled in.

    ``places`` are the local governments that report (``@city:330100``); none: all that the duty lists.
    """
    return tuple(unit for key in listed(measure, duty) for unit in _filled_in(policy, key) if _wanted(unit, places))


def _filled_in(policy: Policy, key: str) -> tuple[str, ...]:
    if key not in LOCAL:
        return (key,)
    return tuple(f"{key}:{d.code}" for d in policy.divisions.values() if d.level is LOCAL[key])


def _wanted(unit: str, places: Collection[str]) -> bool:
    return not unit.startswith("@") or not places or unit in places


def place_units(policy: Policy) -> dict[str, str]:
    """Return the unit of every place by its key, its code, and each name that no other place has."""
    units = {
        f"{key}:{d.code}": d for key, level in LOCAL.items() for d in policy.divisions.values() if d.level is level
    }
    called = Counter(name for d in units.values() for name in {d.code, d.name.zh, d.name.en})
    names = {name: unit for unit, d in units.items() for name in (d.code, d.name.zh, d.name.en) if called[name] == 1}
    return names | {unit: unit for unit in units}


def duty_faults(policy: Policy, measure: Measure) -> Iterator[str]:
    """Yield why the duties of ``measure`` could not be opened."""
    if not measure.duties:
        return
    if policy.duty_road is None:
        yield "duties need a road; name one in policy.yaml: `duty_road`"
    if measure.lead.startswith("@"):
        yield "the lead accepts the reports on a duty; list one unit first, not the governments of places"
    for key, duty in measure.duties.items():
        twice = [target for target, n in Counter(t.key for t in duty.targets).items() if n > 1]
        yield from (f"duty {key!r} has two targets {target!r}; rename one" for target in twice)


def duty_road_faults(policy: Policy) -> Iterator[str]:
    """Yield why a duty could not travel its road, or a claim would meet a stage of duties."""
    on_duty = {"report", "accept"}
    for name, keys in policy.roads.items():
        acts = [policy.stages[key].act for key in keys if key in policy.stages]
        if name != policy.duty_road and on_duty & set(acts):
            yield f"road {name!r} has stages of duties; only `duty_road` may"
        elif name != policy.duty_road and any(policy.stages[key].returns_to for key in keys if key in policy.stages):
            yield f"road {name!r}: a return on the road of claims goes to the applicant; take `returns_to` out"
    if policy.duty_road is None:
        return
    if policy.duty_road not in policy.roads:
        yield f"there is no road {policy.duty_road!r}; choose from: {', '.join(sorted(policy.roads))}"
        return
    keys = policy.roads[policy.duty_road]
    stages = [policy.stages[key] for key in keys if key in policy.stages]
    if [(s.act, s.asks) for s in stages] != [("report", "reporters"), ("accept", "lead")]:
        yield "the road of duties is a stage that asks the reporters to report, then one that asks the lead to accept"
    elif stages[1].returns_to != keys[0] or stages[0].returns_to is not None:
        yield f"what is not accepted is reported again: write `returns_to: {keys[0]}` in {keys[1]}, and only there"
