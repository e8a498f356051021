"""Passes: from wake-up (the decision is committed) to the new stage shown in Prefect.

The page counts as shown when the pass has said so in the tables (``shown_version``), its last act; it is
looked at every 10 ms. The first pass of an application also makes its run and checks the intake.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from approvals.office import Office
from approvals.transaction import Transaction
from benchmarks.ground import open_links
from benchmarks.processes import cpu_seconds
from models.secrets import derive_token
from models.settings import Settings
from models.states import Channel, Outcome

BEHIND = sa.text("SELECT count(*) FROM application WHERE version > shown_version")
#: The worker makes its deployments first.
READY_SECONDS, SHOWN_SECONDS = 60.0, 60.0


@dataclass
class PassTimes:
    """Seconds of idle passes, and passes per second with many wake-ups waiting."""

    first: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    waiting: int = 0
    first_rate: float = 0.0
    later_rate: float = 0.0
    #: CPU seconds of a pass by process, with many waiting.
    cpu: dict[str, float] = field(default_factory=dict)


async def time_passes(
    settings: Settings, db: Database, pids: dict[str, int], idle: int, waiting: int, say: Callable[[str], None]
) -> PassTimes:
    office, times = Office.of(settings), PassTimes(waiting=waiting)
    links = await db.read(open_links, office.key)
    await _approve(db, office, links.pop())
    await _shown(db, READY_SECONDS)  # the first of all waits for the worker's start
    at_once = [links.pop() for _ in range(waiting)]
    taken = [links.pop() for _ in range(idle)]
    say("  Prefect's worker is ready")
    for link in taken:
        times.first.append(await _one(db, office, link))
    # The tokens of what these applications now ask are the newest.
    for link in await db.read(_newest_links, office.key, idle):
        times.later.append(await _one(db, office, link))
    for what, found in (("first", times.first), ("later", times.later)):
        say(f"  {what} passes, idle: {' '.join(f'{x:.2f}' for x in found)} s")
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    times.first_rate = await _many(db, office, at_once)
    times.later_rate = await _many(db, office, await db.read(_newest_links, office.key, waiting))
    times.cpu = {name: (cpu_seconds(pid) - before[name]) / (2 * waiting) for name, pid in pids.items()}
    say(f"  passes: first {times.first_rate:.1f}, later {times.later_rate:.1f} per second with {waiting} waiting")
    return times


def _newest_links(tx: Transaction, key: bytes, count: int) -> list[str]:
    newest = sa.text(
        "SELECT t.nonce FROM token t JOIN task k ON k.id = t.task_id WHERE t.purpose = 'decide' AND k.state = 'open'"
        " ORDER BY t.issued_at DESC LIMIT :count"
    )
    return [derive_token(key, "decide", nonce) for (nonce,) in tx.execute(newest, {"count": count})]


async def _approve(db: Database, office: Office, link: str) -> None:
    said = await db.write(decide, office, link, Answer(Outcome.APPROVE), Channel.LINK, dt.datetime.now(dt.UTC))
    assert isinstance(said, Decided), said


async def _one(db: Database, office: Office, link: str) -> float:
    await _approve(db, office, link)
    start = time.perf_counter()
    await _shown(db, SHOWN_SECONDS)
    seconds = time.perf_counter() - start
    await asyncio.sleep(0.3)  # the run suspends after it has shown: idle again
    return seconds


async def _many(db: Database, office: Office, links: list[str]) -> float:
    """Wake many runs in one moment; return passes per second until all have shown it."""
    start = time.perf_counter()
    for link in links:
        await _approve(db, office, link)
    await _shown(db, SHOWN_SECONDS * 2, every=0.05)
    return len(links) / (time.perf_counter() - start)


async def _shown(db: Database, seconds: float, every: float = 0.01) -> None:
    """Return when no application is ahead of its run's page."""
    until = time.perf_counter() + seconds
    while behind := await db.read(lambda tx: tx.execute(BEHIND).scalar_one()):
        if time.perf_counter() > until:
            raise RuntimeError(f"{behind} runs did not show the newest version within {seconds:.0f} s")
        await asyncio.sleep(every)
