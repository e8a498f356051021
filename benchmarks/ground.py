"""The ground that both sides stand on: 500 applications under way, made by the real verbs, copied for each run."""

import datetime as dt
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import migrate
from approvals.database import Database
from approvals.directory import import_officers
from approvals.office import Office
from approvals.registers import enter
from approvals.submit import submit
from approvals.transaction import Transaction
from models.letter import Letter
from models.secrets import derive_token
from models.settings import Settings
from models.stage import Stage
from models.states import Purpose, TaskState
from models.task import Task
from models.token import Token
from tests.support.desk import consortia, hangzhou_directory
from tests.support.forms import form_of
from tests.support.policies import ZHEJIANG
from tests.support.postgres import PostgresServer, free_ports

PORTS = ("portal_port", "smtp_port", "receiver_port", "mailbox_port", "prefect_port", "sender_bell", "worker_bell")
#: What each application ends with; the letters and events are counted by kind.
COUNTS = {
    "decisions": "SELECT 'decision', count(*) FROM decision",
    "others": "SELECT 'pledge', count(*) FROM pledge UNION ALL SELECT 'stage', count(*) FROM stage"
    " UNION ALL SELECT 'task', count(*) FROM task UNION ALL SELECT 'token', count(*) FROM token",
    "events": "SELECT 'event ' || kind, count(*) FROM event GROUP BY kind",
    "letters": "SELECT 'letter ' || kind, count(*) FROM letter GROUP BY kind",
    "applications": "SELECT 'application ' || state, count(*) FROM application GROUP BY state",
}


class Ground:
    """A database with applications at their first stage, their first letters sent and nobody to be woken."""

    def __init__(self, backend: str, folder: Path, server: PostgresServer | None, applications: int) -> None:
        self.backend, self.folder, self.server, self.applications = backend, folder, server, applications
        self.home = folder / f"{backend}-template"
        self._copies = 0

    async def prepare(self) -> None:
        url = self.server.create("template") if self.server else ""
        settings = self._settings(self.home, url)
        await migrate.migrate(settings)
        async with opened(settings) as db:
            office, now = Office.of(settings), dt.datetime.now(dt.UTC)
            await db.write(import_officers, office, hangzhou_directory(), now)
            for entry in consortia():
                await db.write(enter, ZHEJIANG, entry, now)
            for number in range(self.applications):
                form = form_of(project__title=f"万卡集群训练框架{number}")
                await db.write(submit, office, form, dt.datetime.now(dt.UTC))
            await db.write(_settle)
        if self.server:
            self.server.execute("VACUUM ANALYZE", "template")
            self.server.execute("CHECKPOINT")
        else:
            with closing(sqlite3.connect(self.home / "liandong.db")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.execute("ANALYZE")

    def fresh(self) -> Settings:
        """Return the settings of a new copy, with ports of its own."""
        self._copies += 1
        name = f"{self.backend}-{self._copies}"
        home = self.folder / name
        home.mkdir(mode=0o700)
        shutil.copy(self.home / "secret.key", home)
        if self.server is None:
            shutil.copy(self.home / "liandong.db", home)
            return self._settings(home, "")
        return self._settings(home, self.server.create(name, "template"))

    def _settings(self, home: Path, url: str) -> Settings:
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        return Settings(home=home, database_url=url, **ports)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    db = Database(settings)
    try:
        yield db
    finally:
        await db.close()


def _settle(tx: Transaction) -> None:
    """Say that the letters so far are sent and the runs so far are shown: they are not what is measured."""
    tx.execute(sa.text("UPDATE letter SET state = 'sent', sent_at = written_at"))
    tx.execute(sa.text("UPDATE application SET shown_version = version"))


def open_links(tx: Transaction, key: bytes, position: int | None = None) -> list[str]:
    """Return the links of all open tasks (of the stages at ``position``), in an order that is the same in every run."""
    asked = (
        select(Token.nonce)
        .join(Task, col(Task.id) == Token.task_id)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .where(Token.purpose == Purpose.DECIDE, Task.state == TaskState.OPEN)
        .order_by(col(Token.issued_at), col(Task.unit))
    )
    found = tx.exec(asked if position is None else asked.where(Stage.position == position))
    links = [derive_token(key, Purpose.DECIDE, nonce) for nonce in found]
    random.Random(1).shuffle(links)
    return links


def letters_written(tx: Transaction) -> int:
    return int(tx.scalar(select(sa.func.count()).select_from(Letter)) or 0)


def rows(tx: Transaction) -> dict[str, int]:
    """Return how many rows there are, by table and kind."""
    return {str(kind): int(count) for query in COUNTS.values() for kind, count in tx.execute(sa.text(query))}
