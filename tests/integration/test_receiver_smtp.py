"""The receiver as a mail server: what it takes, what it knows again, and what it does in trouble."""

import asyncio

import aiosmtplib
import pytest

from approvals import inbound, judging
from approvals.database import Database
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from notifications.receiving.receiver import Receiver
from tests.integration.mail_fixtures import (
    as_sent,
    judged,
    reply_address,
    reply_to,
    running,
    send,
    sign_raw,
    stored,
    until,
)
from tests.support.desk import Desk


def smtp_of(settings: Settings) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(hostname=settings.host, port=settings.receiver_port, start_tls=False, timeout=10)


@pytest.mark.usefixtures("receiver")
async def test_a_message_with_an_empty_return_path_is_taken_and_ignored(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "同意\n"), sender="")
    (mail,) = await judged(db)
    assert mail.state is MailState.IGNORED
    assert mail.raw.startswith(b"Return-Path: <>\r\n")


@pytest.mark.usefixtures("receiver")
async def test_the_same_message_twice_decides_once(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    message = reply_to(letter, settings, "同意\n")
    await asyncio.gather(*(send(settings, message) for _ in range(3)))
    assert len(await judged(db)) == 1
    assert len(await desk.events(EventKind.DECIDED)) == 1
    assert await desk.letters("not_counted") == []


@pytest.mark.usefixtures("receiver")
async def test_the_same_words_under_another_message_id_count_as_the_same_message_for_a_while(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    for _ in range(2):
        await send(settings, reply_to(letter, settings, "再想想\n"))
    assert len(await judged(db)) == 1
    desk.clock.tick(minutes=11)
    await send(settings, reply_to(letter, settings, "再想想\n"))
    assert len(await judged(db, 2)) == 2
    assert len(await desk.letters("ask_again")) == 2


@pytest.mark.usefixtures("receiver")
async def test_an_unreadable_message_is_parked_and_asked_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(40))
    address = reply_address(letter, settings)
    head = f"From: 330110@zj.example\r\nTo: {address}\r\nMIME-Version: 1.0\r\n".encode()
    raw = head + nested + b"\r\n\xe5\x90\x8c\r\n"
    await send(settings, sign_raw(settings, raw), address)
    (mail,) = await judged(db)
    assert (mail.state, mail.why.partition(":")[0]) == (MailState.PARKED, "unreadable")
    assert len(await desk.letters("ask_again")) == 1


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize(
    "address",
    ["no-reply@liandong.example", "reply+short@liandong.example", f"reply+{'a' * 40}@elsewhere.example"],
)
async def test_only_reply_addresses_are_taken(address: str, letter: Letter, settings: Settings) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(settings, reply_to(letter, settings, "同意\n"), address)
    assert refused.value.recipients[0].code == 550


@pytest.mark.usefixtures("receiver")
async def test_a_second_recipient_is_asked_to_come_separately(letter: Letter, settings: Settings, db: Database) -> None:
    address = reply_address(letter, settings)
    other = f"reply+{'a' * 40}@{settings.mail_domain}"
    async with aiosmtplib.SMTP(hostname=settings.host, port=settings.receiver_port, start_tls=False) as smtp:
        refused, _ = await smtp.sendmail("a@zj.example", [address, other], reply_to(letter, settings, "x\n").as_bytes())
    assert {to: code for to, (code, _) in refused.items()} == {other: 452}


async def test_a_message_beyond_the_limit_is_refused_announced_or_not_and_the_chain_says_so_once_an_hour(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    small, to = settings.model_copy(update={"mail_max_bytes": 10_000}), reply_address(letter, settings)
    announced, unannounced = [f"SIZE={20_000}"], b"Subject: x\r\n\r\n" + b"x" * 70 + b"\r\n" * 10_000
    async with running(Receiver(small, db, clock=desk.clock).run), smtp_of(small) as smtp:
        await smtp.ehlo()
        await smtp.mail("a@zj.example", options=announced)  # whose task it is about is not known yet
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refused:
            await smtp.rcpt(to)
        assert refused.value.code == 552
        await smtp.rset()
        await smtp.mail("a@zj.example", options=announced)
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refused:
            await smtp.rcpt("nobody@zj.example")
        assert refused.value.code == 550
        for hours in (0, 2):
            desk.clock.tick(hours=hours)
            await smtp.rset()
            await smtp.mail("a@zj.example")
            await smtp.rcpt(to)
            with pytest.raises(aiosmtplib.SMTPDataError) as too_much:
                await smtp.data(unannounced)
            assert (too_much.value.code, "fewer files" in too_much.value.message) == (552, True)
    assert await stored(db) == []
    refusals = await desk.events(EventKind.ANSWER_REFUSED)
    assert [e.payload["why"] for e in refusals] == ["message too large"] * 2
    assert await desk.verify() is None


@pytest.mark.usefixtures("receiver")
async def test_while_the_database_is_away_the_message_is_kept_by_its_sender(
    letter: Letter, settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(inbound, "receive", away)
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await send(settings, reply_to(letter, settings, "同意\n"))
    assert refused.value.code == 451
    assert await stored(db) == []


async def test_a_message_that_was_stored_before_a_crash_is_judged_at_the_next_start(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    raw, address = as_sent(settings, reply_to(letter, settings, "同意\n")), reply_address(letter, settings)
    await db.write(inbound.receive, raw, letter.address, address, "<1@x>", "0" * 64, desk.clock())
    async with running(Receiver(settings, db, clock=desk.clock).run):
        assert (await judged(db))[0].state is MailState.DECIDED


async def test_a_message_that_cannot_be_judged_holds_up_nobody_else(
    letter: Letter, settings: Settings, db: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, address = as_sent(settings, reply_to(letter, settings, "同意\n")), reply_address(letter, settings)
    bad = await db.write(inbound.receive, raw, "b@x", address, "<1@x>", "0" * 64, desk.clock())
    good = await db.write(inbound.receive, raw, "a@x", address, "<2@x>", "1" * 64, desk.clock.tick())
    judge = judging.judge

    def stumbles(tx: object, office: object, mail_id: str, *rest: object) -> MailState:
        if mail_id == bad:
            raise RuntimeError("stumbled")
        return judge(tx, office, mail_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "judge", stumbles)
    async with running(Receiver(settings, db, clock=desk.clock).run):

        async def decided() -> bool:
            return {m.id: m.state for m in await stored(db)}[good or ""] is MailState.DECIDED

        await until(decided)
    assert {m.id: m.state for m in await stored(db)}[bad or ""] is MailState.RECEIVED


async def test_lmtp_is_spoken_where_it_is_asked_for(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    lmtp = settings.model_copy(update={"receiver_protocol": "lmtp"})
    raw = as_sent(settings, reply_to(letter, settings, "同意\n"))
    async with running(Receiver(lmtp, db, clock=desk.clock).run):
        reading, writing = await asyncio.open_connection(lmtp.host, lmtp.receiver_port)
        said = [await reading.readline()]
        for command in (
            b"LHLO x",
            b"MAIL FROM:<a@b.example>",
            b"RCPT TO:<" + reply_address(letter, settings).encode() + b">",
        ):
            writing.write(command + b"\r\n")
            while (line := await reading.readline())[3:4] == b"-":
                pass
            said.append(line)
        writing.write(b"DATA\r\n")
        said.append(await reading.readline())
        writing.write(raw + b"\r\n.\r\n")
        said.append(await reading.readline())
        writing.close()
        await writing.wait_closed()
        assert [line[:3] for line in said] == [b"220", b"250", b"250", b"250", b"354", b"250"]
        assert (await judged(db))[0].state is MailState.DECIDED
