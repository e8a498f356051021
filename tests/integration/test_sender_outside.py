"""The sender towards the world: return paths, signatures, rates of domains, and what it counts."""

import asyncio
import itertools
from pathlib import Path
from typing import Any

import dkim
import httpx
import pytest

from approvals.database import Database
from models.settings import Settings
from models.states import LetterState
from notifications.receiving.listening import Smtp, listening
from notifications.sending.bounce_address import letter_of
from notifications.sending.sender import Sender
from notifications.sending.signing import make_key, signer
from tests.integration.mail_fixtures import running, smtp_server, until
from tests.integration.test_sender import all_in, every, states, write
from tests.support.desk import Desk
from tests.support.postgres import free_port

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


class Kept:
    """Keeps envelopes and bytes."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str, bytes]] = []
        self.answers: dict[str, list[str]] = {}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        said = self.answers.get(address.partition("@")[2])
        if said:
            return said.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.came.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        return "250 OK"


def server_of(kept: Kept, settings: Settings) -> Any:
    loop = asyncio.get_running_loop()
    return listening(lambda: Smtp(kept, hostname="x", loop=loop), settings.smtp_host, settings.smtp_port)


async def test_every_letter_has_a_return_path_of_its_own_and_is_signed(
    settings: Settings, db: Database, desk: Desk
) -> None:
    make_key(settings)
    kept, key = Kept(), signer(settings)
    assert key is not None
    async with server_of(kept, settings), running(Sender(settings, db).run):
        ids = await db.write(write, desk, 3)
        await all_in(db, ids, LetterState.SENT)
    assert sorted(str(letter_of(settings, path)) for path, _, _ in kept.came) == sorted(ids)
    for _, _, letter in kept.came:
        assert dkim.verify(letter, dnsfunc=lambda name, timeout=5: key.record.encode())


async def test_without_the_key_that_was_asked_for_nothing_goes_out(
    settings: Settings, db: Database, desk: Desk, tmp_path: Path
) -> None:
    asked = settings.model_copy(update={"dkim_key_file": str(tmp_path / "key.pem"), "look_every_seconds": 0.05})
    async with smtp_server(settings) as server, running(Sender(asked, db).run):
        ids = await db.write(write, desk)
        await until(lambda: put_off(db))
        assert "run `liandong dkim new`" in str((await every(db))[0].last_error)
        assert server.tried == []
        make_key(asked)
        await all_in(db, ids, LetterState.SENT)


async def put_off(db: Database) -> bool:
    return (await every(db))[0].last_error is not None


async def test_a_domain_gets_no_more_than_its_rate_and_others_go_on(
    settings: Settings, db: Database, desk: Desk
) -> None:
    slow = settings.model_copy(update={"smtp_domain_rate": "liandong.example=12", "look_every_seconds": 0.05})
    async with smtp_server(settings), running(Sender(slow, db).run):
        many = await db.write(write, desk, 6)
        desk.clock.tick()
        other = await db.write(write, desk, to="a@zj.example")
        await all_in(db, other, LetterState.SENT)
        await asyncio.sleep(0.3)
        found = await states(db, many)
    assert found.count(LetterState.SENT) == 2  # the letters of ten seconds at twelve a minute
    waiting = [one for one in await every(db) if one.state is LetterState.QUEUED]
    assert [one.tries for one in waiting] == [0] * 4
    turns = sorted(one.next_try_at for one in waiting)
    assert all(4.5 < (b - a).total_seconds() < 5.5 for a, b in itertools.pairwise(turns))


async def test_a_domain_that_asks_for_less_is_left_alone_as_a_whole(
    settings: Settings, db: Database, desk: Desk
) -> None:
    one = settings.model_copy(update={"smtp_connections": 1, "look_every_seconds": 0.05})
    kept = Kept()
    kept.answers["liandong.example"] = ["451 4.7.28 too much mail from you"]
    async with server_of(kept, settings), running(Sender(one, db).run):
        first = await db.write(write, desk)
        await until(lambda: put_off(db))
        desk.clock.tick()
        same = await db.write(write, desk)
        desk.clock.tick()
        other = await db.write(write, desk, to="a@zj.example")
        await all_in(db, other, LetterState.SENT)
        assert [to for _, to, _ in kept.came] == ["a@zj.example"]
        await all_in(db, [*first, *same], LetterState.SENT)
    assert len(kept.came) == 3


async def test_figures_are_shown_to_prometheus_on_this_machine(settings: Settings, db: Database, desk: Desk) -> None:
    port = free_port()
    shown = settings.model_copy(update={"sender_metrics_port": port})
    async with smtp_server(settings, answer_recipient=lambda a: "550 5.1.1 no" if "operator1" in a else None):
        ids = await db.write(write, desk, 3)
        async with running(Sender(shown, db).run), httpx.AsyncClient() as client:
            await all_in(db, [ids[0], ids[2]], LetterState.SENT)
            await all_in(db, [ids[1]], LetterState.FAILED)
            text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    assert 'liandong_letters_total{domain="liandong.example",kind="stuck",result="sent"} 2.0' in text
    assert 'liandong_letters_total{domain="liandong.example",kind="stuck",result="refused"} 1.0' in text
    for name in ("liandong_letter_seconds_bucket", "liandong_letters_waiting", "liandong_letters_oldest_seconds",
                 "liandong_smtp_connections 2.0"):  # fmt: skip
        assert name in text


async def test_a_port_for_figures_that_is_taken_stops_no_letter(settings: Settings, db: Database, desk: Desk) -> None:
    taken = settings.model_copy(update={"sender_metrics_port": settings.smtp_port})
    async with smtp_server(settings), running(Sender(taken, db).run):
        await all_in(db, await db.write(write, desk), LetterState.SENT)
