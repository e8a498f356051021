"""Replies that are not plain: sums in an opinion, unreadable messages, addresses of another door, backlogs."""

from dataclasses import replace

import pytest

from approvals import inbound, judging
from approvals.database import Database
from models.event import EventKind
from models.letter import Letter
from models.secrets import derive_token
from models.settings import Settings
from models.states import Channel, MailState, Outcome, Purpose
from notifications.judging.replies import reply_in
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
from tests.support.forms import SINGLE

COUNTY = "@county:330110"
NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(40))


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize("text", ["同意\n按500万元核定", "同意\n请减至一千万", "同意 500万元", "approve\n2 million"])
async def test_an_approval_beside_a_sum_pledges_nothing_and_is_sent_to_the_page(
    text: str, letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, reply_to(letter, settings, text))
    (mail,) = await judged(db)
    assert mail.state is MailState.ASKED_AGAIN
    assert (await desk.standing()).position == 0
    (again,) = await desk.letters("ask_again")
    assert "打开下面的链接" in again.facts["reason"]["zh"]
    assert again.facts["link_nonce"] == letter.facts["link_nonce"]
    (refused,) = await desk.events(EventKind.ANSWER_REFUSED)
    assert refused.payload["why"] == "unclear"


@pytest.mark.usefixtures("receiver")
async def test_an_approval_beside_a_sum_fixes_no_award(settings: Settings, db: Database, desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("kjt")
    for unit in ("kjt", "fgw", "czt"):
        await desk.answer(unit)
    (letter, *_) = await desk.asked("kjt")
    await send(settings, reply_to(letter, settings, "同意\n按1000万元核定"))
    assert (await judged(db))[0].why == judging.OTHER_SUM
    assert (await desk.standing()).award is None or not any(((await desk.standing()).award or {}).values())


@pytest.mark.usefixtures("receiver")
async def test_a_sum_in_an_opinion_is_only_words_where_no_money_is_pledged(
    settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.submit(SINGLE)
    (letter,) = await desk.asked(COUNTY)
    await send(settings, reply_to(letter, settings, "同意\n省级1000万元的预算资料齐全。"))
    assert (await judged(db))[0].state is MailState.DECIDED


@pytest.mark.usefixtures("receiver")
async def test_a_refusal_may_name_a_sum(letter: Letter, settings: Settings, db: Database) -> None:
    await send(settings, reply_to(letter, settings, "不同意\n只能配套100万元。"))
    assert (await judged(db))[0].state is MailState.DECIDED


@pytest.mark.usefixtures("receiver")
async def test_an_address_made_of_an_applicants_token_is_put_onto_the_chain_and_decides_nothing(
    letter: Letter, settings: Settings, db: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (submitted,) = await desk.letters("submitted")
    token = derive_token(settings.secret_key, Purpose.STATUS, submitted.facts["status_nonce"])

    def never(*_: object) -> None:
        raise AssertionError("a foreign address must not come near a decision")

    monkeypatch.setattr(judging, "decide", never)
    await send(settings, reply_to(letter, settings, "同意\n"), f"reply+{token}@{settings.mail_domain}")
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.PARKED, "no such reply address")
    assert [e.payload["channel"] for e in await desk.events(EventKind.ANSWER_REFUSED)] == [Channel.REPLY.value]


def unreadable(sender: bytes, extra: bytes = b"") -> bytes:
    return b"From: " + sender + b"\r\nMIME-Version: 1.0\r\n" + extra + NESTED + b"\r\n\xe5\x90\x8c\r\n"


@pytest.mark.usefixtures("receiver")
async def test_an_unreadable_message_after_the_decision_is_told_so_and_not_asked_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await desk.answer(COUNTY)
    address = reply_address(letter, settings)
    raw = unreadable(letter.address.encode(), f"To: {address}\r\n".encode())
    await send(settings, sign_raw(settings, raw), address)
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.NOT_COUNTED, "AlreadyDecided")
    assert await desk.letters("ask_again") == []
    (told,) = await desk.letters("not_counted")
    assert told.facts["decided"]["outcome"] == Outcome.APPROVE.value


@pytest.mark.usefixtures("receiver")
async def test_an_unreadable_message_from_another_address_asks_nobody_again(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, unreadable(b"someone@elsewhere.example"), reply_address(letter, settings))
    assert (await judged(db))[0].state is MailState.PARKED
    assert await desk.letters("ask_again") == []
    (told,) = await desk.letters("parked")
    assert told.facts["senders"] == ["someone@elsewhere.example"]


@pytest.mark.usefixtures("receiver")
async def test_an_unreadable_automatic_message_is_never_answered(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    before = await desk.letters()
    raw = unreadable(letter.address.encode(), b"Auto-Submitted: auto-replied\r\n")
    await send(settings, raw, reply_address(letter, settings))
    assert (await judged(db))[0].state is MailState.IGNORED
    assert len(await desk.letters()) == len(before)


async def test_sixty_messages_that_cannot_be_judged_do_not_block_the_next(
    letter: Letter, settings: Settings, db: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, address = as_sent(settings, reply_to(letter, settings, "同意\n")), reply_address(letter, settings)
    for n in range(60):
        await db.write(inbound.receive, raw, f"b{n}@x", address, f"<b{n}@x>", f"{n:064d}", desk.clock())
    good = await db.write(inbound.receive, raw, "a@x", address, "<good@x>", "f" * 64, desk.clock.tick())
    judge = judging.judge

    def stumbles(tx: object, office: object, mail_id: str, *rest: object) -> MailState:
        if mail_id != good:
            raise RuntimeError("stumbled")
        return judge(tx, office, mail_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "judge", stumbles)
    async with running(Receiver(settings, db, clock=desk.clock).run):

        async def decided() -> bool:
            return {m.id: m.state for m in await stored(db)}[good or ""] is MailState.DECIDED

        await until(decided)


async def test_a_reply_that_nothing_proves_decides_only_where_no_proof_is_asked_for(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    raw, address = reply_to(letter, settings, "同意\n").as_bytes(), reply_address(letter, settings)
    for n, (proof, state) in enumerate(((True, MailState.PARKED), (False, MailState.DECIDED))):
        office = replace(desk.office, replies_must_be_authentic=proof)
        now = desk.clock.tick(hours=1)
        mail_id = await db.write(inbound.receive, raw, letter.address, address, f"<{n}@x>", str(n) * 64, now)
        assert await db.write(judging.judge, office, mail_id or "", reply_in(raw), now) is state
    (decided,) = await desk.events(EventKind.DECIDED)
    assert "authenticated" not in decided.payload
