"""A notice ends exactly once, and an objection at the moment of its end is either taken or too late, never lost.

Two hundred notices: two sweepers and somebody who objects, at the same moment, from two connections.
"""

import datetime as dt
from pathlib import Path

from sqlmodel import select

from approvals.database import Database
from approvals.notice import notices, objections
from approvals.transaction import Transaction
from models.event import Event, EventKind
from models.objection import Objection, ObjectionChannel
from models.policy.notice_rules import NoticeEnded
from models.stage import Stage
from models.states import ApplicationState, Purpose, StageState
from tests.support.desk import Desk
from tests.support.many import ROUNDS, Work, all_hold, answered, keys, raced, road_of_city, submitted
from tests.support.notices import FACTORY, SAID, noticed_city

#: The city decides alone; amounts are small, for a year's ceiling holds them all.
ALONE = (
    ("measures/4.yaml", 'units: [industry, finance, "@county"]', "units: [industry]"),
    ("measures/4.yaml", "levels: [city, county]", "levels: [city]"),
)
SMALL = FACTORY | {"amounts": {"city": "1,000"}}


def on_view(tx: Transaction) -> dict[str, Stage]:
    """Return the notices that are on view, by application."""
    return {stage.application_id: stage for stage in tx.exec(select(Stage).where(Stage.state == StageState.OPEN))}


def ended(tx: Transaction) -> set[str]:
    """Return the applications whose notice ended; on whose chain it ended twice, there is an error."""
    found = list(tx.exec(select(Event.application_id).where(Event.kind == EventKind.NOTICE_ENDED)))
    assert len(found) == len(set(found)), "a notice ended twice"
    return set(found)


async def test_two_sweepers_end_a_notice_once_and_an_objection_then_is_taken_or_too_late(
    empty_desk: Desk, other: Database, tmp_path: Path
) -> None:
    city = road_of_city(await noticed_city(empty_desk), tmp_path, "shown", "ruling, notice", *ALONE)
    made = await submitted(city, SMALL)
    await answered(city, list((await keys(city, Purpose.DECIDE)).values()))
    shown = await city.db.read(on_view)
    last = max(stage.due_at for stage in shown.values())
    assert set(shown) == {app.id for app in made}
    assert len(await city.db.read(notices.due, last + dt.timedelta(minutes=2))) == ROUNDS

    def ending(db: Database, stage: Stage) -> Work:
        return lambda: db.write(notices.end_due, city.office, stage.id, stage.due_at + dt.timedelta(minutes=2))

    def objecting(number: str, stage: Stage) -> Work:
        in_time = stage.due_at - dt.timedelta(seconds=1)
        return lambda: other.write(objections.object_to, city.office, number, SAID, ObjectionChannel.PAGE, in_time)

    races = [
        (ending(city.db, shown[app.id]), ending(other, shown[app.id]), objecting(app.number, shown[app.id]))
        for app in made
    ]
    over: set[str] = set()
    for app, (one, two, said) in zip(made, await raced(races), strict=True):
        if isinstance(said, Objection):
            assert (one, two) == (False, False)
            continue
        assert isinstance(said, NoticeEnded), said
        assert sorted((one, two)) == [False, True]
        over.add(app.id)
    assert 0 < len(over) < ROUNDS, "each was first now and then"
    assert await city.db.read(ended) == over
    states = {app.id: app.state for app in await all_hold(other)}
    assert {app for app, state in states.items() if state is ApplicationState.AWARDED} == over
    assert set(states.values()) == {ApplicationState.AWARDED, ApplicationState.IN_PROGRESS}
