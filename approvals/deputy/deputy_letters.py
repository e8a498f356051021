"""Letters about deputyships: both the officer and the deputy are told that one begins or is revoked."""

import datetime as dt

from approvals import letters
from approvals.editions import in_force
from approvals.office import Office
from approvals.transaction import Transaction
from models.calendar import office_date
from models.deputy import Deputy
from models.officer import Officer
from models.policy.data import Bilingual


def tell_both(
    tx: Transaction, office: Office, kind: str, made: Deputy, officer: Officer, deputy: Officer, now: dt.datetime
) -> None:
    """Write to ``officer`` and to ``deputy`` that ``deputy`` stands in from a day until a day, or does no more."""
    facts = {
        "unit": letters.names(_unit(office, made.unit, now)),
        "officer": officer.name,
        "officer_address": officer.email,
        "stands_in": deputy.name,
        "stands_in_address": deputy.email,
        "from_day": made.from_day.isoformat(),
        "until_day": made.until_day.isoformat(),
    }
    for to in (officer, deputy):
        said = facts | {"you": "deputy" if to is deputy else "officer"}
        letters.queue(tx, office, kind, f"{kind}:{made.id}:{to.id}", (to.email, to.name, to.language), said, now)


def _unit(office: Office, unit: str, now: dt.datetime) -> Bilingual:
    """Return the name of ``unit`` by today's policy; its key where the policy does not know it."""
    try:
        return in_force(office.policies, office.policy, office_date(now)).unit_name(unit)
    except KeyError:
        return Bilingual(zh=unit, en=unit)
