"""One side (the floor or Liandong) on one database: what it is made of, and what it does under load."""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from approvals.database import Database
from approvals.office import Office
from benchmarks.ground import Ground, letters_written, open_links, opened, rows
from benchmarks.passes import PassTimes, time_passes
from benchmarks.processes import Child, Sink, busy_seconds, cpu_seconds, listening
from cli.up import environment
from flows.server import PrefectServer
from models.settings import Settings
from tests.support.postgres import free_port

CLIENTS = 16
#: Nobody waits longer than this for a round of load.
ROUND_SECONDS = 120.0


@dataclass
class Figures:
    """What was measured of one side; times in milliseconds where nothing else is said."""

    answered: int = 0
    #: Seconds until the last answer, and until the last letter was accepted, summed over all rounds.
    seconds: float = 0.0
    seconds_with_letters: float = 0.0
    letters: int = 0
    #: POST sent to answer read, and to next letter accepted, at one client.
    answer_times: list[float] = field(default_factory=list)
    letter_times: list[float] = field(default_factory=list)
    #: CPU seconds by process, while 16 clients decided and until the last letter was accepted.
    cpu: dict[str, float] = field(default_factory=dict)
    #: CPU seconds that programs besides this benchmark took in that time.
    others: float = 0.0
    rows: dict[str, int] = field(default_factory=dict)
    passes: PassTimes | None = None

    def add(self, other: "Figures") -> None:
        self.answered, self.letters = self.answered + other.answered, self.letters + other.letters
        self.seconds += other.seconds
        self.seconds_with_letters += other.seconds_with_letters
        self.answer_times += other.answer_times
        self.letter_times += other.letter_times
        for name, seconds in other.cpu.items():
            self.cpu[name] = self.cpu.get(name, 0.0) + seconds
        self.others += other.others
        self.rows = other.rows or self.rows

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    @property
    def rate_with_letters(self) -> float:
        return self.answered / self.seconds_with_letters

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per decision of the side itself: no client, no sink, no Prefect."""
        ours = (s for name, s in self.cpu.items() if name in ("floor", "portal", "sender", "PostgreSQL"))
        return sum(ours) / self.answered * 1000


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@dataclass
class Side:
    """Processes that answer ``POST /d/{token}`` on ``port``, and the sink that they write to."""

    settings: Settings
    db: Database
    port: int
    sink: Sink
    pids: dict[str, int]
    pages: bool
    #: Letters that were written, and sent, before.
    before: int = 0


@asynccontextmanager
async def floor_side(ground: Ground) -> AsyncIterator[Side]:
    settings = ground.fresh()
    async with AsyncExitStack() as stack:
        sink, sink_pid = await _sink(stack, settings)
        args = (settings.database, str(settings.portal_port), str(settings.smtp_port), settings.home)
        floor = await stack.enter_async_context(Child(settings.home / "floor.log", "benchmarks.floor", *args))
        await listening(settings.portal_port, floor)
        db = await stack.enter_async_context(opened(settings))
        yield Side(settings, db, settings.portal_port, sink, {"floor": floor.pid, "sink": sink_pid}, pages=False)


@asynccontextmanager
async def our_side(ground: Ground, *, prefect: bool) -> AsyncIterator[Side]:
    settings = ground.fresh()
    env = environment(settings)
    async with AsyncExitStack() as stack:
        sink, sink_pid = await _sink(stack, settings)
        pids = {"sink": sink_pid}
        for name in ("portal", "sender"):
            child = Child(settings.home / f"{name}.log", "cli.main", name, env=env)
            pids[name] = (await stack.enter_async_context(child)).pid
            if name == "portal":
                await listening(settings.portal_port, child)
        if prefect:
            server = PrefectServer(settings)
            stack.push_async_callback(server.stop)
            await server.start()
            assert server.process is not None
            child = Child(settings.home / "worker.log", "cli.main", "worker", env=env)
            await stack.enter_async_context(child)
            pids |= {"Prefect server": server.process.pid, "Prefect worker": child.pid}
        db = await stack.enter_async_context(opened(settings))
        yield Side(settings, db, settings.portal_port, sink, pids, pages=True)


async def _sink(stack: AsyncExitStack, settings: Settings) -> tuple[Sink, int]:
    control = free_port()
    child = Child(settings.home / "sink.log", "benchmarks.sink", str(settings.smtp_port), str(control))
    await stack.enter_async_context(child)
    await listening(control, child)
    return Sink(control), child.pid


@dataclass(frozen=True)
class Plan:
    """How much is done."""

    #: Decisions at one client, and rounds (every open task once) at 16; six stages' worth end all applications.
    alone: int
    rounds: int
    #: Idle passes, and wake-ups waiting at once.
    idle_passes: int
    waiting: int


async def measure(ground: Ground, side: Side, plan: Plan, say: Callable[[str], None]) -> Figures:
    """Put load on ``side``: one client first, then 16."""
    figures = Figures()
    key = Office.of(side.settings).key
    side.before = await side.db.read(letters_written)
    pids = side.pids | ({"PostgreSQL": ground.server.pid} if ground.server else {})
    if "Prefect worker" in pids:
        prefect = {name: pid for name, pid in pids.items() if name.startswith("Prefect")}
        figures.passes = await time_passes(side.settings, side.db, prefect, plan.idle_passes, plan.waiting, say)
    links = (await side.db.read(open_links, key, 0))[: plan.alone]  # from the county on: one letter follows each
    alone = await _round(side, links, 1, pids, watch=True)
    say(f"  one client: {len(links)} decisions in {alone['seconds']:.1f} s")
    figures.answer_times, figures.letter_times = alone["answers"], alone["letters"]
    for number in range(plan.rounds):
        links = await side.db.read(open_links, key)
        if not links:
            break
        done = await _round(side, links, CLIENTS, pids)
        figures.add(
            Figures(
                len(links),
                done["seconds"],
                done["with_letters"],
                done["letters_come"],
                cpu=done["cpu"],
                others=done["others"],
            )
        )
        say(f"  round {number + 1}: {len(links)} decisions, {len(links) / done['seconds']:.0f} per second, "
            f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    figures.rows = await side.db.read(rows)
    return figures


async def _round(side: Side, links: list[str], clients: int, pids: dict[str, int], *, watch: bool = False) -> Any:
    """Have ``clients`` decide by all ``links``; return the client's times and the CPU time of every process."""
    written = await side.db.read(letters_written)
    await side.sink.has(written - side.before)  # what went before has arrived
    job = {"tokens": links, "port": side.port, "clients": clients, "pages": side.pages,
           "watch": side.sink.port if watch else None}  # fmt: skip
    async with Child(side.settings.home / "client.log", "benchmarks.client", talks=True) as client:
        await client.say(json.dumps(job))
        await client.hear(ROUND_SECONDS)
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        busy = busy_seconds()
        await client.say("go")
        done = json.loads(await client.hear(ROUND_SECONDS))
        due = await side.db.read(letters_written)
        last = await side.sink.has(due - side.before)
        cpu = {name: cpu_seconds(pid) - before[name] for name, pid in pids.items()} | {"client": done["cpu"]}
        others = max(0.0, busy_seconds() - busy - sum(cpu.values()))
    seconds = done["end"] - done["start"]
    with_letters = max(seconds, last - done["start"])
    return done | {"seconds": seconds, "with_letters": with_letters, "letters_come": due - written,
                   "cpu": cpu, "others": others}  # fmt: skip
