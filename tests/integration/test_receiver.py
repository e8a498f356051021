"""Replies over real SMTP: what they decide, what they do not, and what the person is told."""

import asyncio
from collections.abc import AsyncIterator

import aiosmtplib
import pytest

from approvals import inbound
from approvals.database import Database
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.settings import Settings
from models.states import ApplicationState, Channel, MailState, Outcome
from notifications.receiver import MAX_BYTES, Receiver
from notifications.render import render
from tests.integration.mail_fixtures import reply_address, reply_to, running, send, stored, until
from tests.support.desk import Desk

COUNTY, CITY = "@county:330110", "@city:330100"
STRANGER = "someone@elsewhere.example"


@pytest.fixture
async def letter(desk: Desk) -> Letter:
    """The letter that asks the county."""
    await desk.submit()
    (asked,) = await desk.asked(COUNTY)
    return asked


@pytest.fixture
async def receiver(settings: Settings, db: Database, desk: Desk) -> AsyncIterator[Receiver]:
    made = Receiver(settings, db, clock=desk.clock)
    async with running(made.run):
        yield made


async def judged(db: Database, count: int = 1) -> list[InboundMail]:
    """Wait until ``count`` messages were judged."""

    async def all_judged() -> bool:
        found = await stored(db)
        return len(found) >= count and all(mail.state is not MailState.RECEIVED for mail in found)

    await until(all_judged)
    return await stored(db)


@pytest.mark.usefixtures("receiver")
async def test_approve_by_reply_moves_on_and_is_confirmed(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "同意\n"))
    (mail,) = await judged(db)
    assert (mail.state, mail.application_id) == (MailState.DECIDED, letter.application_id)
    standing = await desk.standing()
    assert standing.position == 1
    assert (standing.stages[0].tasks[0].outcome, standing.stages[0].tasks[0].channel) == (
        Outcome.APPROVE,
        Channel.REPLY,
    )
    (receipt,) = await desk.letters("recorded")
    assert receipt.address == letter.address
    assert await desk.asked(CITY)


@pytest.mark.usefixtures("receiver")
async def test_refuse_by_reply_with_an_opinion_ends_the_application(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "不同意\n配套资金未落实。\n"))
    await judged(db)
    standing = await desk.standing()
    assert standing.state is ApplicationState.REFUSED
    assert standing.stages[0].tasks[0].opinion == "配套资金未落实。"


@pytest.mark.usefixtures("receiver")
async def test_a_no_without_an_opinion_is_asked_again_with_the_same_link_and_address(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "不同意\n"))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.ASKED_AGAIN, "OpinionMissing")
    (again,) = await desk.letters("ask_again")
    assert again.facts["link_nonce"] == letter.facts["link_nonce"]
    assert reply_address(again, settings) == reply_address(letter, settings)
    assert (await desk.standing()).position == 0
    await send(settings, reply_to(again, settings, "不同意\n材料不全\n"))
    assert (await judged(db, 2))[1].state is MailState.DECIDED


@pytest.mark.usefixtures("receiver")
async def test_a_reply_from_another_address_is_parked_and_only_the_person_asked_is_told(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "同意\n", From=STRANGER))
    (mail,) = await judged(db)
    assert mail.state is MailState.PARKED
    (told,) = await desk.letters("parked")
    assert (told.address, told.facts["senders"]) == (letter.address, [STRANGER])
    (refused,) = await desk.events(EventKind.ANSWER_REFUSED)
    assert (refused.payload["why"], refused.payload["from"]) == ("another address", [STRANGER])
    assert (await desk.standing()).position == 0
    assert await desk.letters(address=STRANGER) == []


