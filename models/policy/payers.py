"""Payers: the unit that answers for each level's money under a measure. Pure.

Its budgets are theirs. The policy's `payers` name units by level; the first that a measure lists answers for the
level's money. Where none is named or listed, the city's or county's own government does, else the lead.
"""

from collections.abc import Iterator

from models.policy.duty import LOCAL
from models.policy.measure import Measure
from models.policy.policy import Policy
from models.states import Level


def payer_key(policy: Policy, measure: Measure, level: Level) -> str:
    """Return the key of the unit that answers for the money of ``level``: ``czt``, ``@city``, the lead's."""
    local = [key for key, its in LOCAL.items() if its is level]
    named = (*policy.payers.get(level, ()), *local)
    return next((key for key in named if key in measure.units), measure.lead)


def payer(policy: Policy, measure: Measure, level: Level, county: str) -> str:
    """Return the unit that answers for the money of ``level`` in ``county``: ``czt``, ``@city:330100``."""
    key, place = payer_key(policy, measure, level), policy.place(county)
    codes = {"@county": place.county.code, "@city": place.city.code}
    return f"{key}:{codes[key]}" if key in codes else key


def payers(policy: Policy, measure: Measure, county: str) -> dict[Level, str]:
    """Return the payer of each level."""
    return {level: payer(policy, measure, level, county) for level in Level}


def paying_keys(policy: Policy, measure: Measure) -> tuple[str, ...]:
    """Return the keys of the units that pay anything under ``measure``."""
    levels = [level for level in Level if any(level in option.levels for option in measure.options.values())]
    return tuple(dict.fromkeys(payer_key(policy, measure, level) for level in levels))


def payer_faults(policy: Policy) -> Iterator[str]:
    """Yield which payers the policy does not know, or which stand at another level."""
    for level, keys in policy.payers.items():
        for key in keys:
            if key not in policy.units:
                yield f"payers: unit {key!r} is not in units.csv; add it there or correct the key"
            elif policy.units[key].level is not level:
                yield f"payers: {key!r} is no unit of the {level.value}; name one that is"
