"""Replies over real SMTP: what they decide, what they do not, and what the person is told."""

import aiosmtplib
import pytest

from approvals.database import Database
from approvals.reply_case import ANSWERS_PER_DAY
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import ApplicationState, Channel, MailState, Outcome
from notifications.practice.reply import compose_reply
from notifications.rendering.render import render
from tests.integration.mail_fixtures import judged, reply_address, reply_to, send, stored
from tests.support.desk import Desk

pytestmark = pytest.mark.usefixtures("receiver")
COUNTY, CITY = "@county:330110", "@city:330100"
STRANGER = "someone@elsewhere.example"


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


async def test_refuse_by_reply_with_an_opinion_ends_the_application(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "不同意\n配套资金未落实。\n"))
    await judged(db)
    standing = await desk.standing()
    assert standing.state is ApplicationState.REFUSED
    assert standing.stages[0].tasks[0].opinion == "配套资金未落实。"


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


async def test_a_stranger_who_is_first_does_not_suppress_the_same_words_of_the_person_asked(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, "同意\n", From=STRANGER))
    await send(settings, reply_to(letter, settings, "同意\n"))
    first, second = await judged(db, 2)
    assert (first.state, second.state) == (MailState.PARKED, MailState.DECIDED)


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


async def test_the_address_may_be_written_in_capitals(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    message = reply_to(letter, settings, "同意\n", From=f'"余杭" <{letter.address.upper()}>')
    await send(settings, message, reply_address(letter, settings).upper())
    assert (await judged(db))[0].state is MailState.DECIDED


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


async def test_an_automatic_reply_decides_nothing_and_is_never_answered(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    before = await desk.letters()
    await send(settings, reply_to(letter, settings, "同意\n", Auto_Submitted="auto-replied"))
    await send(settings, reply_to(letter, settings, "我出差了。\n", Subject="自动回复：请答复"))
    assert {mail.state for mail in await judged(db, 2)} == {MailState.IGNORED}
    told = [one for one in await desk.letters() if one.id not in {known.id for known in before}]
    assert [(one.kind, one.address) for one in told] == [("out_of_office", desk.office.operator_email)]
    assert (await desk.standing()).position == 0


async def test_a_quoted_yes_under_a_new_no_is_a_no(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    text = f"不同意\n预算不实。\n\n在 2026-11-23 09:00，{letter.address} 写道：\n> 同意\n> 退回\n"
    await send(settings, reply_to(letter, settings, text))
    await judged(db)
    (task,) = (await desk.standing()).stages[0].tasks
    assert (task.outcome, task.opinion) == (Outcome.REFUSE, "预算不实。")


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


async def test_words_of_thanks_after_a_decision_are_not_asked_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.answer(COUNTY)
    await send(settings, reply_to(letter, settings, "收到，谢谢。\n"))
    assert (await judged(db))[0].why == "AlreadyDecided"
    assert await desk.letters("ask_again") == []


async def test_a_reply_after_a_withdrawal_decides_nothing(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.withdraw()
    await send(settings, reply_to(letter, settings, "同意\n"))
    assert (await judged(db))[0].why == "StageClosed"
    assert (await desk.standing()).state is ApplicationState.WITHDRAWN


async def test_an_expired_address_decides_nothing(letter: Letter, settings: Settings, db: Database, desk: Desk) -> None:
    desk.clock.tick(days=400)
    await send(settings, reply_to(letter, settings, "同意\n"))
    assert (await judged(db))[0].why == "ExpiredToken"
    assert len(await desk.letters("not_counted")) == 1


async def test_an_altered_address_decides_nothing_and_is_on_the_chain(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    address = reply_address(letter, settings)
    local, _, domain = address.partition("@")
    altered = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    await send(settings, reply_to(letter, settings, "同意\n", To=altered))
    assert (await judged(db))[0].why == "UnknownToken"
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 1
    assert (await desk.standing()).position == 0


async def test_an_unknown_address_of_the_right_form_is_refused_before_its_message_is_sent(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    before = await desk.letters()
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(settings, reply_to(letter, settings, "同意\n"), f"reply+{'a' * 40}@{settings.mail_domain}")
    assert refused.value.recipients[0].code == 550
    assert await stored(db) == []
    assert len(await desk.letters()) == len(before)


async def test_a_loop_of_replies_gets_five_answers_a_day(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    for n in range(8):
        await send(settings, reply_to(letter, settings, f"第 {n} 次来信\n"))
    assert len(await judged(db, 8)) == 8
    assert len(await desk.letters("ask_again")) == ANSWERS_PER_DAY
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 8


async def test_a_reply_that_quotes_our_whole_letter_counts_by_its_first_line(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, compose_reply(render(letter, settings), "退回\n请补充材料。"))
    await judged(db)
    assert (await desk.standing()).state is ApplicationState.RETURNED
