"""The budget book: what the operator records about budgets, and what is left of each. Rows are added, never changed."""

import datetime as dt
from typing import Annotated

import sqlalchemy as sa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlmodel import select

from approvals.money.budgets import Left, lock
from approvals.registers import Day
from approvals.transaction import Transaction
from models.budget import Allotment, Budget
from models.case.form import Line
from models.columns import new_id
from models.errors import Fault, RefusedApplication
from models.money import Fen, fen_from_yuan, money_en, money_zh
from models.policy.duty import place_units
from models.policy.measure import Measure
from models.policy.payers import paying_keys
from models.policy.policy import Policy

_GRANT = sa.text(
    "UPDATE allotment SET granted = :granted"
    " WHERE policy = :policy AND unit = :unit AND measure = :measure AND year = :year"
)


class BudgetEntry(BaseModel):
    """The whole budget of a unit for a measure and a year, as the operator writes it."""

    model_config = ConfigDict(extra="forbid")

    #: The key of a unit (``czt``), or a city or county by code or name.
    unit: Line
    measure: int
    year: int = Field(ge=2000, le=2200)
    #: In yuan as it is written, in fen when read.
    amount: Annotated[Fen, BeforeValidator(fen_from_yuan)]
    #: The day of the document that grants it, and the document.
    granted_on: Day
    source: Line


def set_budget(tx: Transaction, policy: Policy, entry: BudgetEntry, now: dt.datetime) -> str:
    """Record a budget; it replaces the one recorded before. Return the unit that it is of.

    Raises:
        RefusedApplication: nobody pays from it, or awards have taken more already; nothing is recorded.

    """
    unit = _unit(policy, entry)
    key = {"policy": policy.key, "unit": unit, "measure": entry.measure, "year": entry.year}
    _, reserved = lock(tx, policy.key, unit, entry.measure, entry.year)
    if entry.amount < reserved:
        zh = f"已核定占用 {money_zh(reserved)}，预算不能少于此数"
        en = f"awards have taken {money_en(reserved)} already; a budget cannot be less than that"
        raise RefusedApplication([Fault("amount", zh, en)])
    tx.insert(
        Budget,
        id=new_id(),
        amount=entry.amount,
        granted_on=entry.granted_on,
        source=entry.source,
        recorded_at=now,
        **key,
    )
    tx.execute(_GRANT, key | {"granted": entry.amount})
    return unit


def budgets(tx: Transaction, policy: Policy, year: int | None = None) -> list[Left]:
    """Return every budget that was recorded or taken from, in the order of year, measure and unit."""
    found = select(Allotment).where(Allotment.policy == policy.key)
    if year is not None:
        found = found.where(Allotment.year == year)
    rows = tx.exec(found.order_by(Allotment.year, Allotment.measure, Allotment.unit))  # type: ignore[arg-type]
    return [
        Left(row.unit, policy.unit_name(row.unit), row.measure, row.year, row.granted, row.reserved)
        for row in rows
        if row.granted is not None or row.reserved
    ]


def recorded(tx: Transaction, policy: Policy) -> list[Budget]:
    """Return every row ever recorded, the oldest first."""
    rows = select(Budget).where(Budget.policy == policy.key)
    return list(tx.exec(rows.order_by(Budget.recorded_at, Budget.id)))  # type: ignore[arg-type]


def _unit(policy: Policy, entry: BudgetEntry) -> str:
    """Return the unit meant; raise RefusedApplication where it pays nothing under the measure."""
    measure = policy.measures.get(entry.measure)
    keys = paying_keys(policy, measure) if measure else ()
    if measure is None or not keys:
        found = ", ".join(str(number) for number, one in policy.measures.items() if paying_keys(policy, one))
        zh, en = f"措施 {entry.measure} 不给资金；可选：{found}", f"gives no money; choose from: {found}"
        raise RefusedApplication([Fault("measure", zh, en)])
    named = entry.unit.strip()
    unit = named if named in policy.units else place_units(policy).get(named, "")
    if unit.partition(":")[0] not in keys or unit in ("@city", "@county"):
        raise RefusedApplication([_unknown(policy, measure, keys, named)])
    return unit


def _unknown(policy: Policy, measure: Measure, keys: tuple[str, ...], named: str) -> Fault:
    places = {
        "@city": ("市代码，如 330100", "the code of a city"),
        "@county": ("县代码，如 330110", "the code of a county"),
    }
    zh = "、".join(places[key][0] if key in places else f"{key}（{policy.units[key].name.zh}）" for key in keys)
    en = ", ".join(places[key][1] if key in places else key for key in keys)
    return Fault(
        "unit",
        f"“{named}”不出资措施 {measure.number}；可选：{zh}",
        f"{named!r} pays nothing under measure {measure.number}; choose from: {en}",
    )
