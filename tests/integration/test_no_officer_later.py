"""A unit that had no officer when it was asked: what is imported, answered or reminded later."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest

from approvals.answer import Decided, NotDecided
from approvals.database import Database
from approvals.directory import import_officers
from approvals.late import reminders
from models.errors import AlreadyDecided
from models.event import EventKind
from models.files.directory_file import Entry
from models.settings import Settings
from models.states import Channel, TaskState
from tests.integration.test_no_officer import CITY, COUNTY, all_but, answer, asked_for
from tests.support.desk import Desk, error_of, hangzhou_directory
from tests.support.policies import ZHEJIANG
from tests.support.races import answering, at_once


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.mark.parametrize("first", ["own", "above"])
async def test_an_officer_who_is_imported_later_is_asked_too_and_the_first_answer_counts(
    first: str, parent_desk: Desk
) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY))
    await desk.submit()
    (above,) = await asked_for(desk, COUNTY)
    desk.clock.tick()
    await desk.import_directory()
    own, _ = await asked_for(desk, COUNTY)
    assert own.address == "330110@zj.example"
    assert own.facts["also_asked"]["zh"] == "杭州市人民政府"
    (event,) = await desk.events(EventKind.OFFICERS_ASKED)
    assert event.payload["officers"] == ["330110@zj.example"]
    counts, late = (own, above) if first == "own" else (above, own)
    await answer(desk, counts)
    assert type(error_of(await desk.present(desk.token_in(late, Channel.REPLY)))) is AlreadyDecided
    (task,) = (await desk.standing()).stages[0].tasks
    assert task.instead == ("" if first == "own" else CITY)
    assert len(await desk.events(EventKind.DECIDED)) == 1
    await desk.import_directory()
    assert len(await asked_for(desk, COUNTY)) == 2, "nobody is asked twice"
    assert await desk.verify() is None


async def test_an_officer_of_the_unit_above_who_is_imported_later_is_asked_in_its_place(parent_desk: Desk) -> None:
    desk = parent_desk
    await desk.submit()
    (told,) = await desk.letters("officer_missing")
    assert "instead" not in told.facts
    desk.clock.tick()
    await desk.import_directory([Entry(unit=CITY, name="市", email="330100@zj.example")])
    (letter,) = await asked_for(desk, COUNTY)
    assert letter.facts["instead"]["zh"] == "杭州市人民政府"
    told, _ = await desk.letters("officer_missing")
    assert told.facts["instead"]["zh"] == "杭州市人民政府"
    (task,) = (await desk.standing()).stages[0].tasks
    assert task.instead == CITY


async def test_who_stands_in_and_is_replaced_can_no_longer_answer_and_the_successor_is_asked(
    parent_desk: Desk,
) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY))
    await desk.submit()
    (old,) = await asked_for(desk, COUNTY)
    successor = Entry(unit=CITY, name="新任", email="new@zj.example")
    await desk.db.write(import_officers, desk.office, [successor], desk.clock.tick(), replace=True)
    new, _ = await asked_for(desk, COUNTY)
    assert (new.address, new.facts["instead"]["zh"]) == ("new@zj.example", "杭州市人民政府")
    (event,) = await desk.events(EventKind.OFFICERS_ASKED)
    assert event.payload["officers"] == ["new@zj.example"]
    assert type(error_of(await desk.present(desk.token_in(old, Channel.REPLY)))).__name__ == "OfficerReplaced"
    await answer(desk, new)


async def test_a_reminder_goes_to_who_stands_in_until_the_unit_has_an_officer_of_its_own(parent_desk: Desk) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY))
    await desk.submit()
    for entries in ([], hangzhou_directory()):
        if entries:
            await desk.import_directory(entries)
        desk.clock.tick(days=30)
        for stage in await desk.db.read(reminders.overdue, desk.clock()):
            await desk.db.write(reminders.look_at, desk.office, stage, desk.clock())
    own, above = await asked_for(desk, COUNTY, "remind")
    assert (above.address, above.facts["instead"]["zh"]) == ("330100@zj.example", "杭州市人民政府")
    assert own.address == "330110@zj.example"
    assert "instead" not in own.facts
    assert len(await desk.letters("officer_missing")) == 1, "the operator is told once"


async def test_a_reminder_asks_the_unit_above_once_the_setting_says_so(empty_desk: Desk) -> None:
    desk = empty_desk
    await desk.import_directory(all_but(COUNTY))
    await desk.submit()
    desk.office = replace(desk.office, no_officer="parent")
    desk.clock.tick(days=30)
    for stage in await desk.db.read(reminders.overdue, desk.clock()):
        await desk.db.write(reminders.look_at, desk.office, stage, desk.clock())
    (letter,) = await asked_for(desk, COUNTY, "remind")
    assert letter.facts["instead"]["zh"] == "杭州市人民政府"
    assert (await desk.events(EventKind.OFFICER_MISSING))[-1].payload["asked_instead"] == CITY
    assert (await desk.standing()).stages[0].tasks[0].instead == CITY


async def test_everybody_who_was_asked_hears_that_no_answer_is_needed_any_more(parent_desk: Desk) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY))
    await desk.submit()
    await desk.import_directory()
    await desk.withdraw()
    told = await desk.letters("no_longer_asked")
    assert {letter.address for letter in told} == {"330100@zj.example", "330110@zj.example"}
    assert {letter.facts["unit"]["zh"] for letter in told} == {"余杭区人民政府"}


async def test_the_unit_and_who_stands_in_for_it_answer_at_once_and_one_answer_counts(
    parent_desk: Desk, other: Database
) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY))
    made = [await desk.submit(project__title=f"项目 {n}") for n in range(20)]
    desk.clock.tick()
    await desk.import_directory()
    for app in made:
        desk.app = app
        tokens = [desk.token_in(x, Channel.REPLY) for x in await desk.letters("ask", application_id=app.id)]
        answers = await at_once(answering(desk, desk.db, tokens[0]), answering(desk, other, tokens[1]))
        assert [isinstance(one, Decided) for one in answers].count(True) == 1, answers
        (lost,) = [one for one in answers if isinstance(one, NotDecided)]
        assert isinstance(lost.error, AlreadyDecided)
        assert len(await desk.events(EventKind.DECIDED)) == 1
        assert await desk.verify() is None


async def test_an_import_while_who_stands_in_answers_leaves_one_story(parent_desk: Desk, other: Database) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY, "@county:330108"))
    for county in [d.code for d in ZHEJIANG.divisions.values() if d.parent == "330100"]:
        await desk.submit(project__title=county, county=county)
        (letter,) = await asked_for(desk, f"@county:{county}")
        entry = Entry(unit=f"@county:{county}", name="新任", email=f"{county}@zj.example")
        importing = partial(other.write, import_officers, desk.office, [entry], desk.clock.tick())
        answered, new = await at_once(answering(desk, desk.db, desk.token_in(letter, Channel.REPLY)), importing)
        assert isinstance(answered, Decided), answered
        assert new == 1
        (task,) = (await desk.standing()).stages[0].tasks
        assert (task.state, task.instead) == (TaskState.DONE, CITY)
        assert len(await asked_for(desk, f"@county:{county}")) <= 2
        assert await desk.verify() is None
