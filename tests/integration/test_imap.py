"""A mailbox as a way in, on a real Dovecot: told at once, through restarts, nothing twice."""

import asyncio
from collections.abc import Callable

import pytest

from approvals.database import Database
from cli.doctor_imap import imap as doctor
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from notifications.receiving import imap as imap_part
from notifications.receiving.imap import Mailbox
from notifications.receiving.imap_client import Session
from notifications.receiving.intake import Intake
from tests.integration.imap_fixtures import at_work, counts, raw, with_mailbox
from tests.integration.mail_fixtures import judged, reply_to, running, send, stored, until
from tests.support.desk import Desk
from tests.support.dovecot import PASSWORD, DovecotServer

ONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def test_new_mail_is_told_of_judged_and_put_away(
    letter: Letter,
    box: Settings,
    db: Database,
    desk: Desk,
    dovecot: DovecotServer,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server says so (IDLE); nobody looks by themselves for ten minutes."""
    happened = spied_on(monkeypatch)
    patient = box.model_copy(update={"imap_idle_seconds": 600.0})
    async with at_work(patient, db, desk, dovecot):
        await until(lambda: happened == ["waits"])
        await asyncio.to_thread(dovecot.deliver, user, raw(letter, box, "同意\n"))
        (mail,) = await judged(db)
        assert mail.state is MailState.DECIDED

        async def put_away() -> bool:
            return await counts(dovecot, box) == (0, 1, 0)

        await until(put_away)
        assert happened[:4] == ["waits", "told", "stored", "waits"]
        assert "looks" not in happened


def spied_on(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a session does from now on, in its order."""
    happened: list[str] = []
    wait, store = Session.wait, Intake.store

    def waits(session: Session, seconds: float, is_over: Callable[[], bool]) -> None:
        happened.append("waits")
        wait(session, seconds, is_over)
        happened.append("told")

    async def stores(intake: Intake, message: bytes, address: str) -> str | None:
        happened.append("stored")
        return await store(intake, message, address)

    monkeypatch.setattr(Session, "wait", waits)
    monkeypatch.setattr(Intake, "store", stores)
    monkeypatch.setattr(Session, "look_after", lambda *_: happened.append("looks"))
    return happened


@ONE
async def test_starttls_and_a_server_that_can_neither_move_nor_wait_will_do(
    letter: Letter, settings: Settings, db: Database, desk: Desk, user: str
) -> None:
    with DovecotServer("IMAP4rev1 UIDPLUS STARTTLS") as plain:
        some = {"imap_port": plain.port, "imap_security": "starttls", "imap_poll_seconds": 0.5}
        here = with_mailbox(settings, plain, user, **some)
        await asyncio.to_thread(plain.deliver, user, b"To: nobody@liandong.example\r\n\r\nx\r\n")
        async with at_work(here, db, desk, plain):
            await asyncio.to_thread(plain.deliver, user, raw(letter, here, "同意\n"))
            assert (await judged(db))[0].state is MailState.DECIDED

            async def put_away() -> bool:
                return await counts(plain, here) == (0, 1, 1)

            await until(put_away)


@ONE
async def test_a_server_that_is_started_again_is_connected_to_again(
    letter: Letter, box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, user: str
) -> None:
    async with at_work(box, db, desk, dovecot):
        await asyncio.to_thread(dovecot.stop)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(dovecot.start)
        await asyncio.to_thread(dovecot.deliver, user, raw(letter, box, "同意\n"))
        assert (await judged(db))[0].state is MailState.DECIDED


async def test_what_was_stored_and_not_yet_put_away_is_judged_once(
    letter: Letter,
    box: Settings,
    db: Database,
    desk: Desk,
    dovecot: DovecotServer,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise ConnectionError("killed between the database and the mailbox")

    await asyncio.to_thread(dovecot.deliver, user, raw(letter, box, "同意\n"))
    with monkeypatch.context() as broken:
        broken.setattr(Session, "put_away", dies)
        async with running(Mailbox(box, db, clock=desk.clock).run):
            await judged(db)
    assert await counts(dovecot, box) == (1, 0, 0)
    async with running(Mailbox(box, db, clock=desk.clock).run):

        async def put_away() -> bool:
            return await counts(dovecot, box) == (0, 1, 0)

        await until(put_away)
    assert len(await stored(db)) == 1
    assert len(await desk.events(EventKind.DECIDED)) == 1


@pytest.mark.usefixtures("receiver")
async def test_the_same_message_by_both_doors_is_one(
    letter: Letter, box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, user: str
) -> None:
    message = raw(letter, box, "同意\n")
    to = str(reply_to(letter, box, "")["To"])
    async with at_work(box, db, desk, dovecot):
        await asyncio.gather(asyncio.to_thread(dovecot.deliver, user, message, message), send(box, message, to))

        async def put_away() -> bool:
            return await counts(dovecot, box) == (0, 2, 0)

        await until(put_away)
        await judged(db)
    assert len(await stored(db)) == 1
    assert len(await desk.events(EventKind.DECIDED)) == 1
    assert await desk.letters("not_counted") == []


@ONE
async def test_five_hundred_messages_at_the_start_are_put_in_order(
    letter: Letter, box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, user: str
) -> None:
    others = [b"From: a@b.example\r\nTo: c@d.example\r\nSubject: %d\r\n\r\nx\r\n" % n for n in range(499)]
    await asyncio.to_thread(dovecot.deliver, user, *others, raw(letter, box, "同意\n"))
    async with running(Mailbox(box, db, clock=desk.clock).run):
        assert (await judged(db))[0].state is MailState.DECIDED

        async def put_away() -> bool:
            return await counts(dovecot, box) == (0, 1, 499)

        await until(put_away)


@ONE
async def test_what_comes_too_often_stays_in_the_inbox_until_later(
    letter: Letter,
    box: Settings,
    db: Database,
    desk: Desk,
    dovecot: DovecotServer,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imap_part, "PUT_OFF_SECONDS", 1.0)
    few = box.model_copy(update={"mail_per_hour": 2})
    for text in ("再想想\n", "再等等\n", "同意\n"):
        await asyncio.to_thread(dovecot.deliver, user, raw(letter, few, text))
    async with running(Mailbox(few, db, clock=desk.clock).run):

        async def two_of_three() -> bool:
            return await counts(dovecot, few) == (1, 2, 0) and bool(await desk.letters("flood"))

        await until(two_of_three)
        assert [one.facts["who"] for one in await desk.letters("flood")] == [letter.address]
        desk.clock.tick(hours=1, minutes=1)
        assert [mail.state for mail in await judged(db, 3)].count(MailState.DECIDED) == 1


@ONE
async def test_doctor_opens_the_mailbox_and_says_why_it_cannot(box: Settings, settings: Settings) -> None:
    assert await doctor(settings) == []
    (fine,) = await doctor(box)
    assert fine.fine and not fine.warns
    for change in ({"imap_ca_file": ""}, {"imap_password": "wrong"}, {"imap_port": 1}):
        (wrong,) = await doctor(Settings.model_validate(box.model_dump() | change))
        assert not wrong.fine
        assert PASSWORD not in wrong.zh + wrong.en


async def test_mail_that_comes_while_other_mail_is_put_away_does_not_wait(
    letter: Letter,
    box: Settings,
    db: Database,
    desk: Desk,
    dovecot: DovecotServer,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server tells of it then, in the middle of an answer to something else, and never again."""
    late, put_away = [raw(letter, box, "同意\n")], Session.put_away

    def meanwhile(session: Session, uid: int, folder: str, *, seen: bool = True) -> None:
        while late:
            dovecot.deliver(user, late.pop())
        put_away(session, uid, folder, seen=seen)

    monkeypatch.setattr(Session, "put_away", meanwhile)
    async with at_work(box, db, desk, dovecot):
        await asyncio.sleep(0.3)  # it waits for the server now
        await asyncio.to_thread(dovecot.deliver, user, b"To: nobody@liandong.example\r\n\r\nx\r\n")
        async with asyncio.timeout(30):  # long before anybody looks by itself
            (mail,) = await judged(db)
        assert mail.state is MailState.DECIDED
