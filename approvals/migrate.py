"""Bring a database to the newest schema, and say whether it is there."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import models
from approvals.database import sqlite_engine
from models.errors import LiandongError
from models.settings import Settings


class UnknownSchema(LiandongError):
    """The database was made by a version that this one does not come after."""

    zh = "数据库由另一版本（首次发布前的试用版或更新的版本）创建，无法升级；请换一个新的 LIANDONG_HOME 或数据库。"
    en = (
        "The database was made by another version, from before the first release or newer than this one, and cannot "
        "be upgraded; use a new LIANDONG_HOME or a new database."
    )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(models.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # parts that start together take turns
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20250531)")
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise UnknownSchema
    command.upgrade(_config(connection), "head")


def _is_current(connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


async def migrate(settings: Settings) -> None:
    """Create or upgrade the tables of the database in ``settings``."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_migrate_sqlite, url)
        return
    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)
    await engine.dispose()


def _migrate_sqlite(url: URL) -> None:
    engine = sqlite_engine(url.render_as_string(False), "BEGIN IMMEDIATE")
    with engine.begin() as connection:
        _upgrade(connection)
    engine.dispose()


async def is_current(settings: Settings) -> bool:
    """Return whether the database has the newest schema. Raises what the driver raises when unreachable."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_sqlite_is_current, url)
    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    async with engine.begin() as connection:
        return await connection.run_sync(_is_current)


def _sqlite_is_current(url: URL) -> bool:
    if not Path(url.database or "").exists():
        return False
    engine = sqlite_engine(url.render_as_string(False), "BEGIN")
    with engine.begin() as connection:
        answer = _is_current(connection)
    engine.dispose()
    return answer
