"""The receiver under pressure: too many connections, too many messages, mail that goes round."""

import asyncio

import aiosmtplib
import pytest

from approvals.database import Database
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from notifications.receiving.receiver import Receiver
from tests.integration.mail_fixtures import judged, reply_to, running, send
from tests.support.desk import Desk

ONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def smtp(settings: Settings) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(hostname=settings.host, port=settings.receiver_port, start_tls=False, timeout=10)


@ONE
async def test_a_machine_with_connections_enough_is_told_to_come_later(settings: Settings, db: Database) -> None:
    few = settings.model_copy(update={"receiver_connections_per_host": 2})
    async with running(Receiver(few, db).run):
        first, second = smtp(few), smtp(few)
        await asyncio.gather(first.connect(), second.connect())
        with pytest.raises(aiosmtplib.SMTPConnectResponseError) as refused:
            await smtp(few).connect()
        assert refused.value.code == 421
        await first.quit()
        await asyncio.sleep(0.1)
        third = smtp(few)
        await third.connect()
        await asyncio.gather(second.quit(), third.quit())


@ONE
async def test_a_machine_that_brings_too_many_messages_in_a_minute_is_told_to_come_later(
    settings: Settings, db: Database
) -> None:
    few = settings.model_copy(update={"receiver_messages_per_minute": 2})
    async with running(Receiver(few, db).run), smtp(few) as one:
        for _ in range(2):
            await one.mail("a@zj.example")
            await one.rset()
        with pytest.raises(aiosmtplib.SMTPSenderRefused) as refused:
            await one.mail("a@zj.example")
        assert refused.value.code == 421


async def test_too_many_messages_to_one_address_are_put_off_and_the_operator_is_told_once(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    few = settings.model_copy(update={"mail_per_hour": 2})
    async with running(Receiver(few, db, clock=desk.clock).run):
        for text in ("再想想\n", "再等等\n"):
            await send(few, reply_to(letter, few, text))
        for _ in range(2):
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
                await send(few, reply_to(letter, few, "同意\n"))
            assert refused.value.recipients[0].code == 452
        (told,) = await desk.letters("flood")
        assert told.facts["who"] == letter.address
        refusals = await desk.events(EventKind.ANSWER_REFUSED)
        assert [e.payload["why"] for e in refusals].count("too many messages") == 1
        desk.clock.tick(hours=1, minutes=1)
        await send(few, reply_to(letter, few, "同意\n"))
        assert [mail.state for mail in await judged(db, 3)].count(MailState.DECIDED) == 1


@ONE
@pytest.mark.usefixtures("receiver")
async def test_mail_that_goes_round_is_never_answered(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    before = len(await desk.letters())
    message = reply_to(letter, settings, "再想想\n")
    for n in range(31):
        message["Received"] = f"from a{n}.example by b{n}.example; Mon, 23 Nov 2026 01:00:00 +0000"
    await send(settings, message)
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.IGNORED, "automatic: Received: 31 times")
    assert len(await desk.letters()) == before
