"""The floor's databases: asyncpg and the standard library's sqlite3, with nothing in between."""

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg


class Postgres:
    """asyncpg with a pool; one connection for each transaction."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> "Postgres":
        return cls(await asyncpg.create_pool(url, min_size=10, max_size=10))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["PostgresTransaction"]:
        async with self._pool.acquire() as connection, connection.transaction():
            yield PostgresTransaction(connection)

    @staticmethod
    def time(at: dt.datetime) -> Any:
        return at


class PostgresTransaction:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def lock(self, sql: str, *values: Any) -> Sequence[Any] | None:
        return await self._connection.fetchrow(sql + " FOR UPDATE OF a", *values)

    async def rows(self, sql: str, *values: Any) -> Sequence[Any]:
        return await self._connection.fetch(sql, *values)

    async def run(self, sql: str, *values: Any) -> None:
        await self._connection.fetchrow(sql, *values)

    async def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        await self._connection.executemany(sql, rows)


class Sqlite:
    """The standard library's sqlite3, called in the event loop: no thread is faster than none."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Sqlite"]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @staticmethod
    def time(at: dt.datetime) -> Any:
        return at.strftime("%Y-%m-%d %H:%M:%S.%f")

    async def lock(self, sql: str, *values: Any) -> Sequence[Any] | None:
        return self._connection.execute(sql.replace("$", "?"), values).fetchone()

    async def rows(self, sql: str, *values: Any) -> Sequence[Any]:
        return self._connection.execute(sql.replace("$", "?"), values).fetchall()

    async def run(self, sql: str, *values: Any) -> None:
        self._connection.execute(sql.replace("$", "?"), values)

    async def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql.replace("$", "?"), rows)
