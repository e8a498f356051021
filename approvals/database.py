"""The database: runs a verb in one transaction, on SQLite or PostgreSQL.

A verb is an ordinary function of a transaction. How it is waited for is decided here and nowhere else: on
PostgreSQL it runs on asyncpg inside the event loop, on SQLite in this object's writer thread, so that
writers queue here and not in SQLite's busy loop (docs/adr/0002).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

import models.tables  # noqa: F401  # a verb may refer to any table
from approvals.doorbell import ring
from approvals.transaction import Transaction
from models.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


class Database:
    """Give it a verb and its arguments; it gives back the verb's answer after the commit."""

    def __init__(self, settings: Settings, *, connections: int = 10) -> None:
        self._bells = {"sender": settings.sender_bell, "worker": settings.worker_bell}
        self.url = make_url(settings.database)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer: Engine | None = None
        self._reader: Engine | None = None
        self._async: AsyncEngine | None = None
        self._snapshot: AsyncEngine | None = None
        if self.is_sqlite:
            self._writer = sqlite_engine(self.url.render_as_string(False), "BEGIN IMMEDIATE")
            self._reader = sqlite_engine(self.url.render_as_string(False), "BEGIN")
            self._writing = ThreadPoolExecutor(1, "sqlite-writer")
            self._reading = ThreadPoolExecutor(4, "sqlite-reader")
        else:
            self._async = create_async_engine(
                self.url.set(drivername="postgresql+asyncpg"),
                pool_size=connections,
                max_overflow=0,
                hide_parameters=True,
            )
            self._snapshot = self._async.execution_options(isolation_level="REPEATABLE READ")

    async def write(self, verb: Callable[Concatenate[Transaction, P], R], *args: P.args, **kw: P.kwargs) -> R:
        """Run ``verb`` in a transaction of its own; commit it, then ring the bells that it asked for."""
        if self._writer is not None:
            loop = asyncio.get_running_loop()
            answer, bells = await loop.run_in_executor(
                self._writing, lambda: _run(Transaction(self._writer), verb, *args, **kw)
            )
        else:
            answer, bells = await self._run_async(self._async, verb, *args, **kw)
        for bell in bells:
            ring(self._bells[bell])
        return answer

    async def read(self, query: Callable[Concatenate[Transaction, P], R], *args: P.args, **kw: P.kwargs) -> R:
        """Run ``query`` in a transaction of its own that sees one state of the database."""
        if self._reader is not None:
            loop = asyncio.get_running_loop()
            answer, _ = await loop.run_in_executor(
                self._reading, lambda: _run(Transaction(self._reader), query, *args, **kw)
            )
            return answer
        answer, _ = await self._run_async(self._snapshot, query, *args, **kw)
        return answer

    async def _run_async(
        self, engine: AsyncEngine | None, verb: Callable[..., R], *args: Any, **kw: Any
    ) -> tuple[R, set[str]]:
        assert engine is not None
        async with AsyncSession(engine, sync_session_class=Transaction, expire_on_commit=False) as session:
            return await session.run_sync(lambda tx: _run_here(cast(Transaction, tx), verb, *args, **kw))

    async def close(self) -> None:
        """Close every connection."""
        if self._async is not None:
            await self._async.dispose()
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()
        if self.is_sqlite:
            self._writing.shutdown()
            self._reading.shutdown()


def _run(tx: Transaction, verb: Callable[..., R], *args: Any, **kw: Any) -> tuple[R, set[str]]:
    with tx:
        return _run_here(tx, verb, *args, **kw)


def _run_here(tx: Transaction, verb: Callable[..., R], *args: Any, **kw: Any) -> tuple[R, set[str]]:
    with tx.begin():
        answer = verb(tx, *args, **kw)
        tx.finish()
    return answer, tx.bells


def sqlite_engine(url: str, begin: str) -> Engine:
    """Return an engine whose transactions start with ``begin``; WAL, full durability, 30 s patience."""
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins; the driver does not
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
