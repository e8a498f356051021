"""Digests, on both databases: who gets one, when, what it lists, and what is never held back for it."""

import asyncio
import datetime as dt
from email import message_from_bytes, policy

import pytest
from sqlmodel import select

from approvals import asking
from approvals.database import Database
from approvals.late import reminders
from approvals.morning import digests
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import closing
from models.calendar_day import CalendarDay
from models.files.directory_file import Entry
from models.officer import LettersWanted, Officer
from models.road.route import from_json
from models.settings import Settings
from models.stage import Stage
from models.states import Outcome
from models.task import Task
from notifications.rendering.render import render
from tests.support.desk import Desk, hangzhou_directory

COUNTY = "@county:330110"
AT = dt.time(8, 30)


def morning(day: int, hour: int = 8, minute: int = 31) -> dt.datetime:
    """Return a time in Beijing on a day of November 2026, of which the 24th is a Tuesday."""
    return dt.datetime(2026, 11, day, hour - 8, minute, tzinfo=dt.UTC)


async def wanting(desk: Desk, wanted: LettersWanted, unit: str = COUNTY) -> Desk:
    """Import the directory, in which ``unit`` wants its letters so."""
    entries = [
        entry.model_copy(update={"letters": wanted}) if entry.unit == unit else entry for entry in hangzhou_directory()
    ]
    await desk.import_directory(entries)
    return desk


async def sweep(desk: Desk, now: dt.datetime) -> int:
    """Write the digests that are due; return how many were written."""
    desk.clock.now = now
    found = await desk.db.read(lambda tx: digests.due(tx, now, at=AT))
    return sum([await desk.db.write(digests.write, desk.office, one, now) for one in found])


async def test_whoever_wants_a_digest_gets_no_letter_at_once_and_one_in_the_morning(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    await desk.submit(project__title="甲")
    await desk.submit(project__title="乙")
    assert await desk.letters("ask") == []
    assert await sweep(desk, morning(24)) == 1
    (letter,) = await desk.letters("digest")
    assert [task["title"] for task in letter.facts["tasks"]] == ["甲", "乙"]
    assert await sweep(desk, morning(24, 9)) == 0, "one a morning"
    assert await sweep(desk, morning(25)) == 1
    assert await desk.verify() is None


@pytest.mark.parametrize(("wanted", "asked", "written"), [(LettersWanted.EACH, 1, 0), (LettersWanted.BOTH, 1, 1)])
async def test_a_letter_for_each_task_comes_where_it_is_wanted(
    empty_desk: Desk, wanted: LettersWanted, asked: int, written: int
) -> None:
    desk = await wanting(empty_desk, wanted)
    await desk.submit()
    assert len(await desk.letters("ask")) == asked
    assert await sweep(desk, morning(24)) == written


@pytest.mark.parametrize("when", [morning(24, 8, 29), morning(24, 18, 0), morning(28)])
async def test_a_digest_comes_on_working_days_from_its_hour_until_offices_close(
    empty_desk: Desk, when: dt.datetime
) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    await desk.submit()
    assert await sweep(desk, when) == 0, "28 November 2026 is a Saturday"


async def test_a_day_off_that_the_operator_recorded_has_no_digest(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    await desk.submit()
    off = {"recorded_at": desk.clock(), "day": dt.date(2026, 11, 24), "working": False, "source": "测试"}
    await desk.db.write(lambda tx: tx.insert(CalendarDay, **off))
    assert await sweep(desk, morning(24)) == 0
    assert await sweep(desk, morning(25)) == 1


async def test_there_is_no_digest_where_nothing_waits(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    assert await sweep(desk, morning(24)) == 0
    await desk.submit()
    await desk.withdraw()
    assert await sweep(desk, morning(25)) == 0


async def test_what_is_due_within_a_working_day_comes_at_once(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST, "kjt")
    await desk.submit()
    desk.clock.now = closing(dt.date(2026, 11, 27))  # a Friday; the county is due on Monday
    urgent = Entry(unit=COUNTY, name="后来的人", email="later@zj.example", letters=LettersWanted.DIGEST)
    await desk.import_directory([urgent])
    await desk.db.write(asking_again, desk)
    assert len(await desk.letters("ask", address="later@zj.example")) == 1


def asking_again(tx: Transaction, desk: Desk) -> None:
    """Ask whoever answers for the county now, as the directory does for a task that nobody had been asked for."""
    app = tx.exec(select(Application)).one()
    stage, task = tx.exec(select(Stage)).one(), tx.exec(select(Task)).one()
    officers = tx.exec(select(Officer).where(Officer.email == "later@zj.example")).all()
    asking.ask_late(tx, desk.office, app, stage, from_json(app.route)[0], task, list(officers), desk.clock())


async def test_reminders_are_never_held_back(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    await desk.submit()
    desk.clock.tick(days=30)
    (stage,) = await desk.db.read(reminders.overdue, desk.clock())
    await desk.db.write(reminders.look_at, desk.office, stage, desk.clock())
    assert len(await desk.asked(COUNTY, "remind")) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_digest_has_a_link_for_each_task_and_one_for_all_and_takes_no_reply(
    empty_desk: Desk, settings: Settings, language: str
) -> None:
    desk = await wanting(empty_desk, LettersWanted.BOTH)
    await desk.submit(project__title="甲")
    await desk.submit(project__title="乙")
    await sweep(desk, morning(24))
    (letter,) = await desk.letters("digest")
    letter.language = language
    raw = render(letter, settings)
    assert raw == render(letter, settings)
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Reply-To"] is None
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr,attr-defined]
    links = [row.strip() for row in text.splitlines() if row.strip().startswith("http")]
    assert [link.rpartition("/")[0][-2:] for link in links] == ["/d", "/d", "/m"]
    assert len(set(links)) == 3
    assert ("不能以回信办理" if language == "zh" else "a reply to it decides nothing") in text
    assert links[0].rpartition("/")[2] in {desk.token_in(x) for x in await desk.letters("ask")}


async def test_a_link_whose_time_is_over_is_sent_anew(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    await desk.submit()
    await sweep(desk, morning(24))
    later = dt.datetime(2027, 6, 1, 1, 0, tzinfo=dt.UTC)
    assert await sweep(desk, later) == 1
    first, last = [x.facts["tasks"][0]["link_nonce"] for x in reversed(await desk.letters("digest"))]
    assert first != last


async def test_a_digest_lists_no_task_that_its_reader_may_not_answer(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.BOTH)
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RECUSE, "有利害关系")
    assert await sweep(desk, morning(24)) == 0


async def test_a_file_without_the_column_leaves_what_an_officer_wants(empty_desk: Desk) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    await desk.import_directory()
    await desk.submit()
    assert await desk.letters("ask") == []


async def test_two_sweeps_at_the_same_moment_write_one(empty_desk: Desk, other: Database) -> None:
    desk = await wanting(empty_desk, LettersWanted.DIGEST)
    await desk.submit()
    now = morning(24)
    (officer,) = await desk.db.read(lambda tx: digests.due(tx, now, at=AT))
    both = (db.write(digests.write, desk.office, officer, now) for db in (desk.db, other))
    assert sorted(await asyncio.gather(*both)) == [False, True]
    assert len(await desk.letters("digest")) == 1
