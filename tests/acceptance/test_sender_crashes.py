"""Kill -9 of a real sender at each step of its work: no letter is lost, and one comes twice only where nobody can know.

A letter that was handed over and not noted goes again when its hold has run out, with the same Message-ID and the
same bytes, signature included; a letter that was noted never does.
"""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from approvals.database import Database
from cli.up import environment
from models.settings import Settings
from models.states import LetterState
from notifications.receiving.listening import Smtp, listening
from notifications.sending.sender import Sender
from notifications.sending.signing import make_key
from tests.integration.mail_fixtures import running, until
from tests.integration.test_sender import every, states, write
from tests.support.desk import Desk

pytestmark = pytest.mark.acceptance

LETTERS = 5
#: Which letter of the five the sender is killed at.
AT = 3
ROOT = Path(__file__).parents[2]


@dataclass
class Watched:
    """A mail server that knows when to kill: ``step`` is where the sender stands when it dies."""

    settings: Settings
    step: str
    sender: Process | None = None
    taken: list[bytes] = field(default_factory=list)
    held: Any = None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        if self.step == "claimed, not sent" and len(self.taken) == AT - 1:
            self.kill()
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.content)
        if self.step == "sent, no answer heard" and len(self.taken) == AT:
            self.kill()
        if self.step == "sent, not noted" and len(self.taken) == AT:
            self.held = await hold_letters(self.settings)
        return "250 OK"

    def kill(self) -> None:
        """End the sender by its own pid, once."""
        if self.sender is not None and self.sender.returncode is None:
            os.kill(self.sender.pid, signal.SIGKILL)
            self.sender = None


async def hold_letters(settings: Settings) -> Any:
    """Keep everybody from writing letters until what is returned is closed."""
    if settings.database.startswith("sqlite"):
        held = sqlite3.connect(settings.database.removeprefix("sqlite:///"), isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        return held
    connection = await asyncpg.connect(settings.database)
    await connection.execute("BEGIN")
    await connection.execute("SELECT id FROM letter FOR UPDATE")
    return connection


async def let_go(held: Any) -> None:
    """Let others write letters again."""
    if isinstance(held, sqlite3.Connection):
        held.close()
    elif held is not None:
        await held.close()


@contextlib.asynccontextmanager
async def child(settings: Settings) -> AsyncIterator[Process]:
    """Run `liandong sender` as a process of its own."""
    made = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli.main",
        "sender",
        cwd=ROOT,
        env=os.environ | environment(settings),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
    )
    try:
        yield made
    finally:
        if made.returncode is None:
            made.kill()
        await made.wait()


def later() -> dt.datetime:
    """Return a time at which every hold has run out."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)


STEPS = ["claimed, not sent", "sent, no answer heard", "sent, not noted", "noted"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_sender_that_is_killed_loses_no_letter(step: str, settings: Settings, db: Database, desk: Desk) -> None:
    here = settings.model_copy(update={"smtp_connections": 1, "look_every_seconds": 0.1})
    make_key(here)
    ids = await db.write(write, desk, LETTERS)
    server, loop = Watched(here, step), asyncio.get_running_loop()
    async with listening(lambda: Smtp(server, hostname="mail.example", loop=loop), "127.0.0.1", here.smtp_port):
        async with child(here) as sender:
            server.sender = sender
            if step == "noted":
                await until(lambda: all_noted(db, ids))
                server.kill()
            elif step == "sent, not noted":
                await until(lambda: server.held is not None)
                await asyncio.sleep(0.5)  # the answer is heard, and what it means cannot be written down
                server.kill()
            await asyncio.wait_for(sender.wait(), 30)
            assert sender.returncode == -signal.SIGKILL
        await let_go(server.held)
        server.step = "over"
        before = list(server.taken)
        async with running(Sender(here, db, clock=later).run):
            await until(lambda: all_noted(db, ids))
    came = Counter(server.taken)
    assert {b"Message-ID: <%s>" % one.message_id.encode() for one in await every(db) if one.id in ids} == {
        next(line for line in letter.split(b"\r\n") if line.startswith(b"Message-ID:")) for letter in came
    }
    twice = [letter for letter, times in came.items() if times > 1]
    # As many as nobody could know of, all of them there before the kill, and none three times.
    assert set(came.values()) <= {1, 2}
    assert all(letter in before for letter in twice)
    if step == "noted":
        assert twice == []
        assert len(server.taken) == LETTERS
    elif step == "claimed, not sent":
        assert len(twice) <= AT - 1  # sent so lately that the note was still on its way
    else:
        assert before[AT - 1] in twice


async def all_noted(db: Database, ids: list[str]) -> bool:
    return set(await states(db, ids)) == {LetterState.SENT}
