"""Two experts at the same moment, from two connections."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from models.event import EventKind
from models.settings import Settings
from models.states import Channel, Outcome, StageState
from tests.integration.test_races import at_once
from tests.support.panel import BEST, FAIR, PanelDesk, expert

ROUNDS = 6


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


def presenting(city: PanelDesk, db: Database, token: str, answer: Answer) -> Callable[[], Any]:
    now = city.clock.tick()
    return lambda: db.write(decide, city.office, token, answer, Channel.LINK, now)


async def test_two_last_experts_at_once_close_the_panel_once(city: PanelDesk, other: Database) -> None:
    for n in range(ROUNDS):
        await city.to_the_panel(project__title=f"项目 {n}")
        keys = [key or "" for key in (await city.seated()).values()]
        for key in keys[:2]:
            await city.score(key, BEST)
        tokens = [await city.link(key) for key in keys[2:]]
        said = Answer(Outcome.APPROVE, points=FAIR)
        pair = [(city.db, tokens[0]), (other, tokens[1])]
        answers = await at_once(*(presenting(city, db, token, said) for db, token in pair[:: 1 if n % 2 else -1]))
        assert sorted(str(one.closed) for one in answers if isinstance(one, Decided)) == ["None", "approve"], answers
        assert len(await city.events(EventKind.PANEL_SCORED)) == 1
        standing = await city.standing()
        assert [stage.state for stage in standing.stages] == [StageState.CLOSED, StageState.CLOSED, StageState.OPEN]
        assert await city.verify() is None


async def test_two_who_recuse_at_once_are_replaced_by_two_others(city: PanelDesk, other: Database) -> None:
    await city.import_experts(expert(6))
    for n in range(ROUNDS // 2):
        await city.to_the_panel(project__title=f"项目 {n}")
        order = (await city.draw())["order"]
        tokens = [await city.link(key) for key in order[:2]]
        said = Answer(Outcome.RECUSE, "有利害关系")
        answers = await at_once(presenting(city, city.db, tokens[0], said), presenting(city, other, tokens[1], said))
        assert all(isinstance(one, Decided) for one in answers), answers
        seated = await city.seated()
        assert {seated["panel:1"], seated["panel:2"]} == {order[4], order[5]}
        assert await city.verify() is None
