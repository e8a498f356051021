"""``python -m benchmarks.letters``: letters a second to a local sink, against bare aiosmtplib in the same run.

The floor sends bytes that were made before, on as many kept-open connections. Ours is `liandong sender`: the
letters wait in the outbox, and each is claimed, rendered, signed (where the row says so), sent and noted. The rate is
that of the sink, from the first letter to the last. Rounds go floor, ours, floor, ours ...; the median counts.

``--distance`` also says what a server 20 ms away makes of it, with more connections, and with commands pipelined by
a client written by hand (ADR 0026). Nothing is asserted.
"""

import argparse
import asyncio
import os
import pickle
import statistics
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
from notifications.bounce_address import bounce_address
from notifications.outgoing import outgoing
from notifications.signing import make_key
from tests.support.postgres import free_port

APPLICATIONS, ROUNDS, CONNECTIONS = 300, 3, 2
DISTANCE_MS = 20
SECONDS = 120.0
AGAIN = "UPDATE letter SET state = 'queued', tries = 0, sent_at = NULL, next_try_at = written_at"


@dataclass
class Rates:
    """Letters a second, a round each, and CPU milliseconds a letter of the side itself."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{statistics.median(self.rates):.0f}"


def _again(tx: Transaction) -> int:
    tx.execute(sa.text(AGAIN))
    return tx.execute(sa.text("SELECT count(*) FROM letter")).scalar_one()


async def _made(settings: Settings, file: Path) -> int:
    """Write the letters as they would go out into ``file``."""
    async with opened(settings) as db:
        letters = await db.read(lambda tx: list(tx.exec(select(Letter))))
    ready = [(bounce_address(settings, one.id), one.address, outgoing(one, settings)) for one in letters]
    file.write_bytes(pickle.dumps(ready))
    return len(ready)


async def _watched(control: int, count: int, children: list[Child]) -> tuple[float, float]:
    """Return letters a second at the sink, from the first to the last, and the children's CPU seconds in all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", control)
    writer.write(b"watch\n")
    await reader.readline()
    async with AsyncExitStack() as stack, asyncio.timeout(SECONDS):
        for child in children:
            await stack.enter_async_context(child)
        first = last = int(await reader.readline())
        before = sum(cpu_seconds(child.pid) for child in children)
        for _ in range(count - 1):
            last = int(await reader.readline())
        spent = sum(cpu_seconds(child.pid) for child in children) - before
    writer.close()
    return (count - 1) / (last - first) * 1e9, spent


async def _round(
    settings: Settings, count: int, rates: Rates, *command: str | Path, delay: float = 0, processes: int = 1
) -> None:
    control = free_port()
    async with AsyncExitStack() as stack:
        log = settings.home / "sink.log"
        sink = Child(log, "benchmarks.sink", str(settings.smtp_port), str(control), str(delay))
        await stack.enter_async_context(sink)
        await listening(control, sink)
        log = settings.home / "side.log"
        children = [Child(log, *command, env=environment(settings)) for _ in range(processes)]
        rate, spent = await _watched(control, count, children)
    rates.rates.append(rate)
    rates.cpu.append(spent / count * 1000)


def _floor(settings: Settings, file: Path, way: str = "bare", connections: int = CONNECTIONS) -> tuple[str | Path, ...]:
    return ("benchmarks.letter_floor", way, str(settings.smtp_port), str(connections), file)


async def against_the_floor(ground: Ground, console: Console) -> Table:
    """Measure one database, signed and unsigned."""
    shown = Table("", "letters/s", "of the floor", "CPU a letter", title=NAMES[ground.backend])
    settings = ground.fresh().model_copy(update={"smtp_connections": CONNECTIONS, "look_every_seconds": 0.1})
    file = settings.home / "letters.pickle"
    floor, plain, two, signed = Rates(), Rates(), Rates(), Rates()
    for rates, processes in ((plain, 1), (two, 2), (signed, 1)):
        if rates is signed:
            make_key(settings)
        count = await _made(settings, file)
        for _ in range(ROUNDS):
            await _round(settings, count, floor, *_floor(settings, file))
            async with opened(settings) as db:
                await db.write(_again)
            await _round(settings, count, rates, "cli.main", "sender", processes=processes)
    named = {"bare aiosmtplib": floor, "Liandong": plain, "Liandong, two senders": two, "Liandong, signed": signed}
    for name, rates in named.items():
        share = statistics.median(rates.rates) / statistics.median(floor.rates)
        shown.add_row(name, str(rates), f"{share:.2f} ×", f"{statistics.median(rates.cpu):.2f} ms")
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
            await _round(settings, count, rates, *_floor(settings, file, way, connections), delay=delay)
            found.append(str(rates))
        shown.add_row(f"{way}, {connections} connections", *found)
    return shown


async def bench(grounds: list[Ground], console: Console, *, distance: bool) -> None:
    for ground in grounds:
        await ground.prepare()
        console.print(await against_the_floor(ground, console))
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
