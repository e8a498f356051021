"""Deputies: letters go to both, either may answer, the record names who did and for whom, and links die in time."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from sqlmodel import select

from approvals.answer import Decided
from approvals.deputy.deputies import appoint, begin, revoke, to_begin
from approvals.directory import import_officers
from approvals.late import reminders
from approvals.moves.take_back import take_back
from approvals.transaction import Transaction
from cli.case_json import to_json
from flows.dossier import dossier
from models.deputy import (
    Deputy,
    DeputyBarred,
    DeputyEntry,
    DeputyshipEnded,
    UnknownDeputyship,
    UnknownOfficer,
)
from models.errors import AlreadyDecided, OwnApplication, Recused
from models.event import EventKind
from models.files.directory_file import Entry
from models.letter import Letter
from models.states import Channel, Outcome, TaskState
from models.task import Task
from tests.support.desk import Desk, error_of

#: Where no table's guard is at stake.
one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

COUNTY = "@county:330110"
MONDAY = dt.date(2026, 11, 23)
JIA = [Entry(unit=COUNTY, name="甲", email="jia@yuhang.example")]


@pytest.fixture
async def yuhang(desk: Desk) -> Desk:
    """The office; the county's only officer is 甲."""
    await desk.db.write(import_officers, desk.office, JIA, desk.clock(), replace=True)
    return desk


def entry(**changes: Any) -> DeputyEntry:
    made = DeputyEntry("jia@yuhang.example", "yi@yuhang.example", MONDAY, MONDAY + dt.timedelta(days=6), "王五", "乙")
    return dataclasses.replace(made, **changes)


async def appointed(desk: Desk, **changes: Any) -> Deputy:
    return await desk.db.write(appoint, desk.office, entry(**changes), desk.clock.tick())


async def letter_to(desk: Desk, address: str, kind: str = "ask") -> Letter:
    assert desk.app is not None
    (found, *_) = await desk.letters(kind, address=address, application_id=desk.app.id)
    return found


async def test_letters_go_to_both_and_the_record_names_who_answered_for_whom(yuhang: Desk) -> None:
    await appointed(yuhang)
    await yuhang.submit()
    jia, yi = await letter_to(yuhang, "jia@yuhang.example"), await letter_to(yuhang, "yi@yuhang.example")
    assert (jia.facts["deputies"], yi.facts["deputy_for"]) == ("乙", "甲")
    assert isinstance(await yuhang.present(yuhang.token_in(yi), channel=Channel.LINK), Decided)
    assert isinstance(error_of(await yuhang.present(yuhang.token_in(jia), channel=Channel.LINK)), AlreadyDecided)
    standing = await yuhang.standing()
    (task,) = standing.stages[0].tasks
    assert (task.officer, task.deputy_for) == ("乙 <yi@yuhang.example>", "甲 <jia@yuhang.example>")
    assert (task.mark("zh"), task.mark("en")) == ("乙（代甲）", "乙 for 甲")
    assert "乙（代甲）" in dossier(standing)
    assert to_json(standing)["stages"][0]["tasks"][0]["deputy_for"] == "甲 <jia@yuhang.example>"
    (decided,) = await yuhang.events(EventKind.DECIDED)
    assert (decided.payload["officer"], decided.payload["deputy_for"]) == ("yi@yuhang.example", "jia@yuhang.example")
    assert await yuhang.verify() is None


@one_database
async def test_the_officer_answers_as_before_and_the_deputy_learns_of_it(yuhang: Desk) -> None:
    await appointed(yuhang)
    await yuhang.submit()
    yi = await letter_to(yuhang, "yi@yuhang.example")
    jia = await letter_to(yuhang, "jia@yuhang.example")
    await yuhang.present(yuhang.token_in(jia), channel=Channel.LINK)
    (task,) = (await yuhang.standing()).stages[0].tasks
    assert task.mark("zh") == ""
    assert isinstance(error_of(await yuhang.present(yuhang.token_in(yi), channel=Channel.LINK)), AlreadyDecided)
    await yuhang.submit(project__title="撤回")
    await yuhang.withdraw()
    assert {x.address for x in await yuhang.letters("no_longer_asked")} == {"jia@yuhang.example", "yi@yuhang.example"}


