"""Objections by mail, over a real SMTP socket: stored as they came, then judged; nothing in them is believed."""

import datetime as dt
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import pytest
from sqlmodel import select

from approvals import inbound
from approvals.database import Database
from approvals.notice import notices
from approvals.transaction import Transaction
from models.objection import Objection, ObjectionChannel, ObjectionFile
from models.settings import Settings
from models.states import MailState
from notifications.receiving.receiver import Receiver
from tests.integration.mail_fixtures import judged, running, send
from tests.support.desk import Desk
from tests.support.notices import notice, noticed_city, on_view

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
async def city(empty_desk: Desk) -> Desk:
    return await noticed_city(empty_desk)


@pytest.fixture
async def receiver(settings: Settings, db: Database, city: Desk) -> AsyncIterator[Receiver]:
    made = Receiver(settings.model_copy(update={"policies": city.office.policies}), db, clock=city.clock)
    async with running(made.run):
        yield made


def message(city: Desk, text: str = "该车间去年已经领过补助。", **headers: str) -> EmailMessage:
    """Return a message to the address of the notice; headers as keywords replace or add."""
    assert city.app is not None
    made = EmailMessage()
    given = {
        "From": "赵六 <zhao@people.example>",
        "To": f"object+{city.app.number.lower()}@liandong.example",
        "Subject": "异议",
        "Message-ID": f"<{headers.get('Subject', '1')}@people.example>",
    }
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return made


async def made_of(city: Desk) -> tuple[list[Objection], list[ObjectionFile]]:
    def query(tx: Transaction) -> tuple[list[Objection], list[ObjectionFile]]:
        return list(tx.exec(select(Objection))), list(tx.exec(select(ObjectionFile).order_by(ObjectionFile.seq)))  # type: ignore[arg-type]

    return await city.db.read(query)


@pytest.mark.usefixtures("receiver")
async def test_a_mail_is_an_objection_with_its_files_and_is_acknowledged(
    city: Desk, settings: Settings, db: Database
) -> None:
    number = await on_view(city)
    mail = message(city)
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="证据.pdf")
    mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="run.exe")
    await send(settings, mail)
    (stored,) = await judged(db)
    assert (stored.state, stored.why) == (MailState.OBJECTION, "1 files, 1 not taken")
    assert {check["name"] for check in stored.checks or []} >= {"header", "authentication-results", "dkim"}
    (objection,), (file,) = await made_of(city)
    assert (objection.name, objection.contact, objection.text) == (
        "赵六",
        "zhao@people.example",
        "该车间去年已经领过补助。",
    )
    assert (objection.channel, file.name, file.content) == (ObjectionChannel.MAIL, "证据.pdf", b"%PDF-1.7")
    (letter,) = await city.letters("objection_received")
    assert (letter.address, letter.facts["unkept"], letter.facts["number"]) == ("zhao@people.example", 1, number)
    assert "去年" not in str(letter.facts)
    assert (await notice(city)).look == "stopped"
    assert await city.verify() is None


@pytest.mark.usefixtures("receiver")
async def test_machines_and_messages_of_nobody_are_no_objections(city: Desk, settings: Settings, db: Database) -> None:
    await on_view(city)
    await send(settings, message(city, Auto_Submitted="auto-replied", Subject="a"))
    await send(settings, message(city, "二", From="a@b.example, c@d.example", Subject="b"))
    await send(settings, message(city, "三", Subject="c"), sender="")
    states = [mail.state for mail in await judged(db, 3)]
    assert sorted(states) == [MailState.IGNORED, MailState.IGNORED, MailState.PARKED]
    assert (await made_of(city))[0] == []
    assert [x.kind for x in await city.letters() if x.kind.startswith("objection")] == []


@pytest.mark.usefixtures("receiver")
async def test_a_mail_that_is_too_late_is_told_so_a_few_times_a_day(
    city: Desk, settings: Settings, db: Database
) -> None:
    await on_view(city)
    city.clock.now = (await notice(city)).due_at
    for n in range(5):
        await send(settings, message(city, f"迟 {n}", Subject=str(n)))
        await judged(db, n + 1)
    assert {mail.why for mail in await judged(db, 5)} == {"NoticeEnded"}
    letters = await city.letters("objection_not_taken")
    assert len(letters) == 3
    assert "公示已经结束" in letters[0].facts["reason"]["zh"]


@pytest.mark.usefixtures("receiver")
async def test_addresses_of_no_notice_are_refused_at_the_door(city: Desk, settings: Settings) -> None:
    await on_view(city)
    for address in ("object+sc03-2026-00002@liandong.example", "object+x@liandong.example", "object@liandong.example"):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await send(settings, message(city), address)


async def test_a_mail_that_came_in_time_holds_the_end_until_somebody_has_read_it(
    city: Desk, settings: Settings, db: Database
) -> None:
    await on_view(city)
    due = (await notice(city)).due_at
    city.clock.now = due - dt.timedelta(seconds=5)
    (stage,) = await db.read(notices.due, due + dt.timedelta(minutes=5))
    mail = message(city)
    raw, sender = mail.as_bytes(), "zhao@people.example"
    await db.write(inbound.receive, raw, sender, str(mail["To"]), "<1@people.example>", "0" * 64, city.clock())
    assert not await db.write(notices.end_due, city.office, stage, due + dt.timedelta(minutes=5))
    city.clock.now = due + dt.timedelta(minutes=6)
    here = settings.model_copy(update={"policies": city.office.policies})
    async with running(Receiver(here, db, clock=city.clock).run):
        assert (await judged(db))[0].state is MailState.OBJECTION
    assert (await notice(city)).look == "stopped"
