"""Two at the same moment: applications ready for it, two connections, and one barrier."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sqlmodel import select

from approvals.answer import Answer
from approvals.database import Database
from approvals.decide import decide
from approvals.submit import submit
from approvals.transaction import Transaction
from models.application import Application
from models.letter import Letter
from models.secrets import derive_token
from models.states import Channel, Outcome, Purpose
from tests.support.desk import CHAIN, Desk, address_of
from tests.support.forms import form_of

COUNTY = "@county:330110"


def letters_to(tx: Transaction, desk: Desk, app: Application, unit: str, *, links: bool = False) -> list[str]:
    """Return the reply tokens, or links, in the letters that ask ``unit``, the newest first."""
    asked = select(Letter).where(Letter.application_id == app.id, Letter.kind == "ask")
    mine = [x for x in tx.exec(asked) if x.address.startswith((address_of(unit), f"second.{address_of(unit)}"))]
    mine.sort(key=lambda x: x.written_at, reverse=True)
    purpose, nonce = (Purpose.DECIDE, "link_nonce") if links else (Purpose.REPLY, "reply_nonce")
    return [derive_token(desk.office.key, purpose, x.facts[nonce]) for x in mine]


def ready(tx: Transaction, desk: Desk, first: int, count: int, until: str) -> list[Application]:
    """Submit ``count`` applications and walk each to ``until``'s turn, all in one transaction."""
    made = []
    for n in range(first, first + count):
        app = submit(tx, desk.office, form_of(project__title=f"项目 {n}"), desk.clock.tick())
        for unit in CHAIN[: CHAIN.index(until)]:
            tx.finish()  # one verb a transaction is the rule; here several share one
            token = letters_to(tx, desk, app, unit)[0]
            decide(tx, desk.office, token, Answer(Outcome.APPROVE), Channel.REPLY, desk.clock.tick())
        made.append(app)
    return made


async def applications(
    desk: Desk, count: int, until: str = COUNTY, *, links: bool = False
) -> list[tuple[Application, dict[str, list[str]]]]:
    """Return ``count`` applications at ``until``'s turn, each with the tokens of every unit asked so far."""

    def tokens(tx: Transaction, app: Application) -> dict[str, list[str]]:
        return {unit: letters_to(tx, desk, app, unit, links=links) for unit in CHAIN}

    found = []
    for first in range(0, count, 25):
        for app in await desk.db.write(ready, desk, first, min(25, count - first), until):
            found.append((app, await desk.db.read(tokens, app)))
    return found


async def at_once(*works: Callable[[], Coroutine[Any, Any, Any]]) -> list[Any]:
    """Start all ``works`` behind one barrier and return what each gave or raised."""
    barrier = asyncio.Barrier(len(works))

    async def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        await barrier.wait()
        return await work()

    return await asyncio.gather(*(run(work) for work in works), return_exceptions=True)


def answering(desk: Desk, db: Database, token: str, answer: Answer | None = None) -> Callable[[], Any]:
    said = answer or Answer(Outcome.APPROVE)
    now = desk.clock()
    return lambda: db.write(decide, desk.office, token, said, Channel.REPLY, now)
