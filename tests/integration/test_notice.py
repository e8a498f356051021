"""Public notice: an award is shown to everybody before it counts; objections stop its clock and are answered."""

import datetime as dt
from typing import Any

import pytest
from sqlmodel import select

from approvals.answer import Decided, NotDecided
from approvals.late import recount, reminders
from approvals.late.calendars import record_days
from approvals.moves.take_back import TooLate, take_back
from approvals.notice.objections import Said, SentFile
from approvals.transaction import Transaction
from models.calendar import office_date
from models.errors import OpinionMissing, WrongAmount
from models.event import EventKind
from models.files.calendar_file import DayEntry
from models.hashing import sha256
from models.notice import FixedAward, Notice
from models.objection import ObjectionFile, ObjectionResult
from models.policy.notice_rules import (
    PER_CONTACT_AND_DAY,
    NoticeEnded,
    TooManyObjections,
    UnknownNotice,
    WrongObjection,
)
from models.records import Tally
from models.states import ApplicationState, Channel, Level, Outcome, StageState
from tests.support.desk import Desk, error_of
from tests.support.invariants import holds
from tests.support.notices import (
    FACTORY,
    LEAD,
    OTHER_FACTORY,
    SAID,
    answers,
    notice,
    noticed_city,
    object_to,
    on_view,
    sweep,
    token_about,
)

only_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
async def city(empty_desk: Desk) -> Desk:
    return await noticed_city(empty_desk)


async def rows(desk: Desk, table: Any) -> list[Any]:
    def query(tx: Transaction) -> list[Any]:
        return list(tx.exec(select(table)))

    return await desk.db.read(query)


async def answer(
    desk: Desk, objection: Any, outcome: Outcome, opinion: str = "已核实，去年的补助是另一车间的。"
) -> Any:
    token = await token_about(desk, objection, channel=Channel.REPLY)
    return await desk.present(token, outcome, opinion)


async def test_an_award_is_shown_for_five_working_days_and_then_counts_by_itself(city: Desk) -> None:
    number = await on_view(city)
    shown = await notice(city)
    assert (shown.look, shown.number) == ("running", number)
    assert shown.due_at == dt.datetime(2026, 11, 30, 10, 0, tzinfo=dt.UTC)  # Monday + 5 working days, 18:00 Beijing
    standing = await city.standing()
    assert (standing.state, standing.award) == (ApplicationState.IN_PROGRESS, None)
    city.clock.now = shown.due_at
    assert await sweep(city) == 0
    city.clock.tick(minutes=2)
    assert await sweep(city) == 1
    assert await sweep(city) == 0
    standing = await city.standing()
    assert standing.state is ApplicationState.AWARDED
    assert standing.award == {Level.PROVINCE: 0, Level.CITY: 200_000_00, Level.COUNTY: 100_000_00}
    assert (await notice(city)).look == "over"
    (ended,) = await city.events(EventKind.NOTICE_ENDED)
    assert ended.payload["by"] == "sweep"
    (*_, closed) = await city.events(EventKind.STAGE_CLOSED)
    assert closed.payload["why"]["zh"] == "公示期满，自动结束"
    assert await rows(city, FixedAward) == []
    assert [t.used for t in await rows(city, Tally) if t.ceiling == "4.factories"] == [300_000_00]
    await holds(city)


@only_sqlite
async def test_what_is_shown_is_kept_with_its_hash_and_names_no_contact(city: Desk) -> None:
    number = await on_view(city)
    (kept,) = await rows(city, Notice)
    assert (sha256(kept.html), sha256(kept.csv)) == (kept.html_sha256, kept.csv_sha256)
    (event,) = await city.events(EventKind.NOTICE_PUBLISHED)
    assert (event.payload["html"], event.payload["csv"]) == (kept.html_sha256, kept.csv_sha256)
    for text in (kept.html.decode(), kept.csv.decode()):
        for said in (
            number,
            "示例机器人有限公司",
            "无人值守车间",
            "30万元",
            "20万元",
            "示例市经信局",
            "东区",
            "object+",
        ):
            assert said in text
        for hidden in ("w@robots.example", "王", SAID.contact):
            assert hidden not in text


