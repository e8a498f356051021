"""``python -m benchmarks.letters``: letters a second to a local sink, against bare aiosmtplib in the same run.

The floor sends the same bytes, made before, on as many kept-open connections as one sender has. Ours is `liandong
sender`: the letters wait in the outbox, and each is claimed, rendered, signed (where the row says so), sent and noted.
The rate is that of the sink once a few letters have come, to the last. Rounds go floor, ours, floor, ours ...; the
median counts, against the floor of the same rounds. Letters go without a dossier but where the row says so: there each
application's is new, and is set in its PDF.

``--distance`` also says what a server 20 ms away makes of it, with more connections, and with commands pipelined by
a client written by hand (ADR 0026). Nothing is asserted.
"""

import argparse
import asyncio
import os
import pickle
import statistics
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlmodel import select

from approvals.transaction import Transaction
from benchmarks.ground import Ground, opened
from benchmarks.processes import Child, cpu_seconds, listening
from benchmarks.report import NAMES
from benchmarks.run import postgres, scratch
from cli.up import environment
from models.letter import Letter
from models.settings import Settings
from notifications.papers.dossiers import Dossiers
from notifications.sending.bounce_address import bounce_address
from notifications.sending.outgoing import outgoing
from notifications.sending.sender import utc_now
from notifications.sending.signing import make_key
from tests.support.postgres import free_port

APPLICATIONS, ROUNDS, CONNECTIONS = 500, 3, 2
#: Letters before the clock runs: templates are compiled for the first.
WARM = 200
DISTANCE_MS = 20
SECONDS = 120.0
#: A process that spends less CPU in half a second waits.
IDLE_SECONDS = 0.05
Begin = Callable[[list[Child]], Awaitable[None]]
AGAIN = "UPDATE letter SET state = 'queued', tries = 0, sent_at = NULL, next_try_at = written_at"


