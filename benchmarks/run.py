"""``make bench``: what Liandong costs, in one run against a floor written by hand (``benchmarks.floor``).

The floor is a bare Starlette app: one hand-written transaction of the same rows (asyncpg, or the standard
library's sqlite3), and aiosmtplib on connections that stay open. It renders no page, has no outbox and wakes
nobody; both run on the uvicorn that is installed, on PostgreSQL with fsync and on SQLite with synchronous=FULL.

- Ground: 500 applications of a consortium for 18 million yuan (no one-time code), submitted by the real verb.
- Next letter: one client; from the POST sent to the letter of the next stage accepted by an SMTP sink.
- Decisions per second: 16 clients approve every open task, stage after stage, up to the award. Pages are opened
  (GET, for the cookie and the form) before the clock starts, and their CPU time is not counted. "Until letters
  are out" ends with the last letter accepted by the sink: the floor sends before it answers, ours after.
- CPU: /proc/<pid>/stat of portal, sender and PostgreSQL with all its backends, from the first POST to the last
  letter; the client, the sink and Prefect are told apart in the notes.
- Passes: see ``benchmarks.passes``. Prefect keeps its own SQLite; it runs beside only where the row says so, and
  then always has wake-ups waiting while the 16 decide.

The floor is measured before and after our side, and the two are taken together, since a machine's speed drifts.
Nothing here is asserted: aims stand beside what was reached. ``--quick`` does less, ``--profile`` only says
where a decision's time goes.
"""

import argparse
import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks import report
from benchmarks.ground import Ground
from benchmarks.measure import Figures, Plan, Side, floor_side, measure, our_side
from benchmarks.profiling import profile
from tests.support.postgres import PostgresMissing, PostgresServer

FULL = Plan(alone=300, rounds=6, idle_passes=20, waiting=50)
QUICK = Plan(alone=100, rounds=1, idle_passes=5, waiting=15)
#: Rounds with Prefect beside: after these, the picture does not change any more.
ROUNDS_BESIDE = 2
#: After this time, what was measured so far is printed.
LONGEST_SECONDS, LONGEST_SECONDS_QUICK = 780, 300
APPLICATIONS = 500

START = time.perf_counter()
console = Console(width=max(Console().width, 132), highlight=False)


def say(line: str) -> None:
    console.print(f"[dim]{time.perf_counter() - START:4.0f} s[/] {line}", soft_wrap=True)


@contextmanager
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="liandong-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[PostgresServer | None]:
    try:
        server = PostgresServer()
    except PostgresMissing as missing:
        say(f"[yellow]without PostgreSQL: {missing}[/]")
        yield None
        return
    with server:
        yield server


async def bench(grounds: list[Ground], results: report.Results, *, quick: bool) -> None:
    plan = QUICK if quick else FULL
    for ground in grounds:
        sides = results.setdefault(ground.backend, {})
        await one(ground, report.FLOOR, sides, plan)
        await one(ground, report.ALONE, sides, plan)
        if not quick or ground.backend == "sqlite":
            await one(ground, report.BESIDE, sides, replace(plan, rounds=min(plan.rounds, ROUNDS_BESIDE)))
        await one(ground, report.FLOOR, sides, plan)


async def one(ground: Ground, name: str, sides: dict[str, Figures], plan: Plan) -> None:
    """Measure one side; a side that fails is said and left out, and the others go on."""
    say(f"{report.NAMES[ground.backend]}, {name}")
    made = floor_side(ground) if name == report.FLOOR else our_side(ground, prefect=name == report.BESIDE)
    side: Side | None = None
    try:
        async with made as side:
            figures = await measure(ground, side, plan, say)
    except (Exception, AssertionError) as error:
        console.print(f"  failed, left out: {type(error).__name__}: {error}", style="red", markup=False)
        for log in sorted(side.settings.home.glob("*.log")) if side else ():
            console.print(f"  {log.name}: {log.read_text(errors='replace')[-600:]}", markup=False)
        return
    sides.setdefault(name, Figures()).add(figures)
    sides[name].passes = figures.passes


async def work(grounds: list[Ground], args: argparse.Namespace) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)  # type: ignore[union-attr]
    for ground in grounds:
        start = time.perf_counter()
        await ground.prepare()
        say(f"{report.NAMES[ground.backend]}: {ground.applications} applications submitted by the verb "
            f"in {time.perf_counter() - start:.1f} s")  # fmt: skip
    if args.profile:
        for ground in grounds:
            await profile(ground, say)
        return
    results: report.Results = {}
    try:
        async with asyncio.timeout(LONGEST_SECONDS_QUICK if args.quick else LONGEST_SECONDS):
            await bench(grounds, results, quick=args.quick)
    except TimeoutError:
        say("[red]broken off: this machine is too slow or too busy for the rest[/]")
    finally:
        console.print(report.table(results))
        for line in report.notes(results):
            console.print(line, soft_wrap=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Liandong against a floor.")
    parser.add_argument("--quick", action="store_true", help="about a minute and a half, Prefect beside SQLite only")
    parser.add_argument("--profile", action="store_true", help="only say where a decision's time goes")
    args = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("LIANDONG_")]:
        del os.environ[name]
    say(f"{os.cpu_count()} cores, load {' '.join(f'{x:.1f}' for x in os.getloadavg())} before")
    with scratch() as folder, postgres() as server, suppress(asyncio.CancelledError, KeyboardInterrupt):
        grounds = [Ground("postgresql", folder, server, APPLICATIONS)] if server else []
        grounds.append(Ground("sqlite", folder, None, APPLICATIONS))
        asyncio.run(work(grounds, args))
    say(f"load {' '.join(f'{x:.1f}' for x in os.getloadavg())} after")


if __name__ == "__main__":
    main()
