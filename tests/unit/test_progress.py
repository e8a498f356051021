"""How far a target is reached: the newest figure of each unit, added up; or awards, counted."""

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.policy.measure import Target
from models.policy.policy import Window
from models.road.progress import Figures, Progress, from_awards, from_reports, newest, span
from tests.support.clock import START

WINDOW = Window(first_day=dt.date(2025, 5, 31), last_day=dt.date(2027, 12, 31), words="x")
DAYS = (WINDOW.first_day, WINDOW.last_day)


def target(**changes: Any) -> Target:
    name = {"zh": "场景", "en": "scenarios"}
    return Target.model_validate({"key": "n", "name": name, "number": 50, "unit": name, "words": "50"} | changes)


def said(unit: str, figure: int | None, hours: int, year: int = 2026) -> Figures:
    at = START + dt.timedelta(hours=hours)
    return Figures(unit, at, year, {} if figure is None else {"n": figure})


def shown(*reports: Figures, **changes: Any) -> Progress:
    one = target(**changes)
    days = span(one, WINDOW, dt.date(2026, 11, 23))
    return Progress(24, "d", one, *days, from_reports(one, days, reports), newest(one, days, reports))


def test_nothing_reported_is_nothing_reached() -> None:
    assert (shown().reached, shown().percent, shown().by_unit) == (0, 0, {})


def test_a_newer_figure_of_a_unit_replaces_its_older_one() -> None:
    progress = shown(said("a", 3, 1), said("b", 10, 2), said("a", 7, 3), said("b", None, 4))
    assert [point.reached for point in progress.points] == [3, 13, 17]
    assert progress.by_unit == {"a": 7, "b": 10}
    assert (progress.reached, progress.percent) == (17, 34)


def test_a_part_is_never_rounded_up_to_the_whole() -> None:
    assert shown(said("a", 49, 1)).percent == 98
    assert shown(said("a", 299, 1), number=300).percent == 99
    assert shown(said("a", 60, 1)).percent == 120


def test_a_target_of_each_year_counts_the_duties_opened_in_that_year() -> None:
    progress = shown(said("a", 9, 1, year=2025), said("b", 4, 2), each="year")
    assert (progress.reached, progress.first_day, progress.last_day) == (4, dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def test_without_a_day_in_the_text_the_policys_own_days_count() -> None:
    assert span(target(), WINDOW, dt.date(2026, 1, 1)) == DAYS
    assert span(target(by=dt.date(2026, 12, 31)), WINDOW, dt.date(2026, 1, 1))[1] == dt.date(2026, 12, 31)


def test_awards_are_counted_within_their_days_by_the_calendar_of_the_office() -> None:
    year = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    new_year = dt.datetime(2025, 12, 31, 16, tzinfo=dt.UTC)  # midnight in Beijing
    points = from_awards(year, [START, new_year - dt.timedelta(seconds=1), new_year])
    assert [(p.at, p.reached) for p in points] == [(new_year, 1), (START, 2)]


reports = st.lists(st.builds(said, st.sampled_from("abc"), st.integers(0, 10**15) | st.none(), st.integers(0, 999)))


@given(reports)
def test_what_is_reached_is_always_the_sum_of_the_newest_figures(made: list[Figures]) -> None:
    progress = shown(*made)
    assert progress.reached == sum(progress.by_unit.values())
    times = [point.at for point in progress.points]
    assert times == sorted(times)
    assert len(times) == sum("n" in report.figures for report in made)
