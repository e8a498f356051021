import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import OFFICE_ZONE, deadline, is_working_day, office_date, office_time, resumed_due


def morning(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 1, 0, tzinfo=dt.UTC)


def day_of(start: dt.datetime, working_days: int) -> dt.date:
    return deadline(start, working_days).at.astimezone(OFFICE_ZONE).date()


def test_a_weekend_is_not_counted() -> None:
    assert day_of(morning(2026, 11, 23), 5) == dt.date(2026, 11, 30)
    assert day_of(morning(2026, 11, 20), 1) == dt.date(2026, 11, 23)


def test_national_day_of_2026_is_not_counted_and_its_make_up_days_are() -> None:
    holiday = [dt.date(2026, 10, day) for day in range(1, 8)]
    assert [is_working_day(day) for day in holiday] == [(False, True)] * 7
    # A Sunday before and a Saturday after are worked instead.
    assert is_working_day(dt.date(2026, 9, 20)) == (True, True)
    assert is_working_day(dt.date(2026, 10, 10)) == (True, True)
    assert day_of(morning(2026, 9, 30), 1) == dt.date(2026, 10, 8)
    assert day_of(morning(2026, 9, 30), 3) == dt.date(2026, 10, 10)
    assert day_of(morning(2026, 9, 18), 1) == dt.date(2026, 9, 20)


def test_a_deadline_ends_when_offices_close_in_beijing() -> None:
    until = deadline(morning(2026, 11, 23), 1)
    assert office_time(until.at) == "2026-11-24 18:00"
    assert until.at.utcoffset() == dt.timedelta(0)
    assert not until.provisional


def test_a_year_that_the_calendar_does_not_know_is_counted_monday_to_friday_and_marked() -> None:
    until = deadline(morning(2040, 10, 1), 1)  # a Monday
    assert until.provisional
    assert until.at.astimezone(OFFICE_ZONE).date() == dt.date(2040, 10, 2)


def test_the_day_is_the_day_in_beijing() -> None:
    assert office_date(dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)) == dt.date(2026, 11, 23)
    assert day_of(dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC), 1) == dt.date(2026, 11, 24)


@given(st.integers(0, 20 * 365 * 24).map(lambda h: morning(2025, 1, 1) + dt.timedelta(hours=h)), st.integers(1, 60))
def test_any_deadline_has_exactly_so_many_working_days_before_it(start: dt.datetime, working_days: int) -> None:
    first, last = office_date(start), day_of(start, working_days)
    days = [first + dt.timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(is_working_day(day)[0] for day in days) == working_days
    assert is_working_day(last)[0]
    assert deadline(start, working_days).provisional == (not all(is_working_day(day)[1] for day in days))


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_years_of_the_policy_that_were_announced_are_known(year: int) -> None:
    assert is_working_day(dt.date(year, 1, 1)) == (False, True)


def test_a_date_moves_by_the_working_days_for_which_the_clock_stood_still() -> None:
    due = deadline(morning(2026, 11, 23), 5).at  # Monday 30 November
    assert resumed_due(due, morning(2026, 11, 24), morning(2026, 11, 24)).at == due
    assert resumed_due(due, morning(2026, 11, 24), morning(2026, 11, 27)).at == deadline(due, 3).at
    over_a_weekend = resumed_due(due, morning(2026, 11, 27), morning(2026, 11, 29))
    assert over_a_weekend.at == due
    assert resumed_due(due, morning(2026, 12, 30), morning(2035, 1, 2)).provisional


@given(
    taken=st.integers(1, 60),
    until=st.integers(0, 90),
    still=st.integers(0, 200),
    start=st.dates(dt.date(2025, 6, 1), dt.date(2026, 6, 1)),
)
def test_as_many_working_days_are_left_after_a_suspension_as_were_before(
    taken: int, until: int, still: int, start: dt.date
) -> None:
    begun = dt.datetime.combine(start, dt.time(2), dt.UTC)
    due, suspended = deadline(begun, taken).at, begun + dt.timedelta(days=until)
    resumed = suspended + dt.timedelta(days=still)
    moved = resumed_due(due, suspended, resumed).at
    assert working_days(office_date(due), office_date(moved)) == working_days(
        office_date(suspended), office_date(resumed)
    )
    assert moved >= due


def working_days(after: dt.date, until: dt.date) -> int:
    days = [after + dt.timedelta(days=n) for n in range(1, (until - after).days + 1)]
    return sum(is_working_day(day)[0] for day in days)
