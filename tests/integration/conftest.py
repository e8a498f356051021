"""What tests of replies and of panels ask for."""

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from approvals.database import Database
from approvals.office import Office
from models.letter import Letter
from models.settings import Settings
from notifications.receiving.receiver import Receiver
from tests.integration.imap_fixtures import with_mailbox
from tests.integration.mail_fixtures import running
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dovecot import DovecotServer
from tests.support.forms import ANOTHER, SHENLAN
from tests.support.panel import PanelDesk, expert


@pytest.fixture
async def city(db: Database, office: Office, clock: Clock) -> PanelDesk:
    """The city with seven experts, of whom two may not score its applications."""
    desk = PanelDesk(db, office, clock)
    others = [expert(n) for n in range(1, 6)]
    await desk.open_city(*others, expert(8, SHENLAN), expert(9, ties=(ANOTHER,)))
    return desk


@pytest.fixture
async def letter(desk: Desk) -> Letter:
    """The letter that asks the county about a fresh application."""
    await desk.submit()
    (asked,) = await desk.asked("@county:330110")
    return asked


@pytest.fixture
async def receiver(settings: Settings, db: Database, desk: Desk) -> AsyncIterator[Receiver]:
    """A receiver at work on the port of ``settings``."""
    made = Receiver(settings, db, clock=desk.clock)
    async with running(made.run):
        yield made


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it: connections and writer of its own."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[DovecotServer]:
    """A Dovecot for the whole session; each test has a mailbox of its own."""
    with DovecotServer() as server:
        yield server


@pytest.fixture
def user() -> str:
    """A mailbox that is a test's own."""
    return f"{uuid.uuid4().hex[:12]}@liandong.example"


@pytest.fixture
def box(settings: Settings, dovecot: DovecotServer, user: str) -> Settings:
    """Settings with that mailbox."""
    return with_mailbox(settings, dovecot, user)
