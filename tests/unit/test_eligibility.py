"""May this application be made? Each fault names the field, the limit and the clause."""

import datetime as dt
from typing import Any

import pytest

from models.case.eligibility import judge
from models.case.judgement import Records
from models.errors import Fault
from tests.support.forms import CONSORTIUM, SINGLE, form_of
from tests.support.policies import ZHEJIANG

LISTED = Records(listed=frozenset({"provincial_innovation_consortia"}))
DAY = dt.date(2026, 11, 23)


def faults_of(base: dict[str, Any] = CONSORTIUM, day: dt.date = DAY, **changes: Any) -> list[Fault]:
    return list(judge(form_of(base, **changes), ZHEJIANG, day, LISTED).faults)


@pytest.mark.parametrize(
    ("base", "amounts", "limit"),
    [
        (SINGLE, {"province": "10,000,000{}"}, "10,000,000 yuan"),
        (CONSORTIUM, {"province": "15,000,000{}", "city": "9,000,000", "county": "6,000,000"}, "30,000,000 yuan"),
    ],
)
def test_the_limit_itself_is_admitted_and_one_fen_over_it_is_not(
    base: dict[str, Any], amounts: dict[str, str], limit: str
) -> None:
    def asking(fen: str) -> list[Fault]:
        return faults_of(base, amounts={level: text.format(fen) for level, text in amounts.items()})

    assert asking("") == []
    (fault,) = asking(".01")
    assert fault.field == "amounts"
    assert limit in fault.en
    assert "measure 19" in fault.en
    assert "million yuan" in fault.clause
    assert fault.clause in fault.sentence("zh")


def test_one_fen_under_the_limit_is_admitted() -> None:
    assert faults_of(SINGLE, amounts__province="9,999,999.99") == []


@pytest.mark.parametrize("day", [ZHEJIANG.window.first_day, ZHEJIANG.window.last_day])
def test_the_first_and_the_last_day_of_the_window_are_inside(day: dt.date) -> None:
    assert faults_of(day=day) == []


@pytest.mark.parametrize(
    "day", [ZHEJIANG.window.first_day - dt.timedelta(days=1), ZHEJIANG.window.last_day + dt.timedelta(days=1)]
)
def test_a_day_outside_the_window_is_refused_with_the_clause(day: dt.date) -> None:
    (fault,) = faults_of(day=day)
    assert fault.field == "date"
    assert "2025-05-31 to 2027-12-31" in fault.en
    assert fault.clause == ZHEJIANG.window.words


@pytest.mark.parametrize("county", ["330199", "火星区", "330100", "330000", "110101"])
def test_a_county_that_is_not_of_the_province_is_refused(county: str) -> None:
    (fault,) = faults_of(county=county)
    assert fault.field == "county"
    assert county in fault.en


@pytest.mark.parametrize("county", ["330110", "余杭区", "Yuhang District"])
def test_a_county_may_be_given_by_code_or_by_name(county: str) -> None:
    assert faults_of(county=county) == []


def test_a_total_that_is_not_the_sum_of_the_shares_is_refused() -> None:
    (fault,) = faults_of(total="18,000,000.01")
    assert fault.field == "total"
    assert "18,000,000 yuan" in fault.en
    assert faults_of(total="18,000,000") == []


def test_nothing_asked_is_refused() -> None:
    assert [f.field for f in faults_of(amounts={})] == ["amounts"]


def test_a_single_project_gets_no_money_from_city_or_county() -> None:
    found = faults_of(SINGLE, amounts__province="1", amounts__city="1", amounts__county="1")
    assert [f.field for f in found] == ["amounts.city", "amounts.county"]
    assert all("0 yuan" in f.en and f.clause for f in found)


def test_an_unknown_measure_or_option_is_refused_with_what_there_is() -> None:
    (fault,) = faults_of(measure=99)
    assert (fault.field, "19" in fault.en) == ("measure", True)
    (fault,) = faults_of(option="grant")
    assert (fault.field, "consortium" in fault.en) == ("option", True)


def test_every_fault_is_named_at_once() -> None:
    found = faults_of(SINGLE, day=dt.date(2028, 1, 1), county="0", amounts__province="20,000,000", amounts__city="1")
    assert {f.field for f in found} == {"date", "county", "amounts", "amounts.city"}


def test_a_consortium_that_is_in_no_register_is_refused_with_what_to_do() -> None:
    (fault,) = judge(form_of(CONSORTIUM), ZHEJIANG, DAY, Records()).faults
    assert fault.field == "applicant.credit_code"
    assert "liandong register add" in fault.en and "登记" in fault.zh
    assert "provincial-level innovation consortia" in fault.clause


def test_a_project_that_broke_the_layout_rules_gets_nothing_under_any_measure() -> None:
    listed = Records(listed=frozenset({"noncompliant_infrastructure"}))
    (fault,) = judge(form_of(SINGLE), ZHEJIANG, DAY, listed).faults
    assert fault.field == "project.title"
    assert "not allowed to enjoy various support policies" in fault.clause


def test_a_fact_that_the_option_does_not_ask_for_is_refused() -> None:
    (fault,) = faults_of(SINGLE, facts={"colour": "red"})
    assert fault.field == "facts.colour"


def test_every_rule_leaves_its_finding_with_its_words() -> None:
    findings = judge(form_of(SINGLE), ZHEJIANG, DAY, Records()).findings
    assert [finding.measure for finding in findings] == [19, 12, 19]
    assert all(finding.holds and finding.words and finding.rule.zh and finding.result.en for finding in findings)
    assert findings[-1].limit == 10_000_000_00