@dataclass
class Rates:
    """Letters a second and CPU milliseconds a letter of the side's own processes, a round each."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{statistics.median(self.rates):.0f}"


@dataclass(frozen=True)
class Side:
    """How our letters are sent."""

    name: str
    senders: int = 1
    signed: bool = False
    dossiers: bool = False

    def settings(self, fresh: Settings) -> Settings:
        """Return the settings of a round, with a key where it signs."""
        settings = fresh.model_copy(update={"smtp_connections": CONNECTIONS, "look_every_seconds": 0.1})
        if self.signed:
            make_key(settings)
        return settings if self.dossiers else settings.model_copy(update={"dossier_bytes": 0})


SIDES = (
    Side("one sender"),
    Side("two senders", senders=2),
    Side("two senders, signed (RSA 2048)", senders=2, signed=True),
    Side("two senders, new dossiers", senders=2, dossiers=True),
)


def _again(tx: Transaction) -> int:
    tx.execute(sa.text(AGAIN))
    return tx.execute(sa.text("SELECT count(*) FROM letter")).scalar_one()


async def _made(settings: Settings, file: Path) -> int:
    """Write the letters as they would go out into ``file``."""
    async with opened(settings) as db:
        letters = await db.read(lambda tx: list(tx.exec(select(Letter))))
        dossiers = Dossiers(db, utc_now)
        attached = [await dossiers.of(one) if settings.dossier_bytes else None for one in letters]
    made = zip(letters, attached, strict=True)
    ready = [(bounce_address(settings, one.id), one.address, outgoing(one, settings, pdf)) for one, pdf in made]
    file.write_bytes(pickle.dumps(ready))
    return len(ready)


async def _watched(control: int, count: int, children: list[Child], begin: Begin) -> tuple[float, float]:
    """Return letters a second at the sink once it is warm, and CPU milliseconds of the children for each."""
    reader, writer = await asyncio.open_connection("127.0.0.1", control)
    writer.write(b"watch\n")
    await reader.readline()
    async with AsyncExitStack() as stack, asyncio.timeout(SECONDS):
        for child in children:
            await stack.enter_async_context(child)
        await begin(children)
        for _ in range(WARM):
            first = int(await reader.readline())
        before = sum(cpu_seconds(child.pid) for child in children)
        for _ in range(count - WARM):
            last = int(await reader.readline())
        spent = sum(cpu_seconds(child.pid) for child in children) - before
    writer.close()
    return (count - WARM) / (last - first) * 1e9, spent / (count - WARM) * 1000


async def _at_once(_: list[Child]) -> None:
    """The floor begins when it has started."""


def _queued(settings: Settings) -> Begin:
    """Return what queues the letters once every sender has started and waits for them."""

    async def begin(children: list[Child]) -> None:
        spent, before = 0.0, -1.0
        while spent - before > IDLE_SECONDS or spent < 10 * IDLE_SECONDS:
            await asyncio.sleep(0.5)
            before, spent = spent, sum(cpu_seconds(child.pid) for child in children)
        async with opened(settings) as db:
            await db.write(_again)

    return begin


async def _round(
    settings: Settings, count: int, rates: Rates, children: list[Child], begin: Begin = _at_once, delay: float = 0
) -> None:
    control = free_port()
    async with AsyncExitStack() as stack:
        sink = Child(settings.home / "sink.log", "benchmarks.sink", str(settings.smtp_port), str(control), str(delay))
        await stack.enter_async_context(sink)
        await listening(control, sink)
        rate, spent = await _watched(control, count, children, begin)
    rates.rates.append(rate)
    rates.cpu.append(spent)


def _floor(settings: Settings, file: Path, way: str = "bare", connections: int = CONNECTIONS) -> list[Child]:
    args = (way, str(settings.smtp_port), str(connections), file)
    return [Child(settings.home / "side.log", "benchmarks.letter_floor", *args)]


async def _against_the_floor(ground: Ground, side: Side, floor: Rates, ours: Rates) -> None:
    """Measure ``side`` and the floor in turns; ours has a fresh copy of the ground in each round."""
    file = ground.folder / "letters.pickle"
    for number in range(1 if side.dossiers else ROUNDS):
        settings = side.settings(ground.fresh())
        if number == 0:
            count = await _made(side.settings(ground.fresh()), file)
        await _round(settings, count, floor, _floor(settings, file))
        log, env = settings.home / "side.log", environment(settings)
        senders = [Child(log, "cli.main", "sender", env=env) for _ in range(side.senders)]
        await _round(settings, count, ours, senders, _queued(settings))


async def against_the_floor(ground: Ground) -> Table:
    """Measure one database on every side."""
    shown = Table("", "letters/s", "the floor", "ratio", "CPU a letter", "the floor", title=NAMES[ground.backend])
    for side in SIDES:
        floor, ours = Rates(), Rates()
        await _against_the_floor(ground, side, floor, ours)
        share = statistics.median(ours.rates) / statistics.median(floor.rates)
        cpu = (f"{statistics.median(rates.cpu):.2f} ms" for rates in (ours, floor))
        shown.add_row(side.name, str(ours), str(floor), f"{share:.2f} ×", *cpu)
    return shown


async def at_a_distance(ground: Ground) -> Table:
    """Say what round trips cost, and what pipelining or more connections save."""
    shown = Table("", "here", f"{DISTANCE_MS} ms away", title="letters/s, made before")
    settings = ground.fresh()
    file = settings.home / "letters.pickle"
    count = await _made(settings, file)
    for way, connections in (("bare", 2), ("pipelined", 2), ("bare", 4), ("bare", 8), ("bare", 16)):
        found = []
        for delay in (0, DISTANCE_MS):
            rates = Rates()
            await _round(settings, count, rates, _floor(settings, file, way, connections), delay=delay)
            found.append(str(rates))
        shown.add_row(f"{way}, {connections} connections", *found)
    return shown


async def bench(grounds: list[Ground], console: Console, *, distance: bool) -> None:
    for ground in grounds:
        await ground.prepare()
        console.print(await against_the_floor(ground))
    if distance:
        console.print(await at_a_distance(grounds[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description="Letters a second, against bare aiosmtplib.")
    parser.add_argument("--quick", action="store_true", help="SQLite only")
    parser.add_argument("--distance", action="store_true", help="also with a server 20 ms away")
    args = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("LIANDONG_")]:
        del os.environ[name]
    console = Console(width=max(Console().width, 100), highlight=False)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with scratch() as folder, postgres() as server:
        grounds = [Ground("postgresql", folder, server, APPLICATIONS)] if server and not args.quick else []
        grounds.append(Ground("sqlite", folder, None, APPLICATIONS))
        asyncio.run(bench(grounds, console, distance=args.distance))
    console.print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
