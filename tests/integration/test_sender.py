"""The sender against real SMTP servers that refuse, delay and hang up."""

import asyncio
import datetime as dt
import random
from email.message import EmailMessage

import pytest

from approvals import letters, outbox
from approvals.database import Database
from approvals.transaction import Transaction
from models.letter import Letter
from models.settings import Settings
from models.states import LetterState
from notifications.receiving.listening import Smtp, listening
from notifications.sending.sender import LONGEST_PAUSE, Sender, pause
from tests.integration.mail_fixtures import SmtpServer, running, smtp_server, until
from tests.support.clock import Clock
from tests.support.desk import Desk

HOLD = dt.timedelta(seconds=30)


def write(tx: Transaction, desk: Desk, count: int = 1, **changes: object) -> list[str]:
    """Queue ``count`` letters to the operator."""
    made = []
    for n in range(count):
        rows = [{"kind": "ask", "to": "a@b.example", "why": str(n), "number": "X"}]
        letter = letters.queue(
            tx,
            desk.office,
            "stuck",
            f"stuck:{desk.clock().timestamp()}:{n}",
            (str(changes.get("to", f"operator{n}@liandong.example")), "运行人员", "zh"),
            {"letters": rows} if "facts" not in changes else dict(changes["facts"]),  # type: ignore[call-overload]
            desk.clock(),
        )
        made.append(letter)
    return made


async def states(db: Database, ids: list[str]) -> list[LetterState]:
    """Return the states of the letters ``ids`` in their order."""
    found = {x.id: x for x in await every(db)}
    return [found[letter_id].state for letter_id in ids]


async def every(db: Database) -> list[Letter]:
    from sqlmodel import select

    return await db.read(lambda tx: list(tx.exec(select(Letter))))


async def all_in(db: Database, ids: list[str], state: LetterState) -> None:
    """Wait until every letter is in ``state``."""

    async def reached() -> bool:
        return set(await states(db, ids)) == {state}

    await until(reached)


async def test_a_letter_is_sent_at_once_and_marked(settings: Settings, db: Database, desk: Desk) -> None:
    patient = settings.model_copy(update={"look_every_seconds": 60.0})
    async with smtp_server(settings) as server, running(Sender(patient, db).run):
        ids = await db.write(write, desk)
        await until(lambda: len(server.taken) == 1)
        await all_in(db, ids, LetterState.SENT)
    (letter,) = await every(db)
    assert server.taken[0]["Message-ID"] == f"<{letter.message_id}>"
    assert letter.sent_at is not None


async def test_letters_queued_while_nobody_was_listening_go_at_the_start(
    settings: Settings, db: Database, desk: Desk
) -> None:
    ids = await db.write(write, desk, 3)
    async with smtp_server(settings) as server, running(Sender(settings, db).run):
        await all_in(db, ids, LetterState.SENT)
    assert len(server.taken) == 3


async def test_many_letters_share_the_kept_open_connections(settings: Settings, db: Database, desk: Desk) -> None:
    one = settings.model_copy(update={"smtp_connections": 1})
    async with smtp_server(settings) as server, running(Sender(one, db).run):
        for _ in range(3):
            desk.clock.tick()
            await all_in(db, await db.write(write, desk, 40), LetterState.SENT)
        assert server.connections == 1
    assert len({m["Message-ID"] for m in server.taken}) == len(server.taken) == 120


async def test_a_4xx_answer_is_tried_again_with_the_same_bytes(settings: Settings, db: Database, desk: Desk) -> None:
    greylisting = iter(["451 4.7.1 Greylisted, come back"])
    async with (
        smtp_server(settings, answer=lambda _: next(greylisting, None)) as server,
        running(Sender(settings, db).run),
    ):
        ids = await db.write(write, desk)
        await all_in(db, ids, LetterState.SENT)
    (letter,) = await every(db)
    assert letter.tries == 2
    assert server.tried[0].as_bytes() == server.tried[1].as_bytes()


async def test_a_recipient_refused_for_now_is_tried_again(settings: Settings, db: Database, desk: Desk) -> None:
    full = iter(["452 4.2.2 Mailbox full"])
    async with (
        smtp_server(settings, answer_recipient=lambda _: next(full, None)),
        running(Sender(settings, db).run),
    ):
        await all_in(db, await db.write(write, desk), LetterState.SENT)


@pytest.mark.parametrize("where", ["answer", "answer_recipient"])
async def test_a_5xx_answer_is_final_and_others_still_go(
    where: str, settings: Settings, db: Database, desk: Desk
) -> None:
    def refuse(what: EmailMessage | str) -> str | None:
        return "550 5.1.1 No such person" if "operator1@" in (what if isinstance(what, str) else what["To"]) else None

    async with smtp_server(settings, **{where: refuse}) as server, running(Sender(settings, db).run):
        good, bad, fine = await db.write(write, desk, 3)
        await all_in(db, [good, fine], LetterState.SENT)
        await all_in(db, [bad], LetterState.FAILED)
        await asyncio.sleep(1.2)
    failed = next(x for x in await every(db) if x.id == bad)
    assert (failed.tries, failed.last_error) == (1, "550 5.1.1 No such person")
    assert len(server.taken) == 2


async def test_a_connection_that_drops_in_the_middle_loses_no_letter(
    settings: Settings, db: Database, desk: Desk
) -> None:
    drops = iter([None, None, "hang up", None, "hang up"])
    async with (
        smtp_server(settings, answer=lambda _: next(drops, None)) as server,
        running(Sender(settings, db).run),
    ):
        ids = await db.write(write, desk, 12)
        await all_in(db, ids, LetterState.SENT)
    assert {m["To"].addresses[0].addr_spec for m in server.taken} == {x.address for x in await every(db)}


