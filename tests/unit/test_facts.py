"""Facts as applicants write them: read exactly, refused where they can be misread, and every error says how."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case.facts import MAX_TEXT, Facts, read_facts, said
from models.errors import Fault
from models.policy.measure import Measure

KINDS = ("money", "rate", "number", "count", "date", "yes_no", "text")
MEASURE = Measure.model_validate(
    {
        "number": 1,
        "kind": "claim",
        "title": {"zh": "示例", "en": "Example"},
        "units": ["kjt"],
        "facts": {kind: {"type": kind, "name": {"zh": f"某{kind}", "en": f"some {kind}"}} for kind in KINDS},
    }
)


def read(given_facts: dict[str, Any]) -> tuple[Facts, list[Fault]]:
    """Read exactly the facts given."""
    return read_facts(given_facts, MEASURE, set(given_facts))


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("money", "1,000,000", Fraction(100_000_000)),
        ("money", "0.01", Fraction(1)),
        ("money", " 5 ", Fraction(500)),
        ("money", 5, Fraction(500)),
        ("rate", "3.5%", Fraction(35, 1000)),
        ("rate", "3 %", Fraction(3, 100)),
        ("rate", "0.000001%", Fraction(1, 10**8)),
        ("number", "5.000001", Fraction(5_000_001, 10**6)),
        ("number", "1,000.5", Fraction(2001, 2)),
        ("count", "1,000", Fraction(1000)),
        ("count", 0, Fraction(0)),
        ("date", "2026-03-01", dt.date(2026, 3, 1)),
        ("yes_no", "yes", True),
        ("yes_no", "否", False),
        ("yes_no", True, True),
        ("yes_no", False, False),
        ("yes_no", "TRUE", True),
        ("text", " 深澜　模型 v2 ", "深澜　模型 v2"),
        ("text", "文" * MAX_TEXT, "文" * MAX_TEXT),
    ],
)
def test_a_fact_is_read_exactly(kind: str, written: object, value: object) -> None:
    facts, faults = read({kind: written})
    assert faults == []
    assert facts.values == {kind: value}
    assert not isinstance(facts.values[kind], float)


@pytest.mark.parametrize(
    ("kind", "written", "how"),
    [
        ("money", "1,0000", "yuan"),
        ("money", "0.005", "yuan"),
        ("money", "-1", "yuan"),
        ("money", "500万", "yuan"),
        ("money", "1e6", "yuan"),
        ("money", True, "yuan"),
        ("rate", "3.5", "percentage"),
        ("rate", "-3%", "percentage"),
        ("rate", "%", "percentage"),
        ("rate", "0.0000001%", "percentage"),
        ("number", "5 years", "number"),
        ("number", "-1", "number"),
        ("number", "1,0,0", "number"),
        ("number", ",5", "number"),
        ("number", "5.", "number"),
        ("number", ".5", "number"),
        ("number", "1/3", "number"),
        ("number", "NaN", "number"),
        ("number", "５", "number"),
        ("number", "1" * 16, "number"),
        ("count", "1.0", "whole number"),
        ("count", "-1", "whole number"),
        ("date", "2026-02-30", "date"),
        ("date", "1 March 2026", "date"),
        ("date", "20260301.5", "date"),
        ("date", 20260301, "date"),
        ("date", "2026-W10-1", "date"),
        ("yes_no", "maybe", "yes or no"),
        ("yes_no", 1, "yes or no"),
        ("text", "a\nb", "one line"),
        ("text", "a\u202eb", "one line"),
        ("text", "文" * (MAX_TEXT + 1), "one line"),
    ],
)
def test_what_can_be_misread_is_refused_and_the_fault_says_how_to_write_it(
    kind: str, written: object, how: str
) -> None:
    facts, (fault,) = read({kind: written})
    assert facts.values == {}
    assert fault.field == f"facts.{kind}"
    assert f"“some {kind}”" in fault.en
    assert how in fault.en.partition("it must be")[2]
    assert f"“某{kind}”" in fault.zh
    assert "须为" in fault.zh


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("empty", [None, ""])
def test_a_fact_that_is_wanted_and_not_given_is_missed(kind: str, empty: str | None) -> None:
    for given_facts in ({kind: empty}, {}):
        _, (fault,) = read_facts(given_facts, MEASURE, {kind})
        assert fault.field == f"facts.{kind}"
        assert "is missing: it must be" in fault.en
        assert "未填写；须为" in fault.zh


def test_no_is_an_answer_and_zero_is_a_number() -> None:
    facts, faults = read({"yes_no": False, "count": 0})
    assert faults == []
    assert facts.values == {"yes_no": False, "count": Fraction(0)}


def test_a_fact_that_nobody_asks_for_is_refused_with_what_is_asked_for() -> None:
    _, (fault,) = read_facts({"money": "1", "surprise": "1"}, MEASURE, {"money"})
    assert fault.field == "facts.surprise"
    assert "asked for: money (some money)" in fault.en
    _, (fault,) = read_facts({"date": "2026-03-01"}, MEASURE, set())
    assert "asked for: none" in fault.en


def test_every_bad_fact_is_named_at_once_in_the_order_of_the_measure() -> None:
    _, faults = read_facts({"text": "a\nb", "count": "x", "extra": "1"}, MEASURE, {"money", "count", "text"})
    assert [fault.field for fault in faults] == ["facts.extra", "facts.money", "facts.count", "facts.text"]


def test_only_what_can_be_reckoned_with_is_a_number() -> None:
    facts, _ = read({"money": "1", "rate": "1%", "date": "2026-03-01", "yes_no": "yes", "text": "5"})
    assert facts.numbers == {"money": Fraction(100), "rate": Fraction(1, 100)}


def test_a_date_stands_in_for_the_day_only_where_it_is_one() -> None:
    facts, _ = read({"date": "2026-03-01", "text": "2026-03-01"})
    today = dt.date(2026, 11, 23)
    assert facts.date("date", today) == dt.date(2026, 3, 1)
    assert facts.date("text", today) == facts.date(None, today) == facts.date("gone", today) == today


@given(st.sampled_from(["rate", "number", "count"]), st.integers(0, 10**15 - 1))
def test_what_is_said_of_a_number_reads_back_exactly(kind: str, size: int) -> None:
    value = Fraction(size, {"rate": 10**8, "number": 10**6, "count": 1}[kind])
    facts, faults = read({kind: said(kind, value, "en")})
    assert (facts.values, faults) == ({kind: value}, [])


@given(st.text())
def test_any_text_is_read_or_refused_and_nothing_breaks(text: str) -> None:
    for kind in KINDS:
        facts, faults = read({kind: text})
        assert len(faults) + len(facts.values) == 1
        assert all(fault.zh and fault.en for fault in faults)


def test_values_are_said_as_people_read_them() -> None:
    assert said("money", Fraction(500_000_000), "zh") == "500万元"
    assert said("money", Fraction(1), "en") == "0.01 yuan"
    assert said("rate", Fraction(7, 200), "zh") == "3.5%"
    assert said("number", Fraction(1, 3), "en") == "≈0.333333"
    assert (said("count", Fraction(2026), "zh"), said("count", Fraction(20_260), "en")) == ("2026", "20,260")
    assert (said("yes_no", True, "zh"), said("yes_no", False, "en")) == ("是", "no")
    assert said("date", dt.date(2026, 3, 1), "zh") == "2026-03-01"
