"""Two at the same moment on one duty: two connections to one real database, each race many times."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from approvals.duties import Opening, Progressing, Reported, open_duty, report
from models.errors import RefusedApplication
from models.event import EventKind
from models.settings import Settings
from models.states import Channel, Outcome
from tests.support.desk import Desk
from tests.support.duties import HANGZHOU, NINGBO

ROUNDS = 40


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it: connections and writer of its own."""
    database = Database(settings)
    yield database
    await database.close()


async def test_two_last_units_at_once_ask_the_lead_once(duty_desk: Desk, other: Database) -> None:
    desk = duty_desk
    for n in range(ROUNDS):
        await desk.open_duty(24, "scenarios", period=f"第 {n} 期", places=(HANGZHOU, NINGBO))
        first, second = [(await desk.tokens_of(unit))[0] for unit in (HANGZHOU, NINGBO)]
        said, now = Answer(Outcome.APPROVE, "完成"), desk.clock.tick()
        answered = await asyncio.gather(
            desk.db.write(decide, desk.office, first, said, Channel.LINK, now),
            other.write(decide, desk.office, second, said, Channel.LINK, now),
        )
        assert sorted(str(one.closed) for one in answered if isinstance(one, Decided)) == ["None", "approve"]
        assert len(await desk.asked("fgw")) == 1
        assert len(await desk.events(EventKind.STAGE_CLOSED)) == 1
        assert await desk.verify() is None


async def test_done_and_in_progress_at_once_leave_a_record_that_agrees(duty_desk: Desk, other: Database) -> None:
    desk = duty_desk
    for n in range(ROUNDS):
        await desk.open_duty(24, "scenarios", period=f"第 {n} 期", places=(HANGZHOU, NINGBO))
        ((token,), now) = await desk.tokens_of(HANGZHOU), desk.clock.tick()
        done, told = await asyncio.gather(
            desk.db.write(decide, desk.office, token, Answer(Outcome.APPROVE, "完成"), Channel.LINK, now),
            other.write(report, desk.office, token, Progressing("一半"), Channel.LINK, now),
        )
        assert isinstance(done, Decided), "a report that is not done keeps no door shut"
        reports = (await desk.standing()).stages[0].tasks[0].reports
        assert len(reports) == 1 + isinstance(told, Reported)
        assert await desk.verify() is None


async def test_one_duty_opened_twice_at_once_is_opened_once(duty_desk: Desk, other: Database) -> None:
    desk = duty_desk
    for n in range(ROUNDS):
        opening = Opening(27, period=f"第 {n} 期")
        made = await asyncio.gather(
            desk.db.write(open_duty, desk.office, opening, desk.clock()),
            other.write(open_duty, desk.office, opening, desk.clock()),
            return_exceptions=True,
        )
        (refused,) = [one for one in made if isinstance(one, BaseException)]
        assert isinstance(refused, RefusedApplication)
        assert refused.faults[0].field == "period"