@pytest.mark.usefixtures("receiver")
async def test_a_stranger_who_is_first_does_not_suppress_the_same_words_of_the_person_asked(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "同意\n", From=STRANGER))
    await send(settings, reply_to(letter, settings, "同意\n"))
    first, second = await judged(db, 2)
    assert (first.state, second.state) == (MailState.PARKED, MailState.DECIDED)


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize("senders", ["330110@zj.example, someone@elsewhere.example", "nobody at all"])
async def test_a_from_with_two_addresses_or_none_decides_nothing(
    senders: str, letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    raw = reply_to(letter, settings, "同意\n").as_bytes().replace(b"330110@zj.example\n", senders.encode() + b"\n", 1)
    await send(settings, raw, reply_address(letter, settings))
    (mail,) = await judged(db)
    assert mail.state is MailState.PARKED
    assert len(await desk.letters("parked")) == 1
    assert (await desk.standing()).position == 0


@pytest.mark.usefixtures("receiver")
async def test_the_address_may_be_written_in_capitals(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    message = reply_to(letter, settings, "同意\n", From=f'"余杭" <{letter.address.upper()}>')
    await send(settings, message, reply_address(letter, settings).upper())
    assert (await judged(db))[0].state is MailState.DECIDED


@pytest.mark.usefixtures("receiver")
async def test_both_words_decide_nothing_and_are_asked_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "同意\n不同意\n"))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.ASKED_AGAIN, "SEVERAL")
    (event,) = await desk.events(EventKind.ANSWER_REFUSED)
    assert (event.payload["why"], event.payload["problem"]) == ("unclear", "SEVERAL")
    (again,) = await desk.letters("ask_again")
    assert "不止一个" in again.facts["reason"]["zh"]