async def test_the_links_of_a_deputy_die_with_the_last_day_and_when_it_is_revoked(yuhang: Desk) -> None:
    made = await appointed(yuhang)
    await yuhang.submit()
    token = yuhang.token_in(await letter_to(yuhang, "yi@yuhang.example"))
    yuhang.clock.tick(days=7)
    assert isinstance(error_of(await yuhang.present(token, channel=Channel.LINK)), DeputyshipEnded)
    yuhang.clock.tick(days=-6)
    await yuhang.db.write(revoke, yuhang.office, made.id[:8], "王五", yuhang.clock.tick())
    assert isinstance(error_of(await yuhang.present(token, channel=Channel.LINK)), DeputyshipEnded)
    with pytest.raises(UnknownDeputyship):
        await yuhang.db.write(revoke, yuhang.office, made.id, "王五", yuhang.clock.tick())
    assert len(await yuhang.letters("deputy_revoked")) == 2
    assert isinstance(await yuhang.answer(COUNTY), Decided)


async def test_a_task_that_is_open_is_asked_of_the_deputy_at_once_or_when_the_day_comes(yuhang: Desk) -> None:
    await yuhang.submit()
    await appointed(yuhang)
    yi = await letter_to(yuhang, "yi@yuhang.example")
    (asked,) = await yuhang.events(EventKind.OFFICERS_ASKED)
    assert (asked.payload["officers"], asked.payload["deputy_for"]) == (["yi@yuhang.example"], "jia@yuhang.example")
    later = entry(officer="330100@zj.example", from_day=MONDAY + dt.timedelta(days=2), deputy="bing@hz.example")
    await yuhang.present(yuhang.token_in(yi), channel=Channel.LINK)
    made = await yuhang.db.write(appoint, yuhang.office, later, yuhang.clock.tick())
    assert await yuhang.letters("ask", address="bing@hz.example") == []
    assert await yuhang.db.read(to_begin, yuhang.clock()) == []
    yuhang.clock.tick(days=2)
    assert await yuhang.db.read(to_begin, yuhang.clock()) == [made.id]
    assert await yuhang.db.write(begin, yuhang.office, made.id, yuhang.clock())
    assert not await yuhang.db.write(begin, yuhang.office, made.id, yuhang.clock())
    letter = await letter_to(yuhang, "bing@hz.example")
    assert isinstance(await yuhang.present(yuhang.token_in(letter), channel=Channel.LINK), Decided)
    assert await yuhang.verify() is None


@one_database
async def test_a_reminder_goes_to_both_while_it_holds_and_to_one_afterwards(yuhang: Desk) -> None:
    await appointed(yuhang, until_day=MONDAY + dt.timedelta(days=9))
    await yuhang.submit()
    for days, addresses in ((8, {"jia@yuhang.example", "yi@yuhang.example"}), (4, {"jia@yuhang.example"})):
        yuhang.clock.tick(days=days)
        for stage in await yuhang.db.read(reminders.overdue, yuhang.clock()):
            await yuhang.db.write(reminders.look_at, yuhang.office, stage, yuhang.clock())
        newest = [x for x in await yuhang.letters("remind") if x.written_at == yuhang.clock()]
        assert {x.address for x in newest} == addresses


async def test_no_deputy_answers_where_they_or_whom_they_stand_for_are_the_applicant(yuhang: Desk) -> None:
    await appointed(yuhang)
    await yuhang.submit(applicant__email="YI+me@yuhang.example")
    assert await yuhang.letters("ask", address="yi@yuhang.example") == []
    app = await yuhang.submit(project__title="另一项")
    token = yuhang.token_in(await letter_to(yuhang, "yi@yuhang.example"))
    for applicant, error in (("jia+x@yuhang.example", DeputyBarred), ("yi@YUHANG.example", OwnApplication)):

        def become(tx: Transaction, applicant: str = applicant) -> None:
            tx.get_one(type(app), app.id).email = applicant

        await yuhang.db.write(become)
        assert isinstance(error_of(await yuhang.present(token, channel=Channel.LINK)), error)


