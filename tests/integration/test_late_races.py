"""Two sweepers at the same moment, and the date and a withdrawal: two connections to each real database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from approvals import audit, queries
from approvals.database import Database
from approvals.late import reminders
from approvals.resubmit import withdraw
from approvals.transaction import Transaction
from models.stage import Stage
from models.states import ApplicationState
from tests.support.desk import Desk
from tests.support.late import late_desk
from tests.support.races import COUNTY, applications, at_once

#: The county's stage is refused by itself on the day after its date.
REFUSES = {"county_recommendation": {"remind_every": 2, "at_end": {"after": 1, "does": "refuse"}}}


@pytest.fixture
def late(desk: Desk, tmp_path: Path) -> Desk:
    return late_desk(desk, tmp_path, REFUSES)


async def ending_now(desk: Desk, count: int) -> list[tuple[str, str, str]]:
    """Return ``count`` applications whose stage was reminded and ends now: application, stage, token."""
    made = await applications(desk, count)
    desk.clock.tick(days=7, hours=9)

    def remind(tx: Transaction) -> dict[str, str]:
        for stage in reminders.overdue(tx, desk.clock()):
            reminders.look_at(tx, desk.office, stage, desk.clock())
            tx.finish()
        return {stage.application_id: stage.id for stage in tx.exec(select(Stage))}

    stages = await desk.db.write(remind)
    desk.clock.tick(days=1)
    return [(app.id, stages[app.id], tokens[COUNTY][0]) for app, tokens in made]


def looking(desk: Desk, db: Database, stage: str) -> Callable[[], Any]:
    now = desk.clock()
    return lambda: db.write(reminders.look_at, desk.office, stage, now)


def story(tx: Transaction, application: str) -> Any:
    assert audit.verify(tx, application) is None
    return queries.standing(tx, application)


async def test_two_sweepers_at_once_look_at_a_stage_once(late: Desk, other: Database) -> None:
    for application, stage, _ in await ending_now(late, 20):
        assert sorted(await at_once(looking(late, late.db, stage), looking(late, other, stage))) == [False, True]
        assert (await late.db.read(story, application)).state is ApplicationState.REFUSED


async def test_the_clock_and_a_withdrawal_at_once_leave_one_story(late: Desk, other: Database) -> None:
    for application, stage, _ in await ending_now(late, 10):
        number = (await late.db.read(story, application)).number
        leaving = lambda number=number: other.write(withdraw, late.office, number, "市场变化", late.clock())  # noqa: E731
        ended, left = await at_once(looking(late, late.db, stage), leaving)
        standing = await late.db.read(story, application)
        assert standing.state is (ApplicationState.REFUSED if ended else ApplicationState.WITHDRAWN)
        assert isinstance(left, Exception) == ended
        assert standing.open_stage is None
