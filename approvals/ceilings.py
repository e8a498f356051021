"""Ceilings over many awards: checked and counted in the determination's transaction, guarded by the database."""

import datetime as dt

import sqlalchemy as sa

from approvals.lookups import ceilings_of, scope_of, tally_of
from approvals.transaction import Transaction
from models.calendar import office_date
from models.case.case import Case
from models.errors import WrongAmount
from models.money import Fen, money_en, money_zh
from models.policy.rules import Ceiling

#: The row is made where it is missing, locked where it is there, and read, in one statement.
_LOCK = sa.text(
    "INSERT INTO tally (policy, ceiling, scope, year, used, most) VALUES (:policy, :ceiling, :scope, :year, 0, :most)"
    " ON CONFLICT (policy, ceiling, scope, year) DO UPDATE"
    " SET most = CASE WHEN excluded.most > tally.used THEN excluded.most ELSE tally.used END RETURNING used"
)
_COUNT = sa.text(
    "UPDATE tally SET used = used + :more"
    " WHERE policy = :policy AND ceiling = :ceiling AND scope = :scope AND year = :year"
)


def check(tx: Transaction, case: Case, total: Fen, now: dt.datetime) -> None:
    """Lock the tallies of ``case`` until the commit, and see that an award of ``total`` fen has room in each.

    Raises:
        WrongAmount: a ceiling is reached; the sentence says which and what is left.

    """
    for where, rule in _tallies(case, now):
        before = tx.execute(_LOCK, where | {"most": rule.most}).scalar_one()
        if before + _more(rule, total) > rule.most:
            raise _reached(rule, before, int(where["year"]))


def count(tx: Transaction, case: Case, total: Fen, now: dt.datetime) -> None:
    """Add an award of ``total`` fen to each tally of ``case``; the database refuses what has no room."""
    for where, rule in _tallies(case, now):
        tx.execute(_COUNT, where | {"more": _more(rule, total)})


def uncount(tx: Transaction, case: Case, total: Fen, counted_at: dt.datetime) -> None:
    """Take an award of ``total`` fen that was counted at ``counted_at`` off each tally of ``case`` again."""
    for where, rule in _tallies(case, counted_at):
        tx.execute(_COUNT, where | {"more": -_more(rule, total)})


def _tallies(case: Case, now: dt.datetime) -> list[tuple[dict[str, str | int], Ceiling]]:
    """Return the key of each tally with its rule, in one order for all: so no two transactions wait in a ring."""
    return [
        (
            {
                "policy": case.policy.key,
                "ceiling": tally_of(case, rule),
                "scope": scope_of(case, rule),
                "year": case.year(rule, office_date(now)),
            },
            rule,
        )
        for rule in ceilings_of(case)
    ]


def _more(rule: Ceiling, total: Fen) -> int:
    return total if rule.counts_money else 1


def _reached(rule: Ceiling, used: int, year: int) -> WrongAmount:
    left = max(0, rule.most - used)
    if rule.counts_money:
        return WrongAmount(
            f"{year} 年度上限 {money_zh(rule.most)} 已用 {money_zh(used)}，尚余 {money_zh(left)}；请调减金额或不予支持",
            f"the ceiling of {money_en(rule.most)} for {year} has {money_en(left)} left; award less, or refuse",
        )
    return WrongAmount(
        f"{year} 年度名额 {rule.most} 项已满；请选择“不同意”或“退回”",
        f"all {rule.most} awards of {year} have been made; refuse or return instead",
    )
