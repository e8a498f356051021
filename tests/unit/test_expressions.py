"""Sums and conditions as data write them: read exactly, refused where they can be misread."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.policy.conditions import Comparison, Condition, Membership, Truth
from models.policy.expressions import Expression
from models.policy.rules import AtMost, Ceiling

F = Fraction
VALUES = {"contract_executed": F(10), "days": F(3), "rate": F(1, 40), "nothing": F(0)}
NAMES = {"contract_executed": "the contract", "days": "days", "listed": "list"}
names = st.sampled_from(sorted(VALUES))
numbers = st.builds(
    lambda digits, unit: f"{digits}{unit}",
    st.decimals(0, 10**9, places=2).map(str),
    st.sampled_from(["%", "", " yuan"]),
)
products = st.lists(names | numbers, min_size=1, max_size=4).map(" × ".join)
sums = st.lists(products, min_size=1, max_size=4).map(" - ".join)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30% × contract_executed", F(3)),
        ("contract_executed × 30%", F(3)),
        ("8,000,000 yuan", F(800_000_000)),
        ("0.01 yuan", F(1)),
        ("1,000", F(1000)),
        ("0.1 + 0.2", F(3, 10)),
        ("0.1%", F(1, 1000)),
        ("contract_executed / days", F(10, 3)),
        ("contract_executed / days × days", F(10)),
        ("contract_executed - days - days", F(4)),
        ("contract_executed - 2 × days + 1", F(5)),
        ("50% × rate × contract_executed × days / 365", F(30, 29200)),
        ("  days+days ", F(6)),
        ("days\n× days", F(9)),
    ],
)
def test_a_sum_is_reckoned_exactly(text: str, value: Fraction) -> None:
    assert Expression.parse(text).value(VALUES) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "ends where a number or a name is expected"),
        ("30% ×", "ends where a number or a name is expected"),
        ("× 30%", "missing before '×'"),
        ("- 3", "missing before '-'"),
        ("3 × × 4", "missing before '×'"),
        ("30% contract_executed", "a sign (× / + -) is missing before 'contract_executed'"),
        ("3 4", "a sign (× / + -) is missing before '4'"),
        ("30 * days", "'* days' cannot be read; write e.g. 30% × contract_executed"),
        ("(days)", "cannot be read"),
        ("1,0000", "cannot be read"),
        ("1,000,00 yuan", "cannot be read"),
        ("3,", "cannot be read"),
        ("1.2.3", "cannot be read"),
        ("1e7", "missing before 'e7'"),
        ("10 million yuan", "missing before 'million'"),
        ("Days", "cannot be read"),
        ("0.005 yuan", "whole fen"),
        ("99999999999999 yuan", "check the number of zeros"),
        ("days / 0", "divides by zero"),
        ("days / 0.00%", "divides by zero"),
        ("__import__('os')", "cannot be read"),
        ("days.real", "cannot be read"),
        ("３", "cannot be read"),
    ],
)
def test_what_can_be_misread_is_refused_and_the_error_says_how_it_is_written(text: str, says: str) -> None:
    with pytest.raises(ValueError) as error:
        Expression.parse(text)
    assert says in str(error.value)


@given(sums)
def test_what_is_read_is_written_again_and_reads_the_same(text: str) -> None:
    once = Expression.parse(text)
    assert Expression.parse(str(once)) == once
    assert isinstance(once.value(VALUES), Fraction)
    rule = AtMost.model_validate({"at_most": text})
    assert AtMost.model_validate(rule.model_dump(mode="json")) == AtMost.model_validate_json(rule.model_dump_json())


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_shares_and_quotients_of_any_size_are_exact(thousandths: int, money: int, days: int) -> None:
    text = f"{thousandths // 1000}.{thousandths % 1000:03d}% × money / days"
    assert Expression.parse(text).value({"money": F(money), "days": F(days)}) == F(thousandths * money, 10**5 * days)


def test_a_name_that_is_zero_divides_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        Expression.parse("days / nothing").value(VALUES)


def test_a_sum_knows_whether_it_is_money() -> None:
    is_money = {"contract": True, "days": False}
    for text, power in (("contract", 1), ("30% × contract / days", 1), ("days", 0), ("contract / 5 yuan", 0)):
        assert Expression.parse(text).money_power(is_money) == power
    with pytest.raises(ValueError, match="adds money to a plain number"):
        Expression.parse("contract + days").money_power(is_money)


def test_a_sum_names_each_thing_once_in_its_order() -> None:
    sum_ = Expression.parse("b × a - 20% × b + 1 yuan")
    assert sum_.names == ("b", "a")
    assert [number.written for number in sum_.literals] == ["20%", "1 yuan"]


def test_a_sum_is_said_as_people_read_it() -> None:
    sum_ = Expression.parse("30% × contract_executed / days - 8,000,000 yuan")
    assert sum_.said(NAMES, "en") == "30% × the contract ÷ days - 8,000,000 yuan"
    assert sum_.said(NAMES, "zh") == "30% × the contract ÷ days - 800万元"


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("applicant in listed", Membership("applicant", "listed", inside=True)),
        ("project  not in listed", Membership("project", "listed", inside=False)),
        ("passed", Truth("passed")),
    ],
)
def test_a_condition_is_a_membership_or_a_fact_that_must_be_yes(text: str, test: object) -> None:
    condition = Condition.parse(text)
    assert condition.test == test
    assert Condition.parse(str(condition)) == condition


@pytest.mark.parametrize(
    ("text", "below", "at", "above"),
    [
        ("days > 2 × five", False, False, True),
        ("days >= 10", False, True, True),
        ("days < 10", True, False, False),
        ("days <= 10", True, True, False),
    ],
)
def test_a_comparison_is_exact_at_its_threshold(text: str, below: bool, at: bool, above: bool) -> None:
    condition = Condition.parse(text)
    assert isinstance(condition.test, Comparison)
    held = [condition.test.holds({"days": F(10) + F(n, 10**12), "five": F(5)}) for n in (-1, 0, 1)]
    assert held == [below, at, above]
    assert condition.names[0] == "days"


@pytest.mark.parametrize(
    "text",
    ["", "days = 3", "days == 3", "days =< 3", "1 < days < 3", "everybody in listed", "applicant in", "not passed"],
)
def test_what_is_no_condition_is_refused_with_what_is_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a comparison|cannot be read"):
        Condition.parse(text)


def test_a_condition_is_said_in_both_languages() -> None:
    for text, zh, en in (
        ("days > 3", "days 大于 3", "days over 3"),
        ("applicant in listed", "申请单位已列入list", "the applicant is in the list"),
        ("project not in listed", "项目未列入list", "the project is not in the list"),
        ("days", "days", "days"),
    ):
        assert (Condition.parse(text).said(NAMES, "zh"), Condition.parse(text).said(NAMES, "en")) == (zh, en)


def test_yaml_may_give_a_whole_number_and_never_a_float() -> None:
    assert Ceiling.model_validate({"ceiling": 10, "key": "a", "per": "everyone", "each": "year"}).most == 10
    for wrong in (0.1, True, None, ["10"]):
        with pytest.raises(ValidationError, match="in quotes"):
            AtMost.model_validate({"at_most": wrong})


@pytest.mark.parametrize("ceiling", ["30% × days", "10 × 2", "days"])
def test_a_ceiling_states_one_number(ceiling: str) -> None:
    with pytest.raises(ValidationError, match="state one number"):
        Ceiling.model_validate({"ceiling": ceiling, "key": "a", "per": "everyone", "each": "year"})
