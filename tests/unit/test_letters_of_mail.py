"""Letters about machine mail and files: every kind, in both languages, from what the verbs themselves queued."""

import datetime as dt

import pytest

from approvals import inbound
from approvals.deputy.deputies import appoint
from approvals.post import bounced, floods, mailbox, too_large
from approvals.post.attachments import ReceivedFile
from models.columns import plain
from models.deputy import DeputyEntry
from models.letter import Letter
from models.settings import Settings
from models.states import Channel, Outcome
from notifications.rendering.render import render
from notifications.sending.bounce_address import bounce_address
from tests.support.desk import Desk
from tests.unit.test_letters import COUNTY, HOSTILE, LANGUAGES, OF_MAIL, OF_MAILBOX, looks_right, reply

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def give_up(desk: Desk, settings: Settings, letter: Letter) -> None:
    """Let a mail server give ``letter`` up."""
    to, now = bounce_address(settings, letter.id), desk.clock.tick(minutes=20)
    mail_id = await desk.db.write(inbound.receive, b"raw", "", to, f"<{now.timestamp()}@x>", "0" * 64, now)
    report = bounced.Report(is_report=True, final=True, status="5.1.1", diagnostic="550 no such person")
    await desk.db.write(bounced.judge, desk.office, mail_id or "", report, now)


async def live_through_it(desk: Desk, settings: Settings) -> None:
    """Let an officer be away, with and without a deputy, send files, be flooded, and not be reached."""
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    mine = (letter.address,)
    away = inbound.Reply(mine, automatic="Auto-Submitted: auto-replied", away="自动回复：外出\r\n<b>")
    await reply(desk, letter, away)
    today = dt.date(2026, 11, 23)
    stands_in = DeputyEntry(letter.address, "yi@zj.example", today, today + dt.timedelta(days=30), "王五", "乙")
    await desk.db.write(appoint, desk.office, stands_in, desk.clock.tick(days=1))
    await reply(desk, letter, away)
    files = (ReceivedFile("意见.pdf", "application/pdf", b"x"), ReceivedFile("a.exe", "application/pdf", b"x"))
    await reply(desk, letter, inbound.Reply(mine, Outcome.APPROVE, files=files))
    (submitted,) = await desk.letters("submitted")
    (city,) = await desk.asked("@city:330100")
    for one in (city, submitted):
        await give_up(desk, settings, one)
    token = desk.token_in(city, Channel.REPLY)
    for door in (f"reply+{token}", "object+x", f"bounce+{city.id}.x"):
        await desk.db.write(floods.tell, desk.office, f"{door}@liandong.example", desk.clock())


async def test_every_kind_about_mail_renders_in_both_languages(desk: Desk, settings: Settings) -> None:
    await live_through_it(desk, settings)
    letters = [letter for letter in await desk.letters() if letter.kind in OF_MAIL]
    count = {kind: sum(one.kind == kind for one in letters) for kind in OF_MAIL}
    assert count == {"undelivered": 2, "out_of_office": 3, "files_not_kept": 1, "flood": 3}
    for letter in letters:
        for letter.language in LANGUAGES:
            looks_right(render(letter, settings), letter)
    assert await desk.verify() is None


async def live_with_a_mailbox(desk: Desk, said: str) -> None:
    """Let a mailbox have what is not judged, and stay away; strangers wrote ``said``."""
    app = await desk.submit(project__title="又一个项目")
    letter = next(one for one in await desk.asked(COUNTY) if one.application_id == app.id)
    db, office, now = desk.db, desk.office, desk.clock()
    ours = "liandong · liandong-other"
    large = too_large.TooLarge(b"Subject: x\r\n", (letter.address,), said, "<a@b>", 27_000_001, 25_000_000, ours)
    for door in (f"reply+{desk.token_in(letter, Channel.REPLY)}", "object+x", "bounce+y"):
        await db.write(too_large.park, office, large, f"{door}@liandong.example", now)
    await db.write(mailbox.tell_not_ours, office, (said,), said, ours, now)
    await db.write(mailbox.tell_lost, office, ours, now, said, now)
    await db.write(mailbox.tell_stuck, office, (), "", ours, said, now)


async def test_every_kind_about_a_mailbox_renders_in_both_languages_whatever_strangers_wrote(
    desk: Desk, settings: Settings
) -> None:
    await live_with_a_mailbox(desk, plain(HOSTILE))
    letters = [letter for letter in await desk.letters() if letter.kind in OF_MAILBOX]
    count = {kind: sum(one.kind == kind for one in letters) for kind in OF_MAILBOX}
    assert count == {"too_large": 3, "not_ours": 1, "mailbox_lost": 1, "mail_stuck": 1}
    assert {one.facts["size"] for one in letters if one.kind == "too_large"} == {"27.1"}
    for letter in letters:
        for letter.language in LANGUAGES:
            looks_right(render(letter, settings), letter)
    assert await desk.verify() is None
