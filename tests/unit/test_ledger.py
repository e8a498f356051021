"""The ledger's rules: whatever is posted balances for each paying unit, and says what it must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ledger import Account, Line, Unbalanced, balanced, balances, check, reservation
from models.money import Fen
from models.payers import payer, payer_faults, payers, paying_keys
from models.states import Level
from tests.support.policies import ZHEJIANG

PAYERS = {Level.PROVINCE: "czt", Level.CITY: "@city:330100", Level.COUNTY: "@county:330110"}
amounts = st.integers(0, 10**15).map(Fen)
shares = st.fixed_dictionaries(dict.fromkeys(Level, amounts))
units = st.sampled_from(["czt", "@city:330100", "kjt"])
sides = st.integers(1, 10**15).flatmap(lambda fen: st.sampled_from([(fen, 0), (0, fen)]))
lines = st.builds(
    lambda account, unit, side: Line(account, Level.CITY, unit, 19, 2026, *side), st.sampled_from(Account), units, sides
)


def one(unit: str, debit: int, credit: int) -> Line:
    return Line(Account.PAID, Level.CITY, unit, 19, 2026, debit, credit)


@given(shares)
def test_an_award_balances_and_takes_and_owes_what_was_awarded(award: dict[Level, Fen]) -> None:
    posted = reservation(award, PAYERS, 19, 2026)
    assert balanced(posted)
    found = balances(posted)
    for level, fen in award.items():
        assert found.get((PAYERS[level], Account.RESERVED), 0) == found.get((PAYERS[level], Account.OWED), 0) == fen


@given(st.lists(lines, max_size=6))
def test_lines_balance_only_where_the_debits_of_each_unit_are_its_credits(found: list[Line]) -> None:
    expected = all(
        sum(x.debit for x in found if x.unit == unit) == sum(x.credit for x in found if x.unit == unit)
        for unit in {x.unit for x in found}
    )
    assert balanced(found) is expected


@pytest.mark.parametrize(
    "wrong",
    [
        [one("czt", 5, 0)],
        [one("czt", 5, 0), one("czt", 0, 4)],
        [one("czt", 5, 0), one("kjt", 0, 5)],
        [one("czt", 5, 5)],
        [one("czt", 0, 0)],
        [one("czt", -5, 0), one("czt", 0, -5)],
    ],
    ids=["one side", "unequal", "another unit's", "both sides", "nothing", "negative"],
)
def test_what_does_not_balance_is_refused_with_a_sentence(wrong: list[Line]) -> None:
    with pytest.raises(Unbalanced, match="nothing was posted"):
        check(wrong)


@pytest.mark.parametrize(
    ("measure", "level", "unit"),
    [
        (19, Level.PROVINCE, "czt"),
        (19, Level.CITY, "@city:330100"),
        (19, Level.COUNTY, "@county:330110"),
        (25, Level.PROVINCE, "czt"),
        (17, Level.PROVINCE, "sjj"),
        (14, Level.CITY, "@city:330100"),
    ],
)
def test_who_pays_is_the_named_unit_where_the_measure_lists_it_else_the_lead(
    measure: int, level: Level, unit: str
) -> None:
    assert payer(ZHEJIANG, ZHEJIANG.measures[measure], level, "330110") == unit


def test_only_levels_that_an_option_names_pay() -> None:
    assert paying_keys(ZHEJIANG, ZHEJIANG.measures[19]) == ("czt", "@city", "@county")
    assert paying_keys(ZHEJIANG, ZHEJIANG.measures[14]) == ("@city", "@county")
    assert paying_keys(ZHEJIANG, ZHEJIANG.measures[1]) == ()
    assert payers(ZHEJIANG, ZHEJIANG.measures[19], "余杭区")[Level.COUNTY] == "@county:330110"


def test_a_payer_that_nobody_knows_or_of_another_level_is_a_fault() -> None:
    wrong = ZHEJIANG.model_copy(update={"payers": {Level.PROVINCE: ("nasa", "hz")}})
    assert list(payer_faults(wrong)) == [
        "payers: unit 'nasa' is not in units.csv; add it there or correct the key",
        "payers: 'hz' is no unit of the province; name one that is",
    ]
    assert list(payer_faults(ZHEJIANG)) == []
