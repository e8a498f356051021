"""Where a decision's time goes, in one process: statements, time in SQL, time in Python, and cProfile's top."""

import cProfile
import datetime as dt
import io
import pstats
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import select

from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.office import Office
from approvals.transaction import Transaction
from benchmarks.ground import Ground, open_links, opened
from models.letter import Letter
from models.states import Channel, Outcome
from notifications.rendering.render import render

Say = Callable[[str], None]


@dataclass
class Sql:
    """What went to the database; ``seconds`` is the time from a statement's start to its rows, driver included."""

    statements: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    commit_seconds: float = 0.0


@contextmanager
def watched(engine: Engine) -> Iterator[Sql]:
    sql, started, dialect = Sql(), [0.0], engine.dialect
    commit = dialect.do_commit

    def before(*_: Any) -> None:
        started[0] = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sql.seconds += time.perf_counter() - started[0]
        sql.statements[_short(statement)] += 1

    def timed_commit(connection: Any) -> None:
        start = time.perf_counter()
        commit(connection)
        sql.commit_seconds += time.perf_counter() - start

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    dialect.do_commit = timed_commit  # type: ignore[method-assign]
    try:
        yield sql
    finally:
        del dialect.do_commit
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def _short(statement: str) -> str:
    words = statement.split()
    verb = words[0].upper()
    if verb in ("SELECT", "DELETE"):
        return f"{verb} from {words[words.index('FROM') + 1]}"
    return f"{verb} {words[2] if verb == 'INSERT' else words[1] if len(words) > 1 else ''}".strip()


async def profile(ground: Ground, say: Say, decisions: int = 300) -> None:
    """Decide ``decisions`` times at county stages (one officer asked next) and say where the time went."""
    settings = ground.fresh()
    office = Office.of(settings)
    async with opened(settings) as db:
        links = await db.read(open_links, office.key)
        for link in links[:20]:
            await _approve(db, decide, office, link)
        engine = db._writer or db._async.sync_engine  # type: ignore[union-attr]
        with watched(engine) as sql:
            start, cpu = time.perf_counter(), time.process_time()
            for link in links[20:decisions]:
                await _approve(db, decide, office, link)
            took, cpu = time.perf_counter() - start, time.process_time() - cpu
        done = len(links[20:decisions])
        _say_sql(say, ground.backend, sql, took, cpu, done)
        letters = await db.read(lambda tx: list(tx.exec(select(Letter).where(Letter.kind == "ask").limit(200))))
        render(letters[0], settings)
        start = time.process_time()
        for letter in letters:
            render(letter, settings)
        say(f"  render one letter (in the sender), CPU: {(time.process_time() - start) / len(letters) * 1e3:.2f} ms")
        if db.is_sqlite:  # greenlets, on which PostgreSQL's verbs run, confuse cProfile; the verb is the same
            await _say_top(say, db, office, links[decisions:])


def _say_sql(say: Say, backend: str, sql: Sql, took: float, cpu: float, done: int) -> None:
    def each(seconds: float) -> str:
        return f"{seconds / done * 1e3:.2f} ms"

    count = sum(sql.statements.values())
    python = took - sql.seconds - sql.commit_seconds
    say(f"[bold]{backend}[/]: db.write(decide) one after the other: {each(took)} each; {count / done:.1f} statements "
        f"{each(sql.seconds)}, commit {each(sql.commit_seconds)}, Python besides {each(python)}; "
        f"CPU of this process {each(cpu)}")  # fmt: skip
    say("  " + "; ".join(f"{n / done:.3g} x {what}" for what, n in sql.statements.most_common()))


async def _say_top(say: Say, db: Database, office: Office, links: list[str]) -> None:
    profiler = cProfile.Profile()

    def profiled(tx: Transaction, *args: Any) -> Any:
        profiler.enable()
        try:
            said = decide(tx, *args)
            tx.finish()
            return said
        finally:
            profiler.disable()

    for link in links:
        await _approve(db, profiled, office, link)
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).strip_dirs().sort_stats("tottime").print_stats(25)
    say(f"  cProfile of {len(links)} decisions on SQLite, verb and its SQL but the commit, by own time:")
    for line in out.getvalue().splitlines():
        if line.strip() and "Ordered by" not in line and "reduced from" not in line:
            say(f"  {line}".replace("[", r"\["))


async def _approve(db: Database, verb: Callable[..., Decided | NotDecided], office: Office, link: str) -> None:
    said = await db.write(verb, office, link, Answer(Outcome.APPROVE), Channel.LINK, dt.datetime.now(dt.UTC))
    assert isinstance(said, Decided), said
