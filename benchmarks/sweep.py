"""``python -m benchmarks.sweep``: what the sweep costs while 100,000 stages wait, against a floor of the same run.

The floor is the cheapest question there is: one row by its primary key, in a read transaction of its own, through
the same ``Database``. Ours are the two questions of a sweep that finds nothing, the same with 200 stages due, and
one look at one stage (its application locked, a reminder written and sealed). Nothing is asserted.
"""

import asyncio
import datetime as dt
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlmodel import select

from approvals.database import Database
from approvals.late import recount, reminders
from approvals.late.calendars import calendar_of
from approvals.office import Office
from approvals.transaction import Transaction
from benchmarks.ground import Ground, opened
from benchmarks.measure import quantile
from benchmarks.report import NAMES
from benchmarks.run import postgres, scratch
from models.stage import Stage
from tests.support.crowd import crowd

WAITING, APPLICATIONS, TIMES = 100_000, 40, 200
BY_KEY = select(Stage.id).where(Stage.id == sa.bindparam("id"))


def _one_row(tx: Transaction, stage: str) -> str:
    return str(tx.execute(BY_KEY, {"id": stage}).scalar_one())


def _questions(tx: Transaction, now: dt.datetime) -> int:
    return len(recount.outdated(tx, now)) + len(reminders.overdue(tx, now))


def _wait(tx: Transaction, until: dt.datetime, version: str) -> list[str]:
    """Let very many stages wait until a day that is provisional; return the others, which the verbs made."""
    made = list(tx.exec(select(Stage.id)))
    crowd(tx, WAITING, of=made[0], remind_at=until, due_at=until, due_provisional=True, counted_by=version)
    return made


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


async def measure(db: Database, office: Office) -> dict[str, list[float]]:
    """Return the seconds of each question and of each look, by name; the floor is first."""
    now = dt.datetime.now(dt.UTC)
    later = now + dt.timedelta(days=60)
    calendar = await db.read(calendar_of, now)
    made = await db.write(_wait, later, calendar.version)
    done: dict[str, list[float]] = {}
    for name, work in (
        ("floor: one row by its key", lambda: db.read(_one_row, made[0])),
        ("both questions, nothing is due", lambda: db.read(_questions, now)),
        ("both questions, 200 of 100,000 are due", lambda: db.read(_questions, later)),
    ):
        done[name] = [await _timed(work) for _ in range(TIMES)]
    due = dt.timedelta(days=30)
    done["one look: lock, remind, seal, next look"] = [
        await _timed(lambda stage=stage: db.write(reminders.look_at, office, stage, now + due))  # type: ignore[misc]
        for stage in made
    ]
    return done


def table(results: dict[str, dict[str, list[float]]]) -> Table:
    made = Table(title=f"The sweep with {WAITING:,} stages waiting")
    for title in ("", "ms p50 · p99", "× floor p50"):
        made.add_column(title, justify="right" if title else "left")
    for backend, times in results.items():
        floor = quantile(next(iter(times.values())), 0.5)
        for name, found in times.items():
            p50, p99 = (quantile(found, share) for share in (0.5, 0.99))
            made.add_row(f"{NAMES[backend]}, {name}", f"{p50 * 1e3:.2f} · {p99 * 1e3:.2f}", f"{p50 / floor:.1f}")
    return made


async def bench(grounds: list[Ground]) -> dict[str, dict[str, list[float]]]:
    results = {}
    for ground in grounds:
        await ground.prepare()
        settings = ground.fresh()
        async with opened(settings) as db:
            results[ground.backend] = await measure(db, Office.of(settings))
    return results


def main() -> None:
    for name in [name for name in os.environ if name.startswith("LIANDONG_")]:
        del os.environ[name]
    with scratch() as folder, postgres() as server:
        grounds = [Ground("postgresql", Path(folder), server, APPLICATIONS)] if server else []
        grounds.append(Ground("sqlite", Path(folder), None, APPLICATIONS))
        results = asyncio.run(bench(grounds))
    Console(width=110, highlight=False).print(table(results))


if __name__ == "__main__":
    main()
