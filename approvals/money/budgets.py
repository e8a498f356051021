"""Budgets: recorded by the operator, reserved by the determination that awards, overdrawn by nobody."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.editions import policy_of
from approvals.money import ledger
from approvals.transaction import Transaction
from models.application import Application
from models.budget import Allotment
from models.calendar import office_date
from models.errors import WrongAmount
from models.ledger import PostingKind, cancellation, dues_of, reservation
from models.money import Fen, money_en, money_zh
from models.policy.data import Bilingual
from models.policy.payers import payers
from models.road.route import RouteStage
from models.states import ApplicationKind, Level

#: The row is made where it is missing, locked where it is there, and read, in one statement.
_LOCK = sa.text(
    "INSERT INTO allotment (policy, unit, measure, year, granted, reserved)"
    " VALUES (:policy, :unit, :measure, :year, NULL, 0)"
    " ON CONFLICT (policy, unit, measure, year) DO UPDATE SET reserved = allotment.reserved"
    " RETURNING granted, reserved"
)
_TAKE = sa.text(
    "UPDATE allotment SET reserved = reserved + :fen"
    " WHERE policy = :policy AND unit = :unit AND measure = :measure AND year = :year"
)


@dataclass(frozen=True)
class Left:
    """What a budget has left; amounts in fen."""

    unit: str
    name: Bilingual
    measure: int
    year: int
    #: None: no budget was recorded, so that nothing limits it.
    granted: Fen | None
    reserved: Fen

    @property
    def left(self) -> Fen | None:
        """Return what may still be awarded; None: nothing limits it."""
        return None if self.granted is None else Fen(self.granted - self.reserved)


def lock(tx: Transaction, policy: str, unit: str, measure: int, year: int) -> tuple[Fen | None, Fen]:
    """Lock the running row of a budget until the commit; return what is granted (None: no limit) and reserved."""
    key = {"policy": policy, "unit": unit, "measure": measure, "year": year}
    granted, reserved = tx.execute(_LOCK, key).one()
    return granted, Fen(reserved)


def take(tx: Transaction, policy: str, unit: str, measure: int, year: int, fen: Fen) -> None:
    """Take ``fen`` of a budget whose row is locked; the database refuses what has no room."""
    tx.execute(_TAKE, {"policy": policy, "unit": unit, "measure": measure, "year": year, "fen": fen})


def check(tx: Transaction, app: Application, shares: Mapping[Level, Fen], now: dt.datetime) -> None:
    """Lock the budgets that an award of ``shares`` takes, and see that each has room for it.

    Raises:
        WrongAmount: a budget has no room; the sentence says which, what is left and what to do.

    """
    year = office_date(now).year
    for unit, fen in _by_unit(tx, app, shares):
        granted, reserved = lock(tx, app.policy, unit, app.measure, year)
        if granted is not None and reserved + fen > granted:
            name = policy_of(tx, app).unit_name(unit)
            raise _no_room(Left(unit, name, app.measure, year, granted, reserved), fen)


def reserve(tx: Transaction, app: Application, shares: Mapping[Level, Fen], now: dt.datetime) -> None:
    """Take an award of ``shares`` of its budgets, and post it; raises as `check` does."""
    check(tx, app, shares, now)
    year, policy = office_date(now).year, policy_of(tx, app)
    for unit, fen in _by_unit(tx, app, shares):
        take(tx, app.policy, unit, app.measure, year, fen)
    pay = payers(policy, policy.measures[app.measure], app.county)
    ledger.post(tx, app, PostingKind.RESERVATION, reservation(shares, pay, app.measure, year), now)


def give_back(tx: Transaction, app: Application, now: dt.datetime) -> None:
    """Give back to its budgets what was reserved for ``app`` and is not awarded after all, and post that."""
    dues = sorted(dues_of(ledger.about(tx, app.id)).values(), key=lambda due: due.unit)
    for due in dues:
        lock(tx, app.policy, due.unit, due.measure, due.year)
        take(tx, app.policy, due.unit, due.measure, due.year, Fen(-due.fen))
    ledger.post(tx, app, PostingKind.CANCELLATION, cancellation(dues), now)


def left_for(tx: Transaction, app: Application, planned: RouteStage, unit: str, now: dt.datetime) -> tuple[Left, ...]:
    """Return what is left of the budgets that ``unit`` answers for at ``planned``.

    Whoever fixes the award sees all of which something is asked; the others see their own.
    """
    asked = {level: app.asked(level) for level in Level}
    if app.kind is not ApplicationKind.CLAIM or not any(asked.values()):
        return ()
    policy, year = policy_of(tx, app), office_date(now).year
    units = [payer for payer, _ in _by_unit(tx, app, asked) if planned.fixes_award or payer == unit]
    found = select(Allotment).where(
        Allotment.policy == app.policy,
        Allotment.measure == app.measure,
        Allotment.year == year,
        col(Allotment.unit).in_(units),
    )
    rows = {row.unit: row for row in tx.exec(found.execution_options(populate_existing=True))} if units else {}
    blank = Allotment(policy=app.policy, unit="", measure=app.measure, year=year, reserved=Fen(0))
    kept = [(payer, rows.get(payer, blank)) for payer in units]
    return tuple(
        Left(payer, policy.unit_name(payer), app.measure, year, row.granted, row.reserved) for payer, row in kept
    )


def facts(tx: Transaction, app: Application, planned: RouteStage, unit: str, now: dt.datetime) -> dict[str, Any]:
    """Return what a letter that asks ``unit`` at ``planned`` says of budgets, as JSON with amounts in fen."""
    found = [
        {"unit": one.name.model_dump(), "year": one.year, "granted": one.granted, "left": one.left}
        for one in left_for(tx, app, planned, unit, now)
    ]
    return {"budgets": found} if found else {}


def _by_unit(tx: Transaction, app: Application, shares: Mapping[Level, Fen]) -> list[tuple[str, Fen]]:
    """Return what each paying unit gives, in one order for all: so no two transactions wait in a ring."""
    policy = policy_of(tx, app)
    pay = payers(policy, policy.measures[app.measure], app.county)
    sums: dict[str, int] = {}
    for level, fen in shares.items():
        if fen:
            sums[pay[level]] = sums.get(pay[level], 0) + fen
    return [(unit, Fen(fen)) for unit, fen in sorted(sums.items())]


def _no_room(budget: Left, fen: Fen) -> WrongAmount:
    granted, left = budget.granted or Fen(0), budget.left or Fen(0)
    return WrongAmount(
        f"{budget.name.zh} {budget.year} 年度措施 {budget.measure} 预算 {money_zh(granted)}，尚余 {money_zh(left)}，"
        f"不足 {money_zh(fen)}；请调减金额，或退回、不予支持，或请运行人员登记追加的预算",
        f"the {budget.year} budget of {budget.name.en} for measure {budget.measure} is {money_en(granted)} and has "
        f"{money_en(left)} left, less than {money_en(fen)}; award less, return or refuse, or have the operator "
        "record more budget",
    )
