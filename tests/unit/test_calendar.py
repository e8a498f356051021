import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import (
    OFFICE_ZONE,
    Calendar,
    closing,
    days_before,
    deadline,
    due_of,
    is_working_day,
    office_date,
    office_time,
    resumed_due,
)

CALENDAR = Calendar()


def morning(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 1, 0, tzinfo=dt.UTC)


def day_of(start: dt.datetime, working_days: int) -> dt.date:
    return deadline(CALENDAR, start, working_days).at.astimezone(OFFICE_ZONE).date()


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
    until = deadline(CALENDAR, morning(2026, 11, 23), 1)
    assert office_time(until.at) == "2026-11-24 18:00"
    assert until.at.utcoffset() == dt.timedelta(0)
    assert not until.provisional


def test_a_year_that_the_calendar_does_not_know_is_counted_monday_to_friday_and_marked() -> None:
    until = deadline(CALENDAR, morning(2040, 10, 1), 1)  # a Monday
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
    assert deadline(CALENDAR, start, working_days).provisional == (not all(is_working_day(day)[1] for day in days))


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_years_of_the_policy_that_were_announced_are_known(year: int) -> None:
    assert is_working_day(dt.date(year, 1, 1)) == (False, True)


#: Calendars in which the operator recorded whatever days.
calendars = st.builds(Calendar, st.dictionaries(st.dates(dt.date(2026, 11, 1), dt.date(2027, 3, 31)), st.booleans()))
#: Times of a year of which the first months are known and the others are not.
times = st.integers(0, 120 * 24).map(lambda hours: morning(2026, 11, 1) + dt.timedelta(hours=hours))


def test_what_the_operator_recorded_comes_before_the_carried_calendar() -> None:
    calendar = Calendar({dt.date(2026, 11, 24): False, dt.date(2026, 11, 29): True})
    assert calendar.works(dt.date(2026, 11, 24)) == (False, True)
    assert [office_date(deadline(calendar, morning(2026, 11, 23), n).at).day for n in range(1, 5)] == [25, 26, 27, 29]


def test_a_year_is_known_once_its_days_are_recorded() -> None:
    recorded = {dt.date(2027, 1, day): day not in (1, 2, 3) for day in range(1, 11)}
    new_year = morning(2026, 12, 31)
    assert deadline(CALENDAR, new_year, 2) == deadline(Calendar({}), new_year, 2)
    assert deadline(CALENDAR, new_year, 2).provisional
    assert not deadline(Calendar(recorded), new_year, 2).provisional
    assert office_date(deadline(Calendar(recorded), new_year, 1).at) == dt.date(2027, 1, 4)


@given(calendars, calendars)
def test_two_calendars_have_one_version_if_and_only_if_they_know_the_same(one: Calendar, other: Calendar) -> None:
    assert (one.version == other.version) == (one.recorded == other.recorded)


@given(calendars, times, st.integers(1, 30))
def test_counting_back_from_a_deadline_ends_where_it_began(
    calendar: Calendar, start: dt.datetime, working_days: int
) -> None:
    due = deadline(calendar, start, working_days).at
    back = days_before(calendar, due, working_days - 1)
    assert calendar.working_days(office_date(start), office_date(back))[0] == 1


@given(calendars, times, st.integers(1, 20), times, times)
def test_a_clock_that_stood_still_leaves_as_many_working_days_as_it_had(
    calendar: Calendar, opened: dt.datetime, working_days: int, one: dt.datetime, other: dt.datetime
) -> None:
    suspended, resumed = sorted((one, other))
    due = deadline(calendar, opened, working_days).at
    moved = resumed_due(calendar, due, suspended, resumed)
    assert moved.at >= due
    day, moved_day = office_date(due), office_date(moved.at)
    if suspended <= due:
        left = calendar.working_days(office_date(suspended), day)[0]
        assert calendar.working_days(office_date(resumed), moved_day)[0] == left
    else:
        late_by = calendar.working_days(day, office_date(suspended))[0]
        assert calendar.working_days(moved_day, office_date(resumed))[0] == late_by


@given(calendars, times, st.integers(1, 20), times)
def test_a_clock_that_goes_on_the_same_day_moves_nothing(
    calendar: Calendar, opened: dt.datetime, working_days: int, at: dt.datetime
) -> None:
    due = deadline(calendar, opened, working_days).at
    noon = closing(office_date(at)) - dt.timedelta(hours=6)
    assert resumed_due(calendar, due, noon, noon + dt.timedelta(hours=1)).at == due
    assert due_of(calendar, deadline(calendar, opened, working_days), [(noon, noon)]).at == due


@given(calendars, times, st.integers(1, 20), st.lists(times, min_size=4, max_size=4))
def test_pauses_add_up(calendar: Calendar, opened: dt.datetime, working_days: int, at: list[dt.datetime]) -> None:
    first, second, third, fourth = sorted(at)
    start = deadline(calendar, opened, working_days)
    twice = due_of(calendar, start, [(first, second), (third, fourth)])
    passed = sum(
        calendar.working_days(office_date(a), office_date(b))[0] for a, b in ((first, second), (third, fourth))
    )
    assert calendar.working_days(office_date(start.at), office_date(twice.at))[0] == passed


@given(calendars, times, st.integers(1, 20))
def test_a_deadline_is_provisional_exactly_where_an_unknown_day_was_counted(
    calendar: Calendar, start: dt.datetime, working_days: int
) -> None:
    due = deadline(calendar, start, working_days)
    assert due.provisional == (not calendar.working_days(office_date(start), office_date(due.at))[1])
