"""A notice ends exactly once, and an objection at the moment of its end is either taken or too late, never lost."""

import datetime as dt
from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from approvals.notice import notices, objections
from models.event import EventKind
from models.notice_rules import NoticeEnded
from models.objection import Objection, ObjectionChannel
from models.settings import Settings
from models.states import ApplicationState
from tests.integration.test_races import at_once
from tests.support.desk import Desk
from tests.support.notices import FACTORY, SAID, notice, noticed_city, on_view

ROUNDS = 12


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


async def shown(desk: Desk, n: int) -> str:
    """Put one application on view and return its number; amounts are small, for a year's ceiling holds them all."""
    amounts = {"city": "1,000", "county": "0"}
    return await on_view(desk, FACTORY | {"project": {"title": f"车间 {n}"}, "amounts": amounts})


async def test_two_sweepers_end_a_notice_once_and_an_objection_then_is_taken_or_too_late(
    empty_desk: Desk, other: Database
) -> None:
    city = await noticed_city(empty_desk)
    for n in range(ROUNDS):
        number = await shown(city, n)
        due = (await notice(city)).due_at
        later, in_time = due + dt.timedelta(minutes=2), due - dt.timedelta(seconds=1)
        open_stage = (await city.standing()).open_stage
        assert open_stage is not None
        stage = open_stage.id
        assert stage in await city.db.read(notices.due, later)

        async def objecting(number: str = number, at: dt.datetime = in_time) -> Objection:
            return await other.write(objections.object_to, city.office, number, SAID, ObjectionChannel.PAGE, at)

        ends = [
            lambda db=db, stage=stage, later=later: db.write(notices.end_due, city.office, stage, later)
            for db in (city.db, other)
        ]
        works = [*ends, objecting] if n % 2 else [objecting, *ends]
        given = await at_once(*works)
        said = given[works.index(objecting)]
        ended = [one for one in given if one is True]
        state = (await city.standing()).state
        if isinstance(said, Objection):
            assert (ended, state) == ([], ApplicationState.IN_PROGRESS)
        else:
            assert isinstance(said, NoticeEnded), said
            assert (len(ended), state) == (1, ApplicationState.AWARDED)
        assert len(await city.events(EventKind.NOTICE_ENDED)) == len(ended)
        assert await city.verify() is None
