"""Mailboxes of tests, on the Dovecot that the session shares."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from approvals.database import Database
from models.letter import Letter
from models.settings import Settings
from notifications.receiving.imap import Mailbox
from tests.integration.mail_fixtures import as_sent, reply_to, running, until
from tests.support.desk import Desk
from tests.support.dovecot import PASSWORD, DovecotServer


def with_mailbox(settings: Settings, server: DovecotServer, user: str, **changes: object) -> Settings:
    """Return settings with the mailbox ``user``; a message is judged when the server tells of it, or not for long."""
    of_imap = {"imap_host": "127.0.0.1", "imap_port": server.tls_port, "imap_user": user}
    of_imap |= {"imap_password": PASSWORD, "imap_ca_file": str(server.certificate), "look_every_seconds": 60.0}
    return Settings.model_validate(settings.model_dump() | of_imap | changes)


def raw(letter: Letter, settings: Settings, text: str, **headers: str) -> bytes:
    """Return a signed reply to ``letter``."""
    return as_sent(settings, reply_to(letter, settings, text, **headers))


async def counts(server: DovecotServer, settings: Settings) -> tuple[int, int, int]:
    """Return how many messages are in the inbox, were stored, and are not for us."""
    folders = (settings.imap_folder, settings.imap_done_folder, settings.imap_other_folder)
    found = [await asyncio.to_thread(server.count, settings.imap_user, folder) for folder in folders]
    return found[0], found[1], found[2]


@asynccontextmanager
async def at_work(settings: Settings, db: Database, desk: Desk, server: DovecotServer) -> AsyncIterator[None]:
    """Run the part, and wait until it has opened the mailbox."""
    async with running(Mailbox(settings, db, clock=desk.clock).run):
        await until(lambda: has_folder(server, settings))
        yield


async def has_folder(server: DovecotServer, settings: Settings) -> bool:
    def look() -> bool:
        with server.client(settings.imap_user) as client:
            return bool(client.folder_exists(settings.imap_other_folder))

    return await asyncio.to_thread(look)
