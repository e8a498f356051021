"""What a mailbox has that is not judged: told to a person, never put aside in silence."""

import asyncio

import pytest

from approvals.database import Database
from approvals.post.too_large import WHY
from cli.doctor_imap import imap as doctor
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from notifications.judging.judge import Judge
from notifications.receiving import backlog
from notifications.receiving import imap as imap_part
from notifications.receiving.imap import Mailbox
from notifications.receiving.intake import Intake
from tests.integration.imap_fixtures import counts, raw
from tests.integration.mail_fixtures import judged, reply_to, running, stored, until
from tests.support.desk import Desk
from tests.support.dovecot import DovecotServer

ONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
LONG = "同意\n" + "很长的意见。\n" * 2000


async def _lies(server: DovecotServer, settings: Settings, where: tuple[int, int, int]) -> None:
    async def so() -> bool:
        return await counts(server, settings) == where

    await until(so)


async def test_a_reply_that_is_too_large_is_put_aside_and_everybody_who_must_know_is_told_once(
    letter: Letter, box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, user: str
) -> None:
    small = box.model_copy(update={"mail_max_bytes": 10_000})
    message = raw(letter, small, LONG, Subject="回复：大附件")
    await asyncio.to_thread(dovecot.deliver, user, message, message)  # as a server that moves badly may leave it
    async with running(Mailbox(small, db, clock=desk.clock).run):
        await _lies(dovecot, small, (0, 0, 2))
    (mail,) = await stored(db)
    assert (mail.state, mail.application_id) == (MailState.PARKED, letter.application_id)
    assert b"\r\n\r\n" not in mail.raw.strip() and "too large" in mail.why and small.imap_other_folder in mail.why
    (told,) = await desk.letters("too_large")
    said = {"sender": letter.address, "about": "回复：大附件", "who": letter.address, "door": "reply"}
    assert {key: told.facts[key] for key in said} == said
    assert told.facts["where"] == f"{user} · {small.imap_other_folder}"
    (asked,) = await desk.letters("ask_again")
    assert (asked.address, "没有读取" in asked.facts["reason"]["zh"]) == (letter.address, True)
    (refusal,) = await desk.events(EventKind.ANSWER_REFUSED)
    assert (refusal.payload["why"], refusal.payload["bytes"]) == (WHY, len(message))
    assert await desk.events(EventKind.DECIDED) == []
    assert await desk.verify() is None


@ONE
async def test_what_is_too_large_from_another_address_or_to_another_door_is_told_as_well(
    letter: Letter, box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, user: str
) -> None:
    small = box.model_copy(update={"mail_max_bytes": 10_000})
    stranger = reply_to(letter, small, LONG, From="stranger@other.example").as_bytes()
    robot = reply_to(letter, small, LONG, Auto_Submitted="auto-replied").as_bytes()
    nobody = (
        b"From: a@b.example\r\nTo: nobody@liandong.example\r\nSubject: =?utf-8?b?5bm/5ZGK?=\r\n\r\n" + b"x" * 20_000
    )
    await asyncio.to_thread(dovecot.deliver, user, stranger, robot, nobody, nobody)
    async with running(Mailbox(small, db, clock=desk.clock).run):
        await _lies(dovecot, small, (0, 0, 4))
    assert len(await desk.letters("too_large")) == 2
    (parked,) = await desk.letters("parked")
    assert parked.facts["senders"] == ["stranger@other.example"]
    assert await desk.letters("ask_again") == []
    (other,) = await desk.letters("not_ours")
    assert (other.facts["sender"], other.facts["about"]) == ("a@b.example", "广告")
    _, unread = await doctor(small)
    assert unread.fine and unread.warns and "4 封" in unread.zh


@ONE
async def test_a_message_that_cannot_be_stored_holds_no_other_back_and_is_told_once(
    letter: Letter,
    box: Settings,
    db: Database,
    desk: Desk,
    dovecot: DovecotServer,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Intake.store

    async def refuses(self: Intake, raw: bytes, address: str) -> str | None:
        if b"Subject: poison" in raw:
            raise ValueError("a parser fell over it")
        return await store(self, raw, address)

    monkeypatch.setattr(Intake, "store", refuses)
    monkeypatch.setattr(imap_part, "PAUSE", 0.05)
    monkeypatch.setattr(imap_part, "PUT_OFF_SECONDS", 0.5)
    poison = reply_to(letter, box, "x\n", Subject="poison").as_bytes()
    await asyncio.to_thread(dovecot.deliver, user, poison)
    async with running(Mailbox(box, db, clock=desk.clock).run):

        async def told() -> bool:
            return bool(await desk.letters("mail_stuck"))

        await until(told)
        await asyncio.to_thread(dovecot.deliver, user, raw(letter, box, "同意\n"))
        assert (await judged(db))[0].state is MailState.DECIDED
        await _lies(dovecot, box, (1, 1, 0))
        monkeypatch.setattr(Intake, "store", store)
        await judged(db, 2)
        await _lies(dovecot, box, (0, 2, 0))
    (stuck,) = await desk.letters("mail_stuck")
    assert (stuck.facts["about"], "a parser fell over it" in stuck.facts["why"]) == ("poison", True)


@ONE
async def test_a_mailbox_that_stays_away_is_told_once_a_day(
    box: Settings, db: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_part, "PAUSE", 0.05)
    monkeypatch.setattr(imap_part, "LOST_SECONDS", 0.2)
    closed = box.model_copy(update={"imap_port": 1})
    async with running(Mailbox(closed, db, clock=desk.clock).run):

        async def told() -> bool:
            return bool(await desk.letters("mailbox_lost"))

        await until(told)
        await asyncio.sleep(0.5)
    (lost,) = await desk.letters("mailbox_lost")
    assert "ConnectionRefused" in lost.facts["why"] and box.imap_user in lost.facts["where"]


@ONE
@pytest.mark.usefixtures("receiver")
async def test_a_message_that_cannot_be_judged_for_long_is_told_once(
    letter: Letter, box: Settings, db: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def falls_over(*_: object) -> MailState:
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr(Judge, "judge", falls_over)
    await Intake(box, db, desk.clock).store(raw(letter, box, "同意\n"), str(reply_to(letter, box, "")["To"]))
    judging = backlog.Backlog(box, db, desk.clock)
    await judging.judge_all()
    assert await desk.letters("mail_stuck") == []
    for _ in range(2):
        desk.clock.tick(minutes=11)
        await judging.judge_all()
    (stuck,) = await desk.letters("mail_stuck")
    assert stuck.facts["sender"] == letter.address
