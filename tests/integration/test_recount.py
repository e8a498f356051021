"""Provisional dates: counted again once the calendar of their year is known."""

import datetime as dt
from pathlib import Path

import pytest
from sqlmodel import select

from approvals.chain import record, stamp
from approvals.late import calendars, clock, recount, reminders
from approvals.late.calendars import calendar_of
from approvals.transaction import Transaction
from models.calendar import office_time
from models.event import EventKind
from models.road.route import from_json
from models.stage import Stage
from tests.support.desk import Desk
from tests.support.late import late_desk, record_days, sweep, sweep_on

COUNTY = "@county:330110"
#: The first ten days of 2027 as a notice might have them.
NEW_YEAR = tuple(f"2027-01-{day:02} {'off' if day < 4 else 'working'}" for day in range(1, 11))


@pytest.fixture
async def waiting(desk: Desk) -> Desk:
    """An application that the county is to answer within five working days from Tuesday 29 December 2026."""
    desk.clock.now = dt.datetime(2026, 12, 29, 1, tzinfo=dt.UTC)
    await desk.submit()
    return desk


async def due(desk: Desk) -> tuple[str, bool]:
    (stage,) = (await desk.standing()).stages
    return office_time(stage.due_at), stage.due_provisional


async def test_a_date_moves_once_the_year_is_known_and_those_asked_are_told_once(waiting: Desk) -> None:
    assert await due(waiting) == ("2027-01-05 18:00", True)
    assert await sweep(waiting) == []
    await record_days(waiting, *NEW_YEAR)
    waiting.clock.tick(minutes=1)
    assert len(await sweep(waiting)) == 1
    assert await due(waiting) == ("2027-01-06 18:00", False)
    (told,) = await waiting.letters("deadline_moved")
    assert (told.address, told.facts["due"][:10], told.facts["calendar"]) == ("330110@zj.example", "2027-01-06", True)
    (moved,) = await waiting.events(EventKind.DEADLINE_MOVED)
    assert (moved.payload["by"], moved.payload["was"][:10], moved.payload["due"][:10]) == (
        "sweep",
        "2027-01-05",
        "2027-01-06",
    )
    assert await sweep(waiting) == []
    assert await sweep_on(waiting, "2027-01-05") == [], "the next look has moved with the date"
    assert len(await sweep_on(waiting, "2027-01-06")) == 1
    assert await waiting.verify() is None


async def test_a_date_that_only_became_certain_bothers_nobody_and_is_on_the_chain(waiting: Desk) -> None:
    await record_days(waiting, *(f"2027-01-{day:02} {'off' if day in (2, 3) else 'working'}" for day in range(1, 11)))
    await sweep(waiting)
    assert await due(waiting) == ("2027-01-05 18:00", False)
    assert await waiting.letters("deadline_moved") == []
    assert len(await waiting.events(EventKind.DEADLINE_MOVED)) == 1
    assert await waiting.verify() is None


async def test_news_of_another_year_changes_nothing_and_is_looked_at_once(waiting: Desk) -> None:
    await record_days(waiting, "2030-01-01 off")
    assert len(await waiting.db.read(recount.outdated, waiting.clock())) == 1
    assert await sweep(waiting) == []
    assert await waiting.db.read(recount.outdated, waiting.clock()) == []
    assert await waiting.events(EventKind.DEADLINE_MOVED) == []
    assert (await due(waiting))[1]


async def test_a_date_never_moves_into_the_past(waiting: Desk) -> None:
    waiting.clock.now = dt.datetime(2027, 1, 5, 2, tzinfo=dt.UTC)  # the day on which it is due
    await record_days(waiting, *(f"2027-01-{day:02} working" for day in range(1, 11)))
    await sweep(waiting)
    assert await due(waiting) == ("2027-01-06 18:00", False)
    assert await waiting.verify() is None


async def test_a_date_is_counted_again_from_where_the_clock_was_started_anew(desk: Desk, tmp_path: Path) -> None:
    late = late_desk(desk, tmp_path)
    late.clock.now = dt.datetime(2026, 12, 15, 1, tzinfo=dt.UTC)
    await late.submit()
    for day in ("2026-12-22", "2026-12-30"):
        await sweep_on(late, day)
    assert await due(late) == ("2027-01-06 18:00", True), "five working days from when the city was asked"
    await record_days(late, *NEW_YEAR)
    await sweep(late)
    assert await due(late) == ("2027-01-07 18:00", False)
    assert len(await late.letters("deadline_moved")) == 2
    assert await late.verify() is None


def pause(tx: Transaction, application: str, start: dt.datetime, end: dt.datetime) -> None:
    """Let the clock of the open stage stand still, as suspending and resuming it does."""
    (stage_id,) = tx.exec(select(Stage.id).where(Stage.application_id == application))
    app, stage = reminders.locked(tx, stage_id)
    record(tx, app, EventKind.SUSPENDED, start, stage=stage.id, by="operator:test", reason="补充材料")
    tx.finish()
    clock.resume(tx, app, stage, from_json(app.route)[stage.position], start, end)
    record(tx, app, EventKind.RESUMED, end, stage=stage.id, by="operator:test", due=stamp(stage.due_at))


async def test_a_clock_that_stood_still_is_counted_again_with_its_pause(waiting: Desk) -> None:
    assert waiting.app is not None
    start, end = (dt.datetime(2026, 12, 30, 1, tzinfo=dt.UTC) + dt.timedelta(days=n) for n in (0, 12))
    waiting.clock.now = end
    await waiting.db.write(pause, waiting.app.id, start, end)
    assert await due(waiting) == ("2027-01-15 18:00", True), "four working days are left from Monday 11 January"
    off = (12, 16, 17)
    days = (f"2027-01-{day} {'off' if day in off else 'working'}" for day in range(11, 21))
    await record_days(waiting, *NEW_YEAR, *days)
    assert len(await sweep(waiting)) == 1
    assert await due(waiting) == ("2027-01-18 18:00", False), "four of them by the calendar that is known now"
    assert await waiting.verify() is None


async def test_the_newest_record_of_a_day_counts_also_at_the_same_moment(desk: Desk) -> None:
    await record_days(desk, "2026-11-24 off")
    await record_days(desk, "2026-11-24 working", "2026-11-25 off")
    calendar = await desk.db.read(calendar_of, desk.clock())
    assert calendar.recorded == {dt.date(2026, 11, 24): True, dt.date(2026, 11, 25): False}
    rows = await desk.db.read(calendars.recorded, 2026)
    assert [(row.day.day, row.working) for row in rows] == [(24, True), (25, False)]


async def test_another_process_counts_by_the_new_calendar_within_a_minute(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await desk.db.read(calendar_of, desk.clock())
    elsewhere = dict(calendars._read)
    await record_days(desk, "2026-11-24 off")
    monkeypatch.setattr(calendars, "_read", elsewhere)
    assert await desk.db.read(calendar_of, desk.clock()) is before
    desk.clock.tick(seconds=60)
    assert (await desk.db.read(calendar_of, desk.clock())).recorded == {dt.date(2026, 11, 24): False}
