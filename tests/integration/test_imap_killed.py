"""The part that reads a mailbox killed (-9) at each step of its work: no reply is lost, none is acted on twice."""

import asyncio
from collections.abc import Iterator

import pytest

from approvals.database import Database
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from tests.integration.imap_fixtures import counts, raw
from tests.integration.mail_fixtures import judged, stored, until
from tests.support.desk import Desk
from tests.support.dovecot import DovecotServer
from tests.support.forked import Nursery
from tests.support.held import held, until_waiting


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as one:
        yield one


async def decided(desk: Desk) -> int:
    return len(await desk.events(EventKind.DECIDED))


async def put_away(server: DovecotServer, settings: Settings, done: int) -> None:
    """Wait until the inbox is empty, and ``done`` messages are with those that were stored."""

    async def so() -> bool:
        return await counts(server, settings) == (0, done, 0)

    await until(so)


async def test_no_reply_is_lost_and_none_is_acted_on_twice(
    letter: Letter, box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, user: str, nursery: Nursery
) -> None:
    await asyncio.to_thread(dovecot.deliver, user, raw(letter, box, "同意\n"))
    async with held(db, "inbound_mail"), nursery.start(box) as part:  # fetched, not stored
        await until_waiting(db)
        part.kill()
    assert await stored(db) == []
    async with nursery.start(box, "flag", "judge") as part:  # stored; not judged, and the server knows nothing
        await part.until_at("flag", "judge")
        part.kill()
    assert (await counts(dovecot, box), len(await stored(db))) == ((1, 0, 0), 1)
    async with nursery.start(box, "move", "judge") as part:  # seen, not moved
        await part.until_at("move", "judge")
        part.kill()
    async with held(db, "letter", "NEW.kind = 'recorded'"), nursery.start(box, "move") as part:  # judged, not committed
        await until_waiting(db)
        part.kill()
    assert [mail.state for mail in await stored(db)] == [MailState.RECEIVED]
    assert (await counts(dovecot, box), await decided(desk)) == ((1, 0, 0), 0)
    async with nursery.start(box):
        assert [mail.state for mail in await judged(db)] == [MailState.DECIDED]
        await put_away(dovecot, box, 1)
    await _decided_and_not_put_away(box, db, desk, dovecot, nursery)
    assert (len(await stored(db)), await decided(desk)) == (2, 2)
    assert await desk.letters("not_counted") == []
    assert await desk.verify() is None


async def _decided_and_not_put_away(
    box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, nursery: Nursery
) -> None:
    """Kill it when the decision stands, and the message still lies in the inbox as if nobody had seen it."""
    (second,) = await desk.asked("@city:330100")
    await asyncio.to_thread(dovecot.deliver, box.imap_user, raw(second, box, "同意\n"))
    async with nursery.start(box, "flag") as part:
        await part.until_at("flag")
        assert [mail.state for mail in await judged(db, 2)] == [MailState.DECIDED] * 2
        part.kill()
    assert await counts(dovecot, box) == (1, 1, 0)
    async with nursery.start(box):
        await put_away(dovecot, box, 2)
