"""Sheets, means and rankings of panels: exact, and held against the threshold as shown."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.panel.block import Panel
from models.panel.ranking import Scored, ranking
from models.panel.score import Result, SheetIncomplete, check_sheet, result_of, score_of, shown, trimmed_mean


def panel(**changes: Any) -> Panel:
    block: dict[str, Any] = {
        "seats": 5,
        "fields": ["robots"],
        "conflict_years": 3,
        "sheet": [
            {"key": "novelty", "name": {"zh": "创新性", "en": "Novelty"}, "weight": "40%", "max": 10},
            {"key": "plan", "name": {"zh": "方案", "en": "Plan"}, "weight": "60%", "max": 30},
        ],
        "trim": 1,
        "threshold": 60,
        "min_scores": 3,
    }
    return Panel.model_validate(block | changes)


scores = st.fractions(0, 100, max_denominator=1000)


@given(st.lists(scores, min_size=3, max_size=15), st.integers(0, 1))
def test_the_trimmed_mean_lies_between_the_scores_that_were_left(all_: list[Fraction], trim: int) -> None:
    left = sorted(all_)[trim : len(all_) - trim]
    assert left[0] <= trimmed_mean(all_, trim) <= left[-1]
    assert trimmed_mean(all_, trim) == trimmed_mean(all_[::-1], trim)


@given(st.lists(scores, min_size=3, max_size=15), scores)
def test_one_expert_cannot_pull_the_trimmed_mean_past_the_others(all_: list[Fraction], one: Fraction) -> None:
    """Whatever the last one says, the mean stays within what the others said."""
    assert min(all_[:-1]) <= trimmed_mean([*all_[:-1], one], 1) <= max(all_[:-1])


@given(st.lists(st.fixed_dictionaries({"novelty": st.integers(0, 10), "plan": st.integers(0, 30)}), min_size=3))
def test_a_score_is_between_0_and_100_and_a_better_sheet_never_scores_less(sheets: list[dict[str, int]]) -> None:
    for sheet in sheets:
        check_sheet(panel(), sheet)
        score = score_of(panel(), sheet)
        assert 0 <= score <= 100
        if sheet["novelty"] < 10:
            assert score_of(panel(), sheet | {"novelty": sheet["novelty"] + 1}) > score


@given(st.fractions(0, 100, max_denominator=10**6), st.integers(0, 10000))
def test_what_is_shown_never_contradicts_the_verdict(mean: Fraction, hundredths: int) -> None:
    threshold = Fraction(hundredths, 100)
    assert (mean >= threshold) == (Fraction(shown(mean)) >= threshold)
    assert shown(threshold) == f"{hundredths // 100}.{hundredths % 100:02}"


def test_weights_and_most_points_make_the_score() -> None:
    assert score_of(panel(), {"novelty": 10, "plan": 30}) == 100
    assert score_of(panel(), {"novelty": 5, "plan": 10}) == 40
    assert score_of(panel(), {"novelty": 1, "plan": 1}) == 6


def test_a_third_is_kept_exactly() -> None:
    result = result_of(panel(trim=0), [{"novelty": n, "plan": 0} for n in (0, 0, 1)])
    assert result.trimmed == Fraction(4, 3)
    assert shown(result.trimmed) == "1.33"


@pytest.mark.parametrize(
    ("plans", "trimmed", "passed"),
    [
        ((30, 30, 30, 30, 30), 60, True),
        ((0, 30, 30, 30, 30), 60, True),
        ((30, 30, 30, 29, 28), Fraction(178, 3), False),
    ],
)
def test_the_threshold_is_reached_or_not(plans: tuple[int, ...], trimmed: Fraction, passed: bool) -> None:
    result = result_of(panel(), [{"novelty": 0, "plan": plan} for plan in plans])
    assert (result.trimmed, result.passed) == (trimmed, passed)
    for language in ("zh", "en"):
        assert shown(result.trimmed) in result.said(language)
        assert "60.00" in result.said(language)


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ({}, "novelty"),
        ({"novelty": 5}, "plan"),
        ({"novelty": 11, "plan": 1}, "novelty"),
        ({"novelty": -1, "plan": 1}, "novelty"),
        ({"novelty": True, "plan": 1}, "novelty"),
        ({"novelty": 1, "plan": 1, "charm": 1}, "charm"),
    ],
)
def test_a_sheet_is_whole_and_within_its_points(points: dict[str, int], field: str) -> None:
    with pytest.raises(SheetIncomplete) as refused:
        check_sheet(panel(), points)
    assert refused.value.field == field
    assert refused.value.zh and refused.value.en


def test_too_few_sheets_have_no_result() -> None:
    with pytest.raises(ValueError, match="needs 3"):
        result_of(panel(), [{"novelty": 1, "plan": 1}] * 2)
    with pytest.raises(ValueError, match="leaves none"):
        trimmed_mean([Fraction(1), Fraction(2)], 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seats": 0}, "greater than or equal to 1"),
        ({"min_scores": 6}, "6 scores from 5 seats"),
        ({"min_scores": 2}, "1 at each end of 2 scores leaves none"),
        ({"trim": 2, "min_scores": 4}, "leaves none"),
        ({"threshold": 101}, "points of 100"),
        ({"threshold": "59.999"}, "two decimals at most"),
        ({"threshold": 62.5}, "write a plain number"),
        ({"fields": []}, "at least 1"),
        ({"surprise": 1}, "Extra inputs"),
    ],
)
def test_a_panel_that_could_not_work_is_not_read(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        panel(**changes)


@pytest.mark.parametrize(("weights", "made"), [(("40%", "50%"), "90%"), (("70%", "70%"), "140%")])
def test_weights_make_the_whole(weights: tuple[str, str], made: str) -> None:
    name = {"zh": "一", "en": "one"}
    rows = [{"key": f"k{n}", "name": name, "weight": weight, "max": 5} for n, weight in enumerate(weights)]
    with pytest.raises(ValidationError, match=f"the weights make {made}"):
        panel(sheet=rows)
    with pytest.raises(ValidationError, match="'k' is there twice"):
        panel(sheet=[{"key": "k", "name": name, "weight": "50%", "max": 5}] * 2)


def scored(number: str, *points: int, trim: int = 0) -> Scored:
    all_ = [Fraction(n) for n in points]
    result = Result(tuple(all_), trimmed_mean(all_, trim), trimmed_mean(all_, 0), trim, Fraction(60))
    return Scored(number, "甲", "项目", result)


def places(*all_: Scored) -> dict[str, int]:
    return {ranked.scored.number: ranked.place for ranked in ranking(all_)}


def test_applications_stand_by_their_trimmed_mean() -> None:
    assert places(scored("A", 70), scored("B", 90), scored("C", 80)) == {"B": 1, "C": 2, "A": 3}


def test_equal_trimmed_means_stand_by_the_mean_of_all_scores() -> None:
    assert places(scored("A", 10, 70, 80, trim=1), scored("B", 20, 70, 80, trim=1)) == {"B": 1, "A": 2}


def test_what_is_equal_in_both_shares_its_place_and_the_next_is_left_out() -> None:
    all_ = (scored("D", 10), scored("C", 60, 80), scored("A", 70, 70), scored("B", 90))
    assert places(*all_) == {"B": 1, "A": 2, "C": 2, "D": 4}
    assert [ranked.scored.number for ranked in ranking(all_)] == ["B", "A", "C", "D"]


@given(st.lists(st.tuples(scores, scores), max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_applications_are_read_changes_no_place(pairs: list[Any], random: Any) -> None:
    all_ = [Scored(f"N{n}", "", "", Result(p, sum(p) / 2, sum(p) / 2, 0, Fraction(60))) for n, p in enumerate(pairs)]
    first = places(*all_)
    random.shuffle(all_)
    assert places(*all_) == first
