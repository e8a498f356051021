"""What every test may ask for: both databases for real, a clock that stands still, an office, officers."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from approvals.database import Database
from approvals.migrate import migrate
from approvals.office import Office
from models.settings import Settings
from tests.support.clock import Clock
from tests.support.compiled import compile_once
from tests.support.databases import Databases
from tests.support.desk import Desk
from tests.support.duties import policies_with_duties, two_cities
from tests.support.postgres import PostgresServer, free_ports, in_loop_of_its_own

TEMPLATE = "migrated"

hypothesis_settings.register_profile(
    "liandong", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("liandong")
compile_once()
# Tracebacks as Python writes them: to draw one with its variables takes half a second.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test sees defaults, not what the machine's environment happens to set."""
    for name in list(os.environ):
        if name.startswith("LIANDONG_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL for the whole session, with a migrated database to copy."""
    with PostgresServer() as server:
        url = server.create(TEMPLATE)
        in_loop_of_its_own(lambda: migrate(Settings(home=server.folder / "home", database_url=url)))
        yield server


@pytest.fixture(scope="session")
def databases(postgres_server: PostgresServer) -> Databases:
    """The databases of ``postgres_server`` for tests that read and write rows."""
    return Databases(postgres_server, TEMPLATE)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    made = Settings(home=tmp_path_factory.mktemp("migrated"))
    in_loop_of_its_own(lambda: migrate(made))
    return made.home / "liandong.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The database in use; ``@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)`` takes one."""
    return cast(str, request.param)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database without a row."""
    if backend == "sqlite":
        home = tmp_path / "home"
        home.mkdir()
        shutil.copy(request.getfixturevalue("migrated_file"), home / "liandong.db")
        yield f"sqlite:///{home / 'liandong.db'}"
        return
    databases: Databases = request.getfixturevalue("databases")
    name = databases.take()
    yield databases.server.url(name)
    databases.give_back(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation of its own: home, database and free ports."""
    names = (
        "portal_port smtp_port receiver_port mailbox_port prefect_port sender_bell worker_bell".split()  # noqa: SIM905
    )
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    return Settings(home=tmp_path / "home", database_url=database_url, **ports)  # type: ignore[arg-type]


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    """The database of ``settings``."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture
def office(settings: Settings) -> Office:
    """The office of ``settings``."""
    return Office.of(settings)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at 2026-11-23 01:00 UTC until it is told to tick."""
    return Clock()


@pytest.fixture
async def empty_desk(db: Database, office: Office, clock: Clock) -> Desk:
    """The office at work, with nobody in its directory; its registers are kept."""
    desk = Desk(db, office, clock)
    await desk.register_consortia()
    return desk


@pytest.fixture
async def parent_desk(empty_desk: Desk) -> Desk:
    """The office at work, with nobody in its directory; by its setting the unit above is asked instead."""
    empty_desk.office = replace(empty_desk.office, no_officer="parent")
    return empty_desk


@pytest.fixture
async def desk(empty_desk: Desk) -> Desk:
    """The office at work, with the officers of the province, of Hangzhou and of two of its districts."""
    await empty_desk.import_directory()
    return empty_desk


@pytest.fixture
async def duty_desk(empty_desk: Desk, tmp_path: Path) -> Desk:
    """The office at work under a policy with duties, with an officer of Ningbo besides those of Hangzhou."""
    empty_desk.office = replace(empty_desk.office, policies=policies_with_duties(tmp_path))
    await empty_desk.import_directory(two_cities())
    return empty_desk


@pytest.fixture
async def officers(desk: Desk) -> Desk:
    """The directory is imported: for tests that drive the verbs themselves."""
    return desk