@pytest.mark.usefixtures("receiver")
async def test_an_automatic_reply_decides_nothing_and_is_never_answered(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    before = await desk.letters()
    await send(settings, reply_to(letter, settings, "同意\n", Auto_Submitted="auto-replied"))
    await send(settings, reply_to(letter, settings, "我出差了。\n", Subject="自动回复：请答复"))
    assert {mail.state for mail in await judged(db, 2)} == {MailState.IGNORED}
    assert len(await desk.letters()) == len(before)
    assert (await desk.standing()).position == 0


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
async def test_a_quoted_yes_under_a_new_no_is_a_no(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    text = f"不同意\n预算不实。\n\n在 2026-11-23 09:00，{letter.address} 写道：\n> 同意\n> 退回\n"
    await send(settings, reply_to(letter, settings, text))
    await judged(db)
    (task,) = (await desk.standing()).stages[0].tasks
    assert (task.outcome, task.opinion) == (Outcome.REFUSE, "预算不实。")


@pytest.mark.usefixtures("receiver")
async def test_a_used_address_decides_nothing_and_the_person_is_told_what_was_decided(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.answer(COUNTY)
    await send(settings, reply_to(letter, settings, "不同意\n改主意了\n"))
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.NOT_COUNTED, "AlreadyDecided")
    (told,) = await desk.letters("not_counted")
    assert told.facts["decided"]["outcome"] == "approve"
    assert (await desk.standing()).position == 1


@pytest.mark.usefixtures("receiver")
async def test_words_of_thanks_after_a_decision_are_not_asked_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.answer(COUNTY)
    await send(settings, reply_to(letter, settings, "收到，谢谢。\n"))
    assert (await judged(db))[0].why == "AlreadyDecided"
    assert await desk.letters("ask_again") == []


@pytest.mark.usefixtures("receiver")
async def test_a_reply_after_a_withdrawal_decides_nothing(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.withdraw()
    await send(settings, reply_to(letter, settings, "同意\n"))
    assert (await judged(db))[0].why == "StageClosed"
    assert (await desk.standing()).state is ApplicationState.WITHDRAWN


@pytest.mark.usefixtures("receiver")
async def test_an_expired_address_decides_nothing(letter: Letter, settings: Settings, db: Database, desk: Desk) -> None:
    desk.clock.tick(days=400)
    await send(settings, reply_to(letter, settings, "同意\n"))
    assert (await judged(db))[0].why == "ExpiredToken"
    assert len(await desk.letters("not_counted")) == 1


@pytest.mark.usefixtures("receiver")
async def test_an_altered_address_decides_nothing_and_is_on_the_chain(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    address = reply_address(letter, settings)
    local, _, domain = address.partition("@")
    altered = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    await send(settings, reply_to(letter, settings, "同意\n"), altered)
    assert (await judged(db))[0].why == "UnknownToken"
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 1
    assert (await desk.standing()).position == 0


@pytest.mark.usefixtures("receiver")
async def test_an_unknown_address_of_the_right_form_is_parked_without_a_letter(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    before = await desk.letters()
    await send(settings, reply_to(letter, settings, "同意\n"), f"reply+{'a' * 40}@{settings.mail_domain}")
    assert (await judged(db))[0].state is MailState.PARKED
    assert len(await desk.letters()) == len(before)


@pytest.mark.usefixtures("receiver")
async def test_a_loop_of_replies_gets_five_answers_a_day(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    for n in range(8):
        await send(settings, reply_to(letter, settings, f"第 {n} 次来信\n"))
    assert len(await judged(db, 8)) == 8
    assert len(await desk.letters("ask_again")) == inbound.ANSWERS_PER_DAY
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 8


@pytest.mark.usefixtures("receiver")
async def test_an_unreadable_message_is_parked_and_asked_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(40))
    raw = b"From: 330110@zj.example\r\nMIME-Version: 1.0\r\n" + nested + b"\r\n\xe5\x90\x8c\r\n"
    await send(settings, raw, reply_address(letter, settings))
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


@pytest.mark.usefixtures("receiver")
async def test_a_message_beyond_the_limit_is_refused_before_it_is_sent(letter: Letter, settings: Settings) -> None:
    async with aiosmtplib.SMTP(hostname=settings.host, port=settings.receiver_port, start_tls=False) as smtp:
        with pytest.raises(aiosmtplib.SMTPSenderRefused) as refused:
            await smtp.mail("a@zj.example", options=[f"SIZE={MAX_BYTES + 1}"])
    assert refused.value.code == 552


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
    raw, address = reply_to(letter, settings, "同意\n").as_bytes(), reply_address(letter, settings)
    await db.write(inbound.receive, raw, letter.address, address, "<1@x>", "0" * 64, desk.clock())
    async with running(Receiver(settings, db, clock=desk.clock).run):
        assert (await judged(db))[0].state is MailState.DECIDED


async def test_a_message_that_cannot_be_judged_holds_up_nobody_else(
    letter: Letter, settings: Settings, db: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, address = reply_to(letter, settings, "同意\n").as_bytes(), reply_address(letter, settings)
    bad = await db.write(inbound.receive, raw, "b@x", address, "<1@x>", "0" * 64, desk.clock())
    good = await db.write(inbound.receive, raw, "a@x", address, "<2@x>", "1" * 64, desk.clock.tick())
    judge = inbound.judge

    def stumbles(tx: object, office: object, mail_id: str, *rest: object) -> MailState:
        if mail_id == bad:
            raise RuntimeError("stumbled")
        return judge(tx, office, mail_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(inbound, "judge", stumbles)
    async with running(Receiver(settings, db, clock=desk.clock).run):

        async def decided() -> bool:
            return {m.id: m.state for m in await stored(db)}[good or ""] is MailState.DECIDED

        await until(decided)
    assert {m.id: m.state for m in await stored(db)}[bad or ""] is MailState.RECEIVED


async def test_lmtp_is_spoken_where_it_is_asked_for(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    lmtp = settings.model_copy(update={"receiver_protocol": "lmtp"})
    raw = reply_to(letter, settings, "同意\n").as_bytes().replace(b"\n", b"\r\n")
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


@pytest.mark.usefixtures("receiver")
async def test_a_reply_that_quotes_our_whole_letter_counts_by_its_first_line(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    from notifications.practice_reply import compose_reply

    await send(settings, compose_reply(render(letter, settings), "退回\n请补充材料。"))
    await judged(db)
    assert (await desk.standing()).state is ApplicationState.RETURNED
