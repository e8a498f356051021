"""The ledger's rules: whatever is posted balances for each paying unit, and says what it must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.ledger import (
    Account,
    Due,
    Line,
    Unbalanced,
    balanced,
    balances,
    check,
    recovery,
    release,
    repayment,
    reservation,
)
from models.money import Fen
from models.policy.data import Bilingual
from models.policy.expressions import Expression
from models.policy.instalments import Instalment, instalment_faults, split
from models.policy.payers import payer, payer_faults, payers, paying_keys
from models.recovery_standing import recoveries_of
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


dues = st.builds(
    lambda unit, award, fen: Due(Level.CITY, unit, 19, 2026, award, Fen(fen)),
    units,
    st.sampled_from(["a", "b"]),
    st.integers(1, 100),
)


@given(st.lists(dues, max_size=4, unique_by=lambda due: due.unit), st.lists(dues, max_size=6))
def test_a_release_balances_pays_all_that_is_due_and_sets_off_no_more_than_is_recoverable(
    due: list[Due], recoverable: list[Due]
) -> None:
    posted = release(due, recoverable)
    assert balanced(posted)
    assert sum(line.debit for line in posted if line.account is Account.OWED) == sum(one.fen for one in due)
    for unit in {one.unit for one in (*due, *recoverable)}:
        taken = sum(x.credit for x in posted if x.unit == unit and x.account is Account.RECOVERABLE)
        there, asked = (sum(one.fen for one in found if one.unit == unit) for found in (recoverable, due))
        assert taken == min(there, asked)


@given(shares, st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(1, 10**15)), max_size=12))
def test_no_sequence_of_releases_recoveries_and_repayments_makes_an_account_negative_or_the_books_unequal(
    award: dict[Level, Fen], steps: list[tuple[int, int]]
) -> None:
    books = list(reservation(award, PAYERS, 19, 2026))
    for n, fen in steps:
        level = list(Level)[n]
        key = (level, PAYERS[level], 19, 2026, "")
        now = balances(books)
        owed, back = (now.get((PAYERS[level], one), 0) for one in (Account.OWED, Account.RECOVERABLE))
        released = award[level] - owed - now.get((PAYERS[level], Account.RECLAIMED), 0)
        if fen % 2 and owed:
            books += release([Due(*key, Fen(min(fen, owed)))], [Due(*key, Fen(back))] if back else [])
        elif back and fen % 3 == 0:
            books += repayment(Due(*key, Fen(min(fen, back))))
        elif released > 0:
            books += recovery(Due(*key, Fen(min(fen, released))))
        assert balanced(books)
        assert all(fen >= 0 for fen in balances(books).values())
        for one in recoveries_of(books):
            assert one.left == balances(books).get((PAYERS[one.level], Account.RECOVERABLE), 0)
            assert min(one.claimed, one.set_off, one.repaid, one.left) >= 0


parts = st.lists(st.integers(1, 50), min_size=1, max_size=6).map(
    lambda weights: [
        Instalment(
            key=f"part_{n}",
            name=Bilingual(zh="期", en="part"),
            share=Expression.parse(f"{weight} / {sum(weights)}"),
        )
        for n, weight in enumerate(weights)
    ]
)


@given(amounts, parts)
def test_instalments_come_to_the_award_whole_fen_each_and_the_last_takes_the_rest(
    fen: Fen, found: list[Instalment]
) -> None:
    made = split(fen, found)
    assert sum(made) == fen and min(made) >= 0
    for part, one in list(zip(made, found, strict=True))[:-1]:
        assert part <= fen * one.share.value({}) < part + 1
    assert list(instalment_faults(found)) == []


def test_instalments_that_are_not_the_whole_or_share_a_name_are_faults() -> None:
    half = Instalment(key="half", name=Bilingual(zh="半", en="half"), share=Expression.parse("50%"))
    assert list(instalment_faults([half])) == ["the instalments come to 1/2 of the award; they must come to 100%"]
    assert list(instalment_faults([half, half])) == ["two instalments are called 'half'; rename one"]
    for wrong in ("0%", "101%", "5 yuan", "price"):
        with pytest.raises(ValidationError):
            Instalment.model_validate({"key": "x", "name": {"zh": "x", "en": "x"}, "share": wrong})
