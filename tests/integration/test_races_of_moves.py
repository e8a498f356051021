"""A task is moved while its old link answers: two connections to one real database; exactly one of the two wins."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from approvals.moves.add import add
from approvals.moves.lend import lend
from approvals.moves.mover import Moved, move_by_token
from approvals.moves.remove import NobodyToRemove, remove
from approvals.transaction import Transaction
from models.errors import AlreadyDecided, NotYourTurn, StageClosed
from models.settings import Settings
from models.states import Channel, Outcome, TaskState
from tests.support.desk import Desk, error_of
from tests.support.seats import COUNTY, asked_now, counted


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it: connections and writer of its own."""
    database = Database(settings)
    yield database
    await database.close()


def moving(desk: Desk, token: str, verb: Callable[..., Moved], *said: str) -> Callable[[Transaction], Any]:
    """Return the transaction in which ``token`` makes a move."""
    now = desk.clock.tick()
    return lambda tx: move_by_token(tx, token, Channel.LINK, lambda by: verb(tx, desk.office, by, *said, now), now)


def answering(desk: Desk, token: str, outcome: Outcome = Outcome.APPROVE) -> Callable[[Transaction], Any]:
    """Return the transaction in which ``token`` answers."""
    now = desk.clock.tick()
    return lambda tx: decide(tx, desk.office, token, Answer(outcome, "x"), Channel.LINK, now)


async def race(desk: Desk, other: Database, n: int, *works: Callable[[Transaction], Any]) -> list[Any]:
    """Run both at once, each on a connection of its own, and now this one first, now that one."""
    first, second = (desk.db, other) if n % 2 else (other, desk.db)
    return list(await asyncio.gather(first.write(works[0]), second.write(works[1])))


async def test_a_task_is_lent_while_its_link_answers(desk: Desk, other: Database) -> None:
    for n in range(10):
        await desk.submit(project__title=f"项目 {n}")
        (token,) = await desk.tokens_of(COUNTY)
        works = [moving(desk, token, lend, "czt", "请提意见"), answering(desk, token)]
        moved, answered = await race(desk, other, n, *works)
        if isinstance(answered, Decided):
            assert isinstance(error_of(moved), AlreadyDecided)
        else:
            assert isinstance(moved, Moved)
            assert isinstance(error_of(answered), NotYourTurn)
            assert await asked_now(desk) == {COUNTY: TaskState.WAITING, "czt": TaskState.OPEN}


async def test_one_is_removed_while_it_answers(desk: Desk, other: Database) -> None:
    for n in range(10):
        await desk.submit(project__title=f"项目 {n}")
        (mine,) = await desk.tokens_of(COUNTY)
        counted(await desk.move(COUNTY, add, "czt", "before", "请先审"))
        (token,) = await desk.tokens_of("czt")
        removed, answered = await race(
            desk, other, n, moving(desk, mine, remove, "czt", "不需要"), answering(desk, token)
        )
        if isinstance(answered, Decided):
            assert isinstance(error_of(removed), NobodyToRemove)
        else:
            assert isinstance(removed, Moved)
            assert isinstance(error_of(answered), StageClosed)
        assert await asked_now(desk) == {COUNTY: TaskState.OPEN}, "the county goes on, whichever came first"
    assert await desk.verify() is None
