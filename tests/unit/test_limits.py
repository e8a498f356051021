"""Every limit that the text sets: the limit itself is admitted, a fen over it is refused with the words that set it."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case.case import facts_wanted
from models.case.judgement import Records
from models.money import fen_from_yuan, yuan
from models.policy.rules import Ceiling
from tests.support.rules import DAY, OPTIONS, PAYING, POLICY, asking, fault_of, judged, option_of, records

Stated = dict[str, str]
LOAN_DAY = dt.date(2026, 3, 1)
LOAN = {"interest_days": "365", "loan_day": "2026-03-01", "interest_year": "2026"}
GROWING = {"rd_expense": "10,000,000", "rd_expense_before": "8,000,000", "operating_income": "100,000,000"}
CONSORTIUM = "provincial_innovation_consortia"
LISTED = "noncompliant_infrastructure"

#: Measure, option, facts, figures, the limit in yuan, and what its clause says.
LIMITS: list[tuple[int, str, Stated, Stated, str, str]] = [
    (2, "rd_subsidy", GROWING, {"rd_subsidy_rate": "1/20"}, "500,000", "a certain proportion"),
    (14, "loan_interest", LOAN | {"loan_principal": "100,000,000"}, {"lpr_5y": "7/200"}, "1,750,000", "50%"),
    (14, "loan_interest", LOAN | {"loan_principal": "1,000.01"}, {"lpr_5y": "7/200"}, "17.50", "50%"),
    (14, "loan_interest", LOAN | {"loan_principal": "900,000,000"}, {"lpr_5y": "7/200"}, "10,000,000", "10 million"),
    (15, "autonomous", {"contract_executed": "100,000,000"}, {}, "30,000,000", "30%"),
    (15, "autonomous", {"contract_executed": "0.10"}, {}, "0.03", "30%"),
    (15, "non_autonomous", {"contract_executed": "79,999,999.99"}, {}, "7,999,999.99", "10%"),
    (15, "non_autonomous", {"contract_executed": "80,000,000.10"}, {}, "8,000,000", "8 million"),
    (17, "international_standard", {}, {}, "1,000,000", "1 million yuan/item"),
    (17, "national_standard", {}, {}, "500,000", "500000 yuan/item"),
    (17, "local_standard", {}, {}, "100,000", "100000 yuan/item"),
    (18, "corpus_voucher", {"contract_executed": "6,666,666.66"}, {}, "1,999,999.99", "30%"),
    (18, "corpus_voucher", {"contract_executed": "6,666,666.67"}, {}, "2,000,000", "2 million"),
    (19, "single", {}, {}, "10,000,000", "10 million"),
    (19, "consortium", {}, {}, "30,000,000", "30 million"),
    (20, "filing_support", {}, {"filing_support": "20000000"}, "200,000", "cost standards"),
    (21, "model_voucher", {"contract_executed": "1,000,000"}, {}, "300,000", "30%"),
    (21, "model_voucher", {"contract_executed": "20,000,000"}, {}, "5,000,000", "5 million"),
    (22, "benchmark", {"investment": "16,666,666.66"}, {}, "4,999,999.99", "30%"),
    (22, "benchmark", {"investment": "16,666,666.67"}, {}, "5,000,000", "5 million"),
]
#: Measure, option, the other facts, the fact, its threshold ("over 3%": it must be more), and the smallest step.
THRESHOLDS: list[tuple[int, str, Stated, str, str, str]] = [
    (2, "rd_subsidy", GROWING | {"rd_expense_before": "1"}, "rd_expense", "3,000,000", "0.01"),
    (2, "rd_subsidy", GROWING | {"operating_income": "1"}, "rd_expense", "9,600,000", "0.01"),
    (7, "leading_by_salary", {"research_years": "6"}, "annual_salary", "1,000,000", "0.01"),
    (7, "leading_by_salary", {"annual_salary": "2,000,000"}, "research_years", "5", "0.000001"),
    (7, "young_by_salary", {"research_years": "4"}, "annual_salary", "500,000", "0.01"),
    (7, "young_by_salary", {"annual_salary": "600,000"}, "research_years", "3", "0.000001"),
    (7, "leading_by_project", {}, "project_budget", "3,000,000", "0.01"),
]
#: Measure, option, the other facts, and the fact that must be yes.
MUST_BE: list[tuple[int, str, Stated, str]] = [
    (7, "leading_by_project", {"project_budget": "3,000,000.01"}, "passed_independent_acceptance"),
    (14, "loan_interest", LOAN | {"loan_principal": "100,000,000"}, "complies_with_planning"),
    (20, "filing_support", {}, "registered"),
    (23, "national_base", {}, "recognised"),
    (23, "national_base", {}, "market_oriented"),
]
FIGURES = {"rd_subsidy_rate": "1/20", "lpr_5y": "7/200", "filing_support": "20000000"}


def known(measure: int, figures: Mapping[str, str] = FIGURES, **used: int) -> Records:
    """Return records that admit everybody; ``used`` by the key of a ceiling."""
    return records(figures, LOAN_DAY if measure == 14 else DAY, CONSORTIUM, used)


def test_every_stated_sum_is_tried_at_its_limit() -> None:
    without = {(23, "national_base")}
    assert {(row[0], row[1]) for row in LIMITS} == set(PAYING) - without


@pytest.mark.parametrize(("measure", "option", "facts", "figures", "limit", "words"), LIMITS)
def test_the_limit_is_admitted_and_a_fen_over_it_is_refused_with_the_clause(
    measure: int, option: str, facts: Stated, figures: Stated, limit: str, words: str
) -> None:
    fen, found = fen_from_yuan(limit), known(measure, figures)
    for asked in (fen - 1, fen):
        judgement = judged(asking(measure, option, asked, facts), found)
        assert (judgement.faults, judgement.largest) == ((), fen)
    fault = fault_of(asking(measure, option, fen + 1, facts), found)
    assert fault.field == "amounts"
    assert f"{yuan(fen)} yuan" in fault.en
    assert f"measure {measure}" in fault.en
    assert words in fault.clause


@pytest.mark.parametrize(("measure", "option", "facts", "fact", "threshold", "step"), THRESHOLDS)
def test_a_threshold_itself_is_refused_and_the_next_step_over_it_is_admitted(
    measure: int, option: str, facts: Stated, fact: str, threshold: str, step: str
) -> None:
    at, least = Decimal(threshold.replace(",", "")), Decimal(step)
    sum_ = 1 if option_of(measure, option).levels else 0
    assert judged(asking(measure, option, sum_, facts | {fact: str(at + least)}), known(measure)).faults == ()
    for value in (at, at - least):
        fault = fault_of(asking(measure, option, sum_, facts | {fact: str(value)}), known(measure))
        assert fault.field == f"facts.{fact}"
        assert "over" in fault.en
        assert "over" in fault.clause or "more than" in fault.clause or "exceeding" in fault.clause


@pytest.mark.parametrize(("measure", "option", "facts", "fact"), MUST_BE)
def test_what_must_be_so_is_refused_where_it_is_not(measure: int, option: str, facts: Stated, fact: str) -> None:
    sum_ = 1 if option_of(measure, option).levels else 0
    assert judged(asking(measure, option, sum_, facts | {fact: "yes"}), known(measure)).faults == ()
    fault = fault_of(asking(measure, option, sum_, facts | {fact: "no"}), known(measure))
    assert (fault.field, bool(fault.clause)) == (f"facts.{fact}", True)


def test_a_year_of_interest_has_365_days() -> None:
    loan = LOAN | {"loan_principal": "100"}
    assert judged(asking(14, "loan_interest", 1, loan), known(14)).faults == ()
    fault = fault_of(asking(14, "loan_interest", 1, loan | {"interest_days": "366"}), known(14))
    assert fault.field == "facts.interest_days"


def test_ten_benchmark_projects_a_year_and_no_more() -> None:
    (ceiling,) = (rule for rule in option_of(22, "benchmark").rules if isinstance(rule, Ceiling))
    assert (ceiling.most, ceiling.per, ceiling.each, ceiling.counts_money) == (10, "everyone", "year", False)
    for used, left in ((0, 10), (9, 1), (10, 0), (11, 0)):
        finding = judged(asking(22, "benchmark", 1), known(22, benchmarks=used)).findings[-1]
        assert (finding.holds, finding.result.en) == (left > 0, f"{left} left")
        assert "no more than 10" in finding.words


def test_what_an_enterprise_had_of_ten_million_a_year_leaves_the_rest() -> None:
    loan, had = LOAN | {"loan_principal": "900,000,000"}, 900_000_000
    form, found = asking(14, "loan_interest", 100_000_000, loan), known(14, interest=had)
    assert judged(form, found).faults == ()
    fault = fault_of(asking(14, "loan_interest", 100_000_001, loan), found)
    assert "10 million yuan per year" in fault.clause
    assert judged(form, known(14, interest=1_000_000_000)).largest == 0


def test_only_a_provincial_consortium_leads_a_major_project() -> None:
    fault = fault_of(asking(19, "consortium", 1))
    assert fault.field == "applicant.credit_code"
    assert "consortia" in fault.clause


@pytest.mark.parametrize(("measure", "option"), OPTIONS)
def test_a_listed_project_is_refused_under_every_measure_but_the_one_that_lists_it(measure: int, option: str) -> None:
    admitted = judged(asking(measure, option, 1 if option_of(measure, option).levels else 0), records(listed=LISTED))
    barred = [fault for fault in admitted.faults if fault.field == "project.title"]
    assert len(barred) == (measure != 12)
    assert all("not allowed to enjoy various support policies" in fault.clause for fault in barred)


def test_the_gate_refuses_nothing_by_itself() -> None:
    facts = {"inside_hub_node": "no", "public_investor": "yes"}
    assert judged(asking(12, "layout_review", 0, facts)).faults == ()
    assert option_of(12, "layout_review").refusal_lists_in == LISTED


def test_a_base_that_no_sum_limits_has_no_largest_award() -> None:
    judgement = judged(asking(23, "national_base", 10**12))
    assert (judgement.faults, judgement.largest) == ((), None)


@pytest.mark.parametrize(("measure", "option"), [(2, "rd_subsidy"), (14, "loan_interest"), (20, "filing_support")])
def test_without_the_figure_nothing_is_admitted_and_the_fault_says_who_records_it(measure: int, option: str) -> None:
    facts = GROWING if measure == 2 else LOAN if measure == 14 else {}
    fault = fault_of(asking(measure, option, 1, facts), records())
    assert "liandong figure set" in fault.en
    assert fault.clause


def _voucher(percent: int, most: int | None) -> Callable[[Mapping[str, Fraction]], list[Fraction]]:
    return lambda facts: [Fraction(percent, 100) * facts["contract_executed"]] + ([Fraction(most)] if most else [])


#: The limits of the text once more, in fen, from facts in fen.
TEXT: dict[tuple[int, str], Callable[[Mapping[str, Fraction]], list[Fraction]]] = {
    (2, "rd_subsidy"): lambda facts: [Fraction(1, 20) * facts["rd_expense"]],
    (14, "loan_interest"): lambda facts: [
        Fraction(1, 2) * Fraction(7, 200) * facts["loan_principal"] * facts["interest_days"] / 365,
        Fraction(10**9),
    ],
    (15, "autonomous"): _voucher(30, None),
    (15, "non_autonomous"): _voucher(10, 8 * 10**8),
    (17, "international_standard"): lambda _: [Fraction(10**8)],
    (17, "national_standard"): lambda _: [Fraction(5 * 10**7)],
    (17, "local_standard"): lambda _: [Fraction(10**7)],
    (18, "corpus_voucher"): _voucher(30, 2 * 10**8),
    (19, "single"): lambda _: [Fraction(10**9)],
    (19, "consortium"): lambda _: [Fraction(3 * 10**9)],
    (20, "filing_support"): lambda _: [Fraction(2 * 10**7)],
    (21, "model_voucher"): _voucher(30, 5 * 10**8),
    (22, "benchmark"): lambda facts: [Fraction(30, 100) * facts["investment"], Fraction(5 * 10**8)],
}


@given(st.data(), st.sampled_from(sorted(TEXT)), st.integers(min_value=0, max_value=10**12))
def test_explain_and_enforcement_agree_on_every_sum(data: st.DataObject, which: tuple[int, str], any_sum: int) -> None:
    measure, option = which
    kinds = POLICY.measures[measure].facts
    money = {name: data.draw(st.integers(0, 10**12), name) for name, kind in kinds.items() if kind.type == "money"}
    days = {"interest_days": data.draw(st.integers(0, 365))} if measure == 14 else {}
    asked_for = facts_wanted(POLICY, POLICY.measures[measure], option)
    facts = {name: yuan(fen) for name, fen in money.items() if name in asked_for}
    facts |= {name: str(count) for name, count in days.items()} | ({"loan_day": "2026-03-01"} if days else {})
    stated = TEXT[which]({name: Fraction(value) for name, value in (money | days).items()})
    largest = judged(asking(measure, option, 1, facts), known(measure)).largest
    assert largest == math.floor(min(stated))
    assert all(largest <= limit for limit in stated)
    for asked in (1, largest - 1, largest, largest + 1, any_sum):
        if asked <= 0:
            continue
        over = [f for f in judged(asking(measure, option, asked, facts), known(measure)).faults if f.field == "amounts"]
        assert bool(over) == (asked > largest)
        assert all(fault.clause for fault in over)


@given(
    st.sampled_from([(15, "autonomous"), (15, "non_autonomous"), (18, "corpus_voucher"), (21, "model_voucher")]),
    st.integers(0, 10**12),
    st.integers(0, 10**12),
)
def test_a_larger_contract_never_lowers_the_largest_award(which: tuple[int, str], one: int, other: int) -> None:
    def largest(fen: int) -> int | None:
        return judged(asking(*which, 1, {"contract_executed": yuan(fen)})).largest

    assert (largest(min(one, other)) or 0) <= (largest(max(one, other)) or 0)
