"""The migrations make the schema that the tables describe."""

from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel, text

from approvals.database import Database
from approvals.migrate import UnknownSchema, is_current, migrate
from approvals.transaction import Transaction
from models.settings import Settings
from tests.support.postgres import PostgresServer


async def test_the_migrated_schema_is_what_the_tables_say(db: Database) -> None:
    def differences(tx: Transaction) -> list[object]:
        context = MigrationContext.configure(tx.connection(), opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))

    assert await db.read(differences) == []


async def test_a_second_migration_changes_nothing(settings: Settings) -> None:
    assert await is_current(settings)
    await migrate(settings)
    assert await is_current(settings)


async def test_a_database_of_another_version_is_left_alone_with_a_sentence(settings: Settings, db: Database) -> None:
    def older(tx: Transaction) -> None:
        tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    await db.write(older)
    assert not await is_current(settings)
    with pytest.raises(UnknownSchema, match="use a new LIANDONG_HOME"):
        await migrate(settings)


async def test_an_empty_sqlite_is_not_current_until_it_is_migrated(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    assert not await is_current(settings)
    await migrate(settings)
    assert await is_current(settings)


async def test_an_empty_postgresql_is_not_current_until_it_is_migrated(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=postgres_server.create(f"empty_{tmp_path.stat().st_ino}"))
    assert not await is_current(settings)
    await migrate(settings)
    assert await is_current(settings)


async def test_postgresql_runs_with_the_durability_of_production(postgres_server: PostgresServer) -> None:
    connection = await asyncpg.connect(postgres_server.url())
    try:
        assert await connection.fetchval("SHOW fsync") == "on"
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
    finally:
        await connection.close()