async def test_an_objection_stops_the_clock_and_one_that_is_not_upheld_lets_it_go_on(city: Desk) -> None:
    await on_view(city)
    city.clock.tick(days=1)  # Tuesday: four days were not shown in full, the one of the objection among them
    made = await object_to(city)
    assert (made.seq, made.days_left) == (1, 5)
    assert (await notice(city)).look == "stopped"
    city.clock.tick(days=30)
    assert await sweep(city) == 0
    assert isinstance(await answer(city, made, Outcome.APPROVE), Decided)
    shown = await notice(city)
    assert (shown.look, shown.waiting) == ("running", 0)
    assert shown.due_at == dt.datetime(2026, 12, 31, 10, 0, tzinfo=dt.UTC)  # Thursday 24th + 5 working days
    (said,) = await answers(city)
    assert (said.result, said.text) == (ObjectionResult.NOT_UPHELD, "已核实，去年的补助是另一车间的。")
    assert [x.address for x in await city.letters("objection_answered")] == [SAID.contact]
    city.clock.now = shown.due_at + dt.timedelta(minutes=2)
    assert await sweep(city) == 1
    assert (await city.standing()).state is ApplicationState.AWARDED
    await holds(city)


@pytest.mark.parametrize("outcome", [Outcome.RETURN, Outcome.REFUSE])
async def test_an_objection_that_is_upheld_ends_the_notice_and_gives_the_award_back(
    city: Desk, outcome: Outcome
) -> None:
    await on_view(city)
    first = await object_to(city)
    await object_to(city, Said("钱七", "13800001111", "环评没有通过。"))
    answered = await answer(city, first, outcome, "查实，须更正。")
    assert isinstance(answered, Decided)
    assert answered.closed is outcome
    state = {Outcome.RETURN: ApplicationState.RETURNED, Outcome.REFUSE: ApplicationState.REFUSED}[outcome]
    assert (await city.standing()).state is state
    assert (await notice(city)).look == "left"
    assert await rows(city, FixedAward) == []
    assert [t.used for t in await rows(city, Tally) if t.ceiling == "4.factories"] == [0]
    assert {a.result for a in await answers(city)} == {
        {Outcome.RETURN: ObjectionResult.RETURNED, Outcome.REFUSE: ObjectionResult.REFUSED}[outcome],
        ObjectionResult.SETTLED,
    }
    with pytest.raises(NoticeEnded):
        await object_to(city)
    await holds(city)
    if outcome is Outcome.RETURN:
        await city.resubmit(FACTORY)
        await city.approve_to("notice")
        assert (await notice(city)).round == 2
        assert len(await rows(city, Notice)) == 2
        await holds(city)


async def test_the_clock_goes_on_once_every_objection_is_answered(city: Desk) -> None:
    await on_view(city)
    first, second = await object_to(city), await object_to(city, Said("钱七", "13800001111", "环评没有通过。"))
    assert second.days_left is None
    await answer(city, second, Outcome.APPROVE)
    assert (await notice(city)).look == "stopped"
    await holds(city)
    await answer(city, first, Outcome.APPROVE)
    assert (await notice(city)).look == "running"
    assert [x.address for x in await city.letters("objection_answered")] == [SAID.contact]  # a telephone gets none
    await holds(city)


@only_sqlite
async def test_an_answer_to_an_objection_says_why(city: Desk) -> None:
    await on_view(city)
    made = await object_to(city)
    assert isinstance(error_of(await answer(city, made, Outcome.APPROVE, " ")), OpinionMissing)


@only_sqlite
async def test_an_answer_to_an_objection_is_not_taken_back_nor_what_is_on_view(city: Desk) -> None:
    await on_view(city)
    (determined, *_) = await city.tokens_of(LEAD, Channel.REPLY)
    made = await object_to(city)
    token = await token_about(city, made, channel=Channel.REPLY)
    await city.present(token, Outcome.RETURN, "须更正。")
    for presented in (token, determined):
        tried = await city.db.write(take_back, city.office, presented, "点错了", Channel.REPLY, city.clock.tick())
        assert isinstance(tried, NotDecided)
        assert isinstance(tried.error, TooLate)
    await holds(city)


@only_sqlite
async def test_nobody_objects_before_or_after_and_the_words_must_be_there(city: Desk) -> None:
    await city.submit(FACTORY)
    with pytest.raises(UnknownNotice):
        await object_to(city)
    await city.approve_to("notice")
    for wrong in (Said("", "a@b.example", "x"), Said("甲", "不告诉你", "x"), Said("甲", "a@b.example", " ")):
        with pytest.raises(WrongObjection):
            await object_to(city, wrong)
    city.clock.now = (await notice(city)).due_at
    with pytest.raises(NoticeEnded):
        await object_to(city)


