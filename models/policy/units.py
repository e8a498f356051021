"""Units: which a policy's routes can ask, and which stand above which. Pure."""

from collections.abc import Iterator

from models.panel.seats import on_panel
from models.policy.measure import Measure
from models.policy.policy import Policy
from models.states import Level


def all_units(policy: Policy) -> Iterator[str]:
    """Yield every unit that a route can ask, in the order of the policy's data: ``kjt``, ``@city:330100``."""
    for key, unit in policy.units.items():
        if key.startswith("@"):
            yield from (f"{key}:{d.code}" for d in policy.divisions.values() if d.level is unit.level)
        else:
            yield key


def is_unit(policy: Policy, unit: str) -> bool:
    """Return whether a route can ask ``unit``."""
    key, _, code = unit.partition(":")
    known = policy.units.get(key)
    if known is None or not key.startswith("@"):
        return known is not None and unit == key
    division = policy.divisions.get(code)
    return division is not None and division.level is known.level


def above(policy: Policy, measure: Measure, unit: str) -> Iterator[str]:
    """Yield the units above ``unit``, the nearest first: governments by their divisions, then the measure's lead.

    Nobody stands above the lead or an expert; and a lead of a lower level, or one that is the applicant's place,
    above nobody.
    """
    if on_panel(unit):
        return
    key, _, code = unit.partition(":")
    while code and (code := policy.divisions[code].parent):
        government = f"@{policy.divisions[code].level.value}"
        if government in policy.units:
            yield f"{government}:{code}"
    lead, levels = measure.lead, list(Level)
    if lead == unit or lead.startswith("@"):
        return
    if levels.index(policy.units[lead].level) <= levels.index(policy.units[key].level):
        yield lead
