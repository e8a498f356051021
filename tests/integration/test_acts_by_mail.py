"""Every act by mail says on the chain how its person was proven; what is not proven does nothing, machines included."""

import pytest

from approvals.database import Database
from approvals.deputy.deputies import appoint, revoke
from models.deputy import Deputy, DeputyEntry
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from notifications.practice.reply import compose_reply
from notifications.rendering.render import render
from notifications.sending.bounce_address import bounce_address
from tests.integration.mail_fixtures import judged, reply_address, reply_to, send, sign_raw
from tests.integration.test_receiver_moves import cosigner
from tests.support.desk import Desk
from tests.support.duties import HANGZHOU, NINGBO
from tests.support.machine_mail import away

pytestmark = [pytest.mark.usefixtures("receiver"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PROVEN = "dkim zj.example"
MOVES = [
    ("转办 省经信厅\n\n属其职责", EventKind.HANDED_OVER),
    ("委派：jxt@zj.example\n设备价格是否合理？", EventKind.LENT),
    ("弃权\n与本厅职责无关", EventKind.DECIDED),
    ("回避\n申请人是我的亲属", EventKind.RECUSED),
]


@pytest.mark.parametrize(("text", "kind"), MOVES)
async def test_a_move_by_mail_says_what_proved_who_made_it(
    text: str, kind: EventKind, settings: Settings, db: Database, desk: Desk
) -> None:
    letter = await cosigner(desk)
    await send(settings, reply_to(letter, settings, text))
    (mail,) = await judged(db)
    assert mail.state in (MailState.MOVED, MailState.DECIDED), mail.why
    assert (await desk.events(kind))[-1].payload["authenticated"] == PROVEN
    assert await desk.verify() is None


async def test_an_answer_and_its_taking_back_by_mail_say_it_and_the_answer_cannot_be_played_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    first = sign_raw(settings, reply_to(letter, settings, "同意\n", Date="Mon, 23 Nov 2026 09:00:00 +0800").as_bytes())
    await send(settings, first, reply_address(letter, settings))
    await judged(db)
    desk.clock.tick(hours=1)
    await send(settings, reply_to(letter, settings, "拿回\n金额有误"))
    await judged(db, 2)
    for kind in (EventKind.DECIDED, EventKind.TAKEN_BACK):
        assert [event.payload["authenticated"] for event in await desk.events(kind)] == [PROVEN]
    desk.clock.tick(hours=1)
    again = reply_to(letter, settings, "同意\n", Date="Mon, 23 Nov 2026 09:00:00 +0800")
    await send(settings, again)
    assert (await judged(db, 3))[-1].state is MailState.NOT_COUNTED
    assert len(await desk.events(EventKind.DECIDED)) == 1
    assert await desk.verify() is None


async def test_a_report_by_mail_says_it_and_one_on_the_page_says_nothing_of_it(
    settings: Settings, db: Database, duty_desk: Desk
) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    (letter,) = await duty_desk.asked(HANGZHOU)
    for number, text in enumerate(("进行中\n已开放 12 个", "完成\n开放了 30 个场景"), 1):
        await send(settings, compose_reply(render(letter, settings), text))
        assert (await judged(db, number))[-1].state is MailState.DECIDED
    said = [event.payload for event in await duty_desk.events(EventKind.REPORTED)]
    assert [(one["done"], one["authenticated"]) for one in said] == [(False, PROVEN), (True, PROVEN)]
    await duty_desk.answer(NINGBO, opinion="开放了 3 个场景")
    assert "authenticated" not in (await duty_desk.events(EventKind.REPORTED))[-1].payload
    assert await duty_desk.verify() is None


async def with_a_deputy(desk: Desk, letter: Letter) -> Deputy:
    today = desk.clock().date()
    entry = DeputyEntry(letter.address, "yi@zj.example", today, today.replace(day=30), "王五", "乙")
    return await desk.db.write(appoint, desk.office, entry, desk.clock.tick())


@pytest.mark.parametrize("door", ["reply", "bounce"])
async def test_a_forged_absence_tells_nobody_is_parked_and_stands_on_the_chain(
    door: str, letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await with_a_deputy(desk, letter)
    to = reply_address(letter, settings) if door == "reply" else bounce_address(settings, letter.id)
    await send(settings, away(letter, to), as_is=True)
    (mail,) = await judged(db)
    assert (mail.state, mail.why[:32]) == (MailState.PARKED, "out of office, not authenticated")
    assert {check["name"]: check["result"] for check in mail.checks or []}["dkim"] == "none"
    for kind in ("out_of_office", "parked", "ask_again"):
        assert await desk.letters(kind) == []
    (event,) = await desk.events(EventKind.ANSWER_REFUSED)
    assert event.payload["why"] == "out of office, not authenticated"
    assert event.payload["checks"]["dkim"] == "none"
    assert await desk.events(EventKind.OUT_OF_OFFICE) == []


@pytest.mark.parametrize("door", ["reply", "bounce"])
async def test_an_absence_from_the_officers_domain_says_what_proved_it(
    door: str, letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    to = reply_address(letter, settings) if door == "reply" else bounce_address(settings, letter.id)
    message = away(letter, "elsewhere@liandong.example")  # To is what the mailbox takes for its correspondent
    await send(settings, message, to)
    assert (await judged(db))[0].why == "automatic: out of office, operator told"
    (event,) = await desk.events(EventKind.OUT_OF_OFFICE)
    assert event.payload["authenticated"] == PROVEN


async def test_a_revoked_deputys_reply_decides_nothing(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    deputyship = await with_a_deputy(desk, letter)
    (theirs,) = [one for one in await desk.letters("ask") if one.address == "yi@zj.example"]
    await db.write(revoke, desk.office, deputyship.id, "op", desk.clock.tick())
    await send(settings, reply_to(theirs, settings, "同意\n"))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.NOT_COUNTED, "DeputyshipEnded")
    assert await desk.events(EventKind.DECIDED) == []


async def test_a_flood_of_forged_replies_does_not_keep_the_person_from_being_asked_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    for number in range(6):
        await send(settings, reply_to(letter, settings, f"同意 {'一' * number}\n"), as_is=True)
        desk.clock.tick(minutes=1)
    await send(settings, reply_to(letter, settings, "我看可以吧\n"))
    assert (await judged(db, 7))[-1].state is MailState.ASKED_AGAIN
    assert (len(await desk.letters("parked")), len(await desk.letters("ask_again"))) == (5, 1)


@pytest.mark.parametrize("header", ["Precedence: bulk", "X-Failed-Recipients: a@b.example", "Return-Path: <>"])
async def test_mail_of_a_machine_that_says_nothing_of_an_absence_is_never_answered(
    header: str, letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    name, _, value = header.partition(": ")
    await send(settings, reply_to(letter, settings, "同意\n", **{name: value}))
    (mail,) = await judged(db)
    assert (mail.state, mail.why[:10]) == (MailState.IGNORED, "automatic:")
    assert await desk.events(EventKind.DECIDED) == await desk.events(EventKind.ANSWER_REFUSED) == []
    assert await desk.letters("ask_again") == []


async def test_the_token_of_the_link_as_a_reply_address(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    to = f"reply+{desk.token_in(letter)}@{settings.mail_domain}"
    await send(settings, reply_to(letter, settings, "同意\n", To=to))
    (mail,) = await judged(db)
    assert mail.state in (MailState.PARKED, MailState.NOT_COUNTED)
    assert await desk.events(EventKind.DECIDED) == []
