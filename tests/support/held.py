"""Holding a database at one step of a transaction: an INSERT into a table waits until it is let go.

On PostgreSQL the row waits for an advisory lock that the test has; SQLite has nothing to wait for, so that there it
counts without end. Whoever is killed meanwhile was in the middle of it.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlmodel import text

from approvals.database import Database
from approvals.transaction import Transaction

LOCK = 27182
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c LIMIT 1000000000000"


@asynccontextmanager
async def held(db: Database, table: str, when: str = "1 = 1") -> AsyncIterator[None]:
    """While the block runs, let each new row of ``table`` wait for which ``when`` holds; see ``until_waiting``."""
    async with _held_sqlite(db, table, when) if db.is_sqlite else _held_postgres(db, table, when):
        yield


async def until_waiting(db: Database) -> None:
    """Return when somebody waits in the middle of a transaction."""
    async with asyncio.timeout(30):
        while not (await _sqlite_is_busy(db) if db.is_sqlite else await _postgres_waits(db)):
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _held_postgres(db: Database, table: str, when: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(db.url.render_as_string(False))
    try:
        await connection.execute(f"SELECT pg_advisory_lock({LOCK})")
        await connection.execute(
            "CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NEW; END $$"
        )
        await connection.execute(
            f"CREATE TRIGGER hold BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION hold()"
        )
        yield
        await connection.execute(f"SELECT pg_advisory_unlock({LOCK})")
        await connection.execute(f"DROP TRIGGER hold ON {table}")
    finally:
        await connection.close()


async def _postgres_waits(db: Database) -> bool:
    def look(tx: Transaction) -> int:
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return int(tx.execute(waiting).scalar_one())

    return await db.read(look) > 0


@asynccontextmanager
async def _held_sqlite(db: Database, table: str, when: str) -> AsyncIterator[None]:
    def make(tx: Transaction) -> None:
        tx.execute(text(f"CREATE VIEW endless AS {ENDLESS}"))
        tx.execute(
            text(f"CREATE TRIGGER hold BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT count(*) FROM endless; END")
        )

    def end(tx: Transaction) -> None:
        tx.execute(text("DROP TRIGGER hold"))
        tx.execute(text("DROP VIEW endless"))

    await db.write(make)
    yield
    await db.write(end)


async def _sqlite_is_busy(db: Database) -> bool:
    """Tell whether somebody has been writing for longer than a transaction takes."""
    for _ in range(8):
        with contextlib.closing(sqlite3.connect(str(db.url.database), timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError:
                await asyncio.sleep(0.05)
                continue
            return False
    return True