async def test_a_recusal_holds_for_both_and_a_deputys_own_leaves_the_task_with_the_officer(yuhang: Desk) -> None:
    await appointed(yuhang)
    await yuhang.submit()
    jia, yi = await letter_to(yuhang, "jia@yuhang.example"), await letter_to(yuhang, "yi@yuhang.example")
    await yuhang.present(yuhang.token_in(jia), Outcome.RECUSE, "亲属", channel=Channel.LINK)
    assert isinstance(error_of(await yuhang.present(yuhang.token_in(yi), channel=Channel.LINK)), DeputyBarred)
    await yuhang.submit(project__title="另一项")
    jia, yi = await letter_to(yuhang, "jia@yuhang.example"), await letter_to(yuhang, "yi@yuhang.example")
    await yuhang.present(yuhang.token_in(yi), Outcome.RECUSE, "亲属", channel=Channel.LINK)
    assert isinstance(error_of(await yuhang.present(yuhang.token_in(yi), channel=Channel.LINK)), Recused)
    assert (await yuhang.standing()).stages[0].tasks[0].instead == ""
    (recused,) = [e for e in await yuhang.events(EventKind.RECUSED) if e.payload["by"] == "yi@yuhang.example"]
    assert recused.payload["deputy_for"] == "jia@yuhang.example"
    assert isinstance(await yuhang.present(yuhang.token_in(jia), channel=Channel.LINK), Decided)


@one_database
async def test_a_colleague_answers_in_their_own_right_but_for_a_task_that_is_the_other_ones_own(yuhang: Desk) -> None:
    colleague = [Entry(unit=COUNTY, name="乙", email="yi@yuhang.example")]
    await yuhang.db.write(import_officers, yuhang.office, colleague, yuhang.clock())
    made = await appointed(yuhang)
    await yuhang.submit()
    assert len(await yuhang.letters("ask", address="yi@yuhang.example")) == 1
    yi = await letter_to(yuhang, "yi@yuhang.example")

    def personal(tx: Transaction) -> None:
        tx.exec(select(Task).where(Task.state == TaskState.OPEN)).one().officer_id = made.officer_id

    await yuhang.db.write(personal)
    await yuhang.present(yuhang.token_in(yi), channel=Channel.LINK)
    assert (await yuhang.standing()).stages[0].tasks[0].mark("zh") == "乙（代甲）"
    await yuhang.submit(project__title="另一项")
    yi = await letter_to(yuhang, "yi@yuhang.example")
    await yuhang.present(yuhang.token_in(yi), channel=Channel.LINK)
    assert (await yuhang.standing()).stages[0].tasks[0].mark("zh") == ""


@one_database
async def test_deputies_of_deputies_are_not_followed_and_end_with_whom_they_stand_for(yuhang: Desk) -> None:
    await appointed(yuhang)
    with pytest.raises(UnknownOfficer):  # who only stands in is no officer, and has no deputy
        await appointed(yuhang, officer="yi@yuhang.example", deputy="bing@yuhang.example", name="丙")
    await yuhang.submit()
    token = yuhang.token_in(await letter_to(yuhang, "yi@yuhang.example"))
    other = [Entry(unit=COUNTY, name="丁", email="ding@yuhang.example")]
    await yuhang.db.write(import_officers, yuhang.office, other, yuhang.clock(), replace=True)
    assert isinstance(error_of(await yuhang.present(token, channel=Channel.LINK)), DeputyshipEnded)


@one_database
async def test_a_deputy_takes_back_what_they_answered_while_they_stand_in(yuhang: Desk) -> None:
    await appointed(yuhang)
    await yuhang.submit()
    token = yuhang.token_in(await letter_to(yuhang, "yi@yuhang.example"))
    await yuhang.present(token, channel=Channel.LINK)
    yuhang.clock.tick(days=7)
    late = await yuhang.db.write(take_back, yuhang.office, token, "点错了", Channel.LINK, yuhang.clock.tick())
    assert isinstance(error_of(late), DeputyshipEnded)  # type: ignore[arg-type]
