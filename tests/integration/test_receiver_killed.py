"""The receiver killed (-9) at each step of its work: no reply is lost, none is acted on twice."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib

from approvals.database import Database
from cli.up import environment
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from tests.integration.mail_fixtures import as_sent, judged, reply_address, reply_to, send, stored, until
from tests.support.desk import Desk
from tests.support.held import held, until_waiting

ROOT = Path(__file__).parents[2]
RECEIVER = """
import asyncio
from approvals.database import Database
from models.settings import Settings
from notifications.receiving.receiver import Receiver
from tests.support.clock import Clock

async def run():
    settings = Settings()
    await Receiver(settings, Database(settings), clock=Clock()).run(asyncio.Event())

asyncio.run(run())
"""
#: What a client meets whose server dies.
HUNG_UP = (aiosmtplib.SMTPException, OSError)


@asynccontextmanager
async def receiver(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a receiver in a process of its own; kill it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RECEIVER,
        cwd=ROOT,
        env=os.environ | environment(settings),
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            while not await _listens(settings):
                assert process.returncode is None, "the receiver ended by itself"
                await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _listens(settings: Settings) -> bool:
    try:
        _, writer = await asyncio.open_connection(settings.host, settings.receiver_port)
    except OSError:
        return False
    writer.close()
    return True


async def kill(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def in_vain(settings: Settings, raw: bytes, to: str) -> None:
    """Send a message to a receiver that dies of it; the client keeps it."""
    with contextlib.suppress(*HUNG_UP):
        await send(settings, raw, to)
        raise AssertionError("it said that it had the message")


async def test_no_reply_is_lost_and_none_is_acted_on_twice(settings: Settings, db: Database, desk: Desk) -> None:
    await desk.submit()
    (letter,) = await desk.asked("@county:330110")
    raw, to = as_sent(settings, reply_to(letter, settings, "同意\n")), reply_address(letter, settings)
    async with held(db, "inbound_mail"), receiver(settings) as process:  # before it is stored
        sending = asyncio.create_task(in_vain(settings, raw, to))
        await until_waiting(db)
        await kill(process)
        await sending
    assert await stored(db) == []
    async with held(db, "letter", "NEW.kind = 'recorded'"), receiver(settings) as process:  # judged, not committed
        await send(settings, raw, to)
        await until_waiting(db)
        await kill(process)
    assert [mail.state for mail in await stored(db)] == [MailState.RECEIVED]
    assert await desk.events(EventKind.DECIDED) == []
    async with receiver(settings) as process:
        assert [mail.state for mail in await judged(db)] == [MailState.DECIDED]
        await send(settings, raw, to)  # its client knows nothing of all this
        (second,) = await desk.asked("@city:330100")
        await _stored_and_not_answered(settings, db, second, process)
    async with receiver(settings):
        again = reply_to(second, settings, "同意\n", Message_ID="<kept@zj.example>")
        await send(settings, again)
        assert [mail.state for mail in await judged(db, 2)] == [MailState.DECIDED, MailState.DECIDED]
    assert len(await stored(db)) == 2
    assert len(await desk.events(EventKind.DECIDED)) == 2
    assert await desk.letters("not_counted") == []
    assert await desk.verify() is None


async def _stored_and_not_answered(
    settings: Settings, db: Database, letter: Letter, process: asyncio.subprocess.Process
) -> None:
    """Kill the receiver as soon as the message is there; whatever it said, its client does not hear it."""
    raw = as_sent(settings, reply_to(letter, settings, "同意\n", Message_ID="<kept@zj.example>"))
    sending = asyncio.create_task(send(settings, raw, reply_address(letter, settings)))

    async def there() -> bool:
        return len(await stored(db)) == 2

    await until(there)
    await kill(process)
    with contextlib.suppress(*HUNG_UP):
        await sending
