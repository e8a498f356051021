"""Replies that are moves: hand over, lend, take back, abstain, recuse; and those that must move nothing."""

import pytest

from approvals.database import Database
from models.letter import Letter
from models.settings import Settings
from models.states import MailState, Outcome, TaskKind, TaskState
from notifications.reading import REPLY_LINE
from notifications.rendering.render import render
from tests.integration.mail_fixtures import judged, reply_to, send
from tests.support.desk import Desk
from tests.unit.test_letters import bodies, parsed

pytestmark = [pytest.mark.usefixtures("receiver"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
COUNTY = "@county:330110"


async def cosigner(desk: Desk, unit: str = "czt") -> Letter:
    """Return the letter that asks ``unit`` to co-sign."""
    await desk.submit()
    await desk.approve_until("fgw")
    (letter, *_) = await desk.asked(unit)
    return letter


async def open_tasks(desk: Desk) -> list[tuple[str, TaskKind, TaskState]]:
    stage = (await desk.standing()).open_stage
    assert stage is not None
    return [(t.unit, t.kind, t.state) for t in stage.tasks if t.state in (TaskState.OPEN, TaskState.WAITING)]


async def test_a_reply_hands_over_and_the_person_is_told(settings: Settings, db: Database, desk: Desk) -> None:
    letter = await cosigner(desk)
    await send(settings, reply_to(letter, settings, "转办 省经信厅\n\n属其职责，请其研究是否同意。"))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.MOVED, "hand_over")
    assert ("jxt", TaskKind.HANDED_OVER, TaskState.OPEN) in await open_tasks(desk)
    (told,) = await desk.letters("moved")
    assert told.address == letter.address
    text, html = bodies(render(told, settings))
    assert "已转办给省经信厅" in text and "已转办给省经信厅" in html and "链接和回复地址已经失效" in text
    told.language = "en"
    assert "Handed over to" in bodies(render(told, settings))[0]
    assert REPLY_LINE not in text and parsed(render(told, settings))["Subject"].startswith("Done")
    await send(settings, reply_to(letter, settings, "同意\n"))
    (_, late) = await judged(db, 2)
    assert (late.state, late.why) == (MailState.NOT_COUNTED, "StageClosed")
    assert await desk.verify() is None


async def test_a_reply_lends_and_the_opinion_brings_it_back(settings: Settings, db: Database, desk: Desk) -> None:
    letter = await cosigner(desk)
    await send(settings, reply_to(letter, settings, "委派：jxt@zj.example\n设备价格是否合理？"))
    assert (await judged(db))[0].why == "lend"
    assert ("czt", TaskKind.ASKED, TaskState.WAITING) in await open_tasks(desk)
    (asked, *_) = await desk.asked("jxt")
    await send(settings, reply_to(asked, settings, "同意\n价格合理。"))
    await judged(db, 2)
    assert ("czt", TaskKind.ASKED, TaskState.OPEN) in await open_tasks(desk)


async def test_a_reply_takes_an_answer_back(settings: Settings, db: Database, desk: Desk) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    await send(settings, reply_to(letter, settings, "拿回\n点错了"))
    (early,) = await judged(db)
    assert (early.state, early.why) == (MailState.ASKED_AGAIN, "nothing to take back")
    await send(settings, reply_to(letter, settings, "同意\n"))
    await judged(db, 2)
    await send(settings, reply_to(letter, settings, "拿回\n金额有误，应当退回"))
    assert (await judged(db, 3))[-1].state is MailState.MOVED
    assert (await desk.standing()).position == 0
    (told,) = await desk.letters("moved")
    assert "新来函" in bodies(render(told, settings))[0]
    assert await desk.verify() is None


async def test_a_unit_abstains_by_reply_where_others_vote_and_is_asked_again_where_it_is_alone(
    settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    await send(settings, reply_to(letter, settings, "弃权\n与本单位职责无关"))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.ASKED_AGAIN, "LastVoter")
    await desk.approve_until("fgw")
    (letter, *_) = await desk.asked("czt")
    await send(settings, reply_to(letter, settings, "弃权\n与本厅职责无关"))
    assert (await judged(db, 2))[-1].state is MailState.DECIDED
    tasks = (await desk.standing()).stages[-1].tasks
    assert [t.outcome for t in tasks if t.unit == "czt"] == [Outcome.ABSTAIN]
    (letter, *_) = await desk.asked("fgw")
    await send(settings, reply_to(letter, settings, "recuse\nThe applicant is my brother."))
    assert (await judged(db, 3))[-1].state is MailState.DECIDED
    (told,) = await desk.letters("recorded", address=letter.address)
    assert "Recuse" in bodies(render(told, settings))[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("转办\n请指定", "NOBODY"),
        ("转办 省财政大厅\n不属我厅职责", "UnknownWhom"),
        ("转办 省经信厅和省科技厅\n不属我厅职责", "UnknownWhom"),
        ("转办 省经信厅", "ReasonMissing"),
        ("委派 省经信厅", "QuestionMissing"),
        ("不转办 省经信厅\n理由", "NEGATED"),
        ("转办 省经信厅？\n理由", "NEGATED"),
        ("不弃权\n理由", "NEGATED"),
        ("弃权", "OpinionMissing"),
        ("转办 czt\n理由", "Yourself"),
    ],
)
async def test_what_is_no_clear_move_moves_nothing_and_asks_again(
    text: str, why: str, settings: Settings, db: Database, desk: Desk
) -> None:
    letter = await cosigner(desk)
    before = await open_tasks(desk)
    await send(settings, reply_to(letter, settings, text))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.ASKED_AGAIN, why)
    assert await open_tasks(desk) == before
    assert len(await desk.letters("ask_again")) == 1
    assert await desk.letters("moved") == []