@only_sqlite
async def test_one_contact_objects_only_so_often_a_day(city: Desk) -> None:
    await on_view(city)
    for _ in range(PER_CONTACT_AND_DAY):
        await object_to(city)
    with pytest.raises(TooManyObjections):
        await object_to(city, Said("赵六", "Zhao@People.example ", "再说一次。"))
    city.clock.tick(days=1)
    await object_to(city)


@only_sqlite
async def test_files_are_kept_as_they_came(city: Desk) -> None:
    await on_view(city)
    files = (
        SentFile("../../证据.PDF", "application/pdf", b"%PDF-1.7 ..."),
        SentFile("a.txt", "text/html", b"<script>"),
    )
    made = await object_to(city, Said("赵六", "zhao@people.example", "见附件。", files))
    kept = sorted(await rows(city, ObjectionFile), key=lambda file: file.seq)
    assert [(f.name, f.size, f.content, f.sha256) for f in kept] == [
        ("证据.PDF", 12, b"%PDF-1.7 ...", sha256(b"%PDF-1.7 ...")),
        ("a.txt", 8, b"<script>", sha256(b"<script>")),
    ]
    await holds(city)
    for wrong in ("run.exe", "x", "empty.pdf"):
        with pytest.raises(WrongObjection):
            await object_to(
                city, Said("赵六", "z@p.example", "x", (SentFile(wrong, "", b"" if "empty" in wrong else b"x"),))
            )
    assert made.id in {file.objection_id for file in kept}


async def test_two_cases_on_view_never_pass_a_ceiling_together(city: Desk) -> None:
    await on_view(city)
    await city.submit(OTHER_FACTORY)
    await city.approve_to("ruling")
    over = error_of(await city.answer(LEAD))
    assert isinstance(over, WrongAmount)
    assert "200,000 yuan left" in over.en
    assert isinstance(await city.answer(LEAD, amounts={Level.CITY: 100_000_00}), Decided)  # type: ignore[dict-item]


@only_sqlite
async def test_what_is_on_view_is_set_off_against_another_for_the_same_project(city: Desk) -> None:
    await on_view(city, amounts__city="100,000")
    await city.submit(FACTORY | {"measure": 1, "option": "workshop", "facts": {"price": "2,000,000"}})
    (other,) = (await city.standing()).overlaps
    assert other.awarded == 200_000_00


async def test_a_withdrawal_ends_the_notice_and_whoever_objected_is_told(city: Desk) -> None:
    await on_view(city)
    await object_to(city)
    await city.withdraw()
    assert [a.result for a in await answers(city)] == [ObjectionResult.SETTLED]
    assert len(await city.letters("objection_answered")) == 1
    assert await rows(city, FixedAward) == []
    assert (await notice(city)).look == "left"
    await holds(city)


@only_sqlite
async def test_nobody_is_reminded_of_a_notice_but_of_an_objection(city: Desk) -> None:
    await on_view(city)

    async def remind() -> int:
        due = await city.db.read(reminders.overdue, city.clock())
        return sum([await city.db.write(reminders.look_at, city.office, stage, city.clock()) for stage in due])

    city.clock.tick(days=8)
    assert await remind() == 0
    city.clock.tick(days=-7)
    await object_to(city)
    city.clock.tick(days=20)
    assert await remind() == 1
    assert len(await city.letters("remind")) == 1
    stage = (await city.standing()).open_stage
    assert stage is not None
    assert stage.state is StageState.OPEN


@only_sqlite
@pytest.mark.parametrize("objected", [False, True])
async def test_a_provisional_end_is_counted_again_with_the_days_that_are_left(city: Desk, objected: bool) -> None:
    city.clock.now = dt.datetime(2026, 12, 28, 1, 0, tzinfo=dt.UTC)
    await on_view(city)
    if objected:
        city.clock.tick(days=1)
        made = await object_to(city)
        city.clock.tick(days=1)
        await answer(city, made, Outcome.APPROVE)
    shown = await notice(city)
    assert shown.provisional
    holiday = DayEntry(day=dt.date(2027, 1, 1), working=False, source="放假通知（测试）")
    await city.db.write(record_days, [holiday], city.clock.tick())
    (stage,) = await city.db.read(recount.outdated, city.clock.tick(minutes=2))
    assert await city.db.write(recount.recount, city.office, stage, city.clock())
    assert office_date((await notice(city)).due_at) == office_date(shown.due_at) + dt.timedelta(days=1)
    await holds(city)
