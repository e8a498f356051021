"""Replies about duties: their own words count, those of decisions do not, and the other way round."""

from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from models.letter import Letter
from models.settings import Settings
from models.states import ApplicationState, Channel, MailState, Outcome, TaskState
from notifications.practice.reply import compose_reply
from notifications.receiving.receiver import Receiver
from notifications.rendering.render import render
from tests.integration.mail_fixtures import judged, reply_to, running, send
from tests.support.desk import Desk
from tests.support.duties import HANGZHOU, NINGBO


@pytest.fixture
async def letter(duty_desk: Desk) -> Letter:
    """The letter that asks Hangzhou to report on a fresh duty."""
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    (asked,) = await duty_desk.asked(HANGZHOU)
    return asked


@pytest.fixture(autouse=True)
async def _receiver(settings: Settings, db: Database, duty_desk: Desk) -> AsyncIterator[None]:
    async with running(Receiver(settings, db, clock=duty_desk.clock).run):
        yield


async def test_in_progress_by_reply_is_recorded_and_may_be_said_again(
    letter: Letter, settings: Settings, db: Database, duty_desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "进行中\n已开放 12 个，但仍有 3 个未完成。\n"))
    await send(settings, reply_to(letter, settings, "In progress\nthree more, not done yet\n"))
    first, second = await judged(db, 2)
    assert (first.state, first.why, second.state) == (MailState.DECIDED, "in_progress", MailState.DECIDED)
    task = (await duty_desk.standing()).stages[0].tasks[0]
    assert task.state is TaskState.OPEN
    assert [(r.text, r.done, r.figures, r.channel) for r in task.reports] == [
        ("已开放 12 个，但仍有 3 个未完成。", False, {}, Channel.REPLY),
        ("three more, not done yet", False, {}, Channel.REPLY),
    ]
    receipts = await duty_desk.letters("recorded")
    assert {x.facts["outcome"] for x in receipts} == {"in_progress"}
    assert await duty_desk.verify() is None


async def test_done_by_reply_closes_the_task(letter: Letter, settings: Settings, db: Database, duty_desk: Desk) -> None:
    await send(settings, compose_reply(render(letter, settings), "完成\n开放了 30 个场景，其中 2 个尚未验收。"))
    assert (await judged(db))[0].state is MailState.DECIDED
    task = (await duty_desk.standing()).stages[0].tasks[0]
    assert (task.outcome, task.opinion) == (Outcome.APPROVE, "开放了 30 个场景，其中 2 个尚未验收。")
    assert [(r.done, r.text) for r in task.reports] == [(True, task.opinion)]


@pytest.mark.parametrize(
    "text", ["同意\n很好", "approve\nfine", "退回\n不办", "未完成\n再等等", "完成\n进行中", "完成 12 个"]
)
async def test_anything_else_asks_again_and_changes_nothing(
    text: str, letter: Letter, settings: Settings, db: Database, duty_desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, text + "\n"))
    assert (await judged(db))[0].state is MailState.ASKED_AGAIN
    task = (await duty_desk.standing()).stages[0].tasks[0]
    assert (task.state, task.reports) == (TaskState.OPEN, ())
    (again,) = await duty_desk.letters("ask_again")
    assert again.facts["link_nonce"] == letter.facts["link_nonce"]


@pytest.mark.parametrize("text", ["完成\n", "进行中\n"])
async def test_a_report_without_words_asks_again(
    text: str, letter: Letter, settings: Settings, db: Database, duty_desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, text))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.ASKED_AGAIN, "ReportMissing")
    assert (await duty_desk.standing()).position == 0


async def test_a_report_from_another_address_is_parked(
    letter: Letter, settings: Settings, db: Database, duty_desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "进行中\n好\n", From="someone@elsewhere.example"))
    assert (await judged(db))[0].state is MailState.PARKED
    assert (await duty_desk.standing()).stages[0].tasks[0].reports == ()


@pytest.mark.parametrize(
    ("text", "state", "round_"),
    [
        ("接受\n很好", ApplicationState.ACCOMPLISHED, 1),
        ("accept", ApplicationState.ACCOMPLISHED, 1),
        ("同意", ApplicationState.ACCOMPLISHED, 1),
        ("退回\n请补清单", ApplicationState.IN_PROGRESS, 2),
        ("Return\nlist them", ApplicationState.IN_PROGRESS, 2),
        ("不同意\n不行", ApplicationState.IN_PROGRESS, 1),
        ("不接受\n不行", ApplicationState.IN_PROGRESS, 1),
        ("完成\n都好", ApplicationState.IN_PROGRESS, 1),
        ("接受\n但杭州退回", ApplicationState.IN_PROGRESS, 1),
    ],
)
async def test_the_lead_accepts_or_sends_back_by_reply(
    text: str, state: ApplicationState, round_: int, letter: Letter, settings: Settings, db: Database, duty_desk: Desk
) -> None:
    for unit in (HANGZHOU, NINGBO):
        await duty_desk.answer(unit, opinion="完成")
    (asked,) = await duty_desk.asked("fgw")
    await send(settings, reply_to(asked, settings, text + "\n"))
    await judged(db)
    standing = await duty_desk.standing()
    assert (standing.state, standing.round) == (state, round_)
    assert letter.application_id == standing.id


@pytest.mark.parametrize("text", ["完成\n好", "done\nwell", "进行中\n好", "接受\n好", "accept"])
async def test_words_about_duties_decide_no_claim(text: str, settings: Settings, db: Database, duty_desk: Desk) -> None:
    await duty_desk.submit()
    (asked,) = await duty_desk.asked("@county:330110")
    await send(settings, reply_to(asked, settings, text + "\n"))
    assert (await judged(db))[0].state is MailState.ASKED_AGAIN
    assert (await duty_desk.standing()).position == 0
