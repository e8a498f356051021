"""Every pair of moves on the same stage, at the same moment, from two connections: whatever wins, it all holds."""

from collections.abc import Callable, Coroutine
from itertools import combinations_with_replacement
from typing import Any

from approvals.database import Database
from tests.support.desk import Desk
from tests.support.invariants import holds
from tests.support.moves import MOVES, Made, Table, refused
from tests.support.races import applications, at_once

PAIRS = list(combinations_with_replacement(MOVES, 2))


def made(move: Made, db: Database) -> Callable[[], Coroutine[Any, Any, Any]]:
    async def make() -> Any:
        return await move(db)

    return make


async def test_every_pair_of_moves_at_once_leaves_one_sound_story(desk: Desk, other: Database) -> None:
    tables = await applications(desk, len(PAIRS), "fgw", links=True)
    desk.clock.tick(days=9)  # past the date, so that the clock has something to say too
    for (first, second), (app, links) in zip(PAIRS, tables, strict=True):
        desk.app = app
        table = Table(desk, app, {unit: tokens[0] for unit, tokens in links.items() if tokens})
        answers = await at_once(made(MOVES[first](table), desk.db), made(MOVES[second](table), other))
        try:
            for answer in answers:
                refused(answer)
            await holds(desk, money=False)
        except Exception as error:
            raise AssertionError(f"{first!r} and {second!r} at once: {answers}") from error