async def test_a_server_that_is_away_is_waited_for(settings: Settings, db: Database, desk: Desk) -> None:
    async with running(Sender(settings, db).run):
        ids = await db.write(write, desk)

        async def put_off() -> bool:
            return (await every(db))[0].last_error is not None

        await until(put_off)
        assert await states(db, ids) == [LetterState.QUEUED]
        async with smtp_server(settings):
            await all_in(db, ids, LetterState.SENT)


async def test_a_letter_that_is_put_off_too_often_is_given_up(settings: Settings, db: Database, desk: Desk) -> None:
    short = settings.model_copy(update={"smtp_tries": 2, "look_every_seconds": 0.05})
    async with smtp_server(settings, answer=lambda _: "450 4.0.0 not now"), running(Sender(short, db).run):
        await all_in(db, await db.write(write, desk), LetterState.FAILED)
    assert (await every(db))[0].tries == 2


async def test_a_slow_letter_holds_up_only_its_own_connection(settings: Settings, db: Database, desk: Desk) -> None:
    class Slow(SmtpServer):
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
            if b"operator0@" in envelope.content:  # type: ignore[attr-defined]
                await asyncio.sleep(3)
            return await super().handle_DATA(server, session, envelope)

    slow, loop = Slow(), asyncio.get_running_loop()
    async with (
        listening(lambda: Smtp(slow, hostname="x", loop=loop), "127.0.0.1", settings.smtp_port),
        running(Sender(settings, db).run),
    ):
        _, *others = await db.write(write, desk, 10)
        async with asyncio.timeout(2.5):
            await all_in(db, others, LetterState.SENT)


async def test_a_letter_that_cannot_be_rendered_fails_alone(settings: Settings, db: Database, desk: Desk) -> None:
    bad = await db.write(write, desk, facts={})
    desk.clock.tick()
    forged = await db.write(write, desk, to="a@b.example>\r\nRCPT TO:<c@d.example")
    desk.clock.tick()
    async with smtp_server(settings) as server, running(Sender(settings, db).run):
        good = await db.write(write, desk)
        await all_in(db, [*bad, *forged], LetterState.FAILED)
        await all_in(db, good, LetterState.SENT)
    assert len(server.tried) == 1
    assert "cannot be rendered" in ((await every(db))[0].last_error or "cannot be rendered")


async def test_two_senders_send_every_letter_once(settings: Settings, db: Database, desk: Desk) -> None:
    other = settings.model_copy(update={"sender_bell": settings.worker_bell, "look_every_seconds": 0.02})
    async with smtp_server(settings) as server, running(Sender(settings, db).run), running(Sender(other, db).run):
        ids = await db.write(write, desk, 150)
        await all_in(db, ids, LetterState.SENT)
    assert len(server.taken) == 150


async def test_a_claimed_letter_is_nobody_elses_until_the_hold_runs_out(db: Database, desk: Desk) -> None:
    ids = await db.write(write, desk, 3)
    clock: Clock = desk.clock
    held = await db.write(outbox.claim, clock(), 2, HOLD)
    assert [x.tries for x in held] == [1, 1]
    assert len(await db.write(outbox.claim, clock(), 10, HOLD)) == 1
    assert await db.write(outbox.claim, clock.tick(29), 10, HOLD) == []
    again = await db.write(outbox.claim, clock.tick(1), 10, HOLD)
    assert {x.id for x in again} == set(ids)
    assert [x.tries for x in again] == [2, 2, 2]


async def test_the_oldest_letters_are_claimed_first(db: Database, desk: Desk) -> None:
    first = await db.write(write, desk)
    desk.clock.tick()
    await db.write(write, desk)
    assert [x.id for x in await db.write(outbox.claim, desk.clock(), 1, HOLD)] == first


async def test_a_letter_that_was_sent_or_failed_never_changes_again(db: Database, desk: Desk) -> None:
    sent, failed = await db.write(write, desk, 2)
    await db.write(outbox.mark_sent, [sent], desk.clock())
    await db.write(outbox.fail, failed, "550")
    await db.write(outbox.put_off, sent, desk.clock(), "451")
    await db.write(outbox.mark_sent, [failed], desk.clock())
    assert await states(db, [sent, failed]) == [LetterState.SENT, LetterState.FAILED]
    assert await db.write(outbox.claim, desk.clock.tick(days=1), 10, HOLD) == []


async def test_at_the_end_what_was_claimed_goes_out_and_is_marked(settings: Settings, db: Database, desk: Desk) -> None:
    async with smtp_server(settings) as server:
        stop = asyncio.Event()
        sending = asyncio.create_task(Sender(settings, db).run(stop))
        await db.write(write, desk, 20)
        await until(lambda: bool(server.taken))
        stop.set()
        await asyncio.wait_for(sending, 10)
        claimed = [x for x in await every(db) if x.tries]
        assert {x.state for x in claimed} == {LetterState.SENT}
        assert len(claimed) == len(server.taken)


def test_pauses_double_up_to_half_an_hour() -> None:
    chance = random.Random(1)
    for tries in range(1, 40):
        least = min(2.0 ** (tries - 1), LONGEST_PAUSE.total_seconds())
        assert least <= pause(tries, chance).total_seconds() <= least * 1.5
