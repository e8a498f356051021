"""What tests of replies ask for."""

from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from models.letter import Letter
from models.settings import Settings
from notifications.receiver import Receiver
from tests.integration.mail_fixtures import running
from tests.support.desk import Desk


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
