"""Two experts at the same moment, from two connections, 200 times: the panels are drawn in one transaction."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from sqlmodel import select

from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from approvals.transaction import Transaction
from models.event import Event, EventKind
from models.panel.seats import unit_of
from models.panel_records import PanelDraw
from models.states import ApplicationState, Channel, Outcome, Purpose, TaskState
from models.task import Task
from tests.support.many import ROUNDS, Work, all_hold, answered, keys, raced, road_of_city, submitted
from tests.support.panel import BEST, FAIR, RESEARCH, PanelDesk, expert


@pytest.fixture
def reviewed(city: PanelDesk, tmp_path: Path) -> PanelDesk:
    """The city where applications begin with their panel."""
    return road_of_city(city, tmp_path, "reviewed", "experts, ruling", ("measures/3.yaml", ', "@county"', ""))


def presenting(city: PanelDesk, db: Database, token: str, answer: Answer) -> Work:
    now = city.clock.tick()
    return lambda: db.write(decide, city.office, token, answer, Channel.LINK, now)


def happened(tx: Transaction) -> Counter[EventKind]:
    """Count the events of each kind."""
    return Counter(tx.exec(select(Event.kind)))


async def test_two_last_experts_at_once_close_the_panel_once(reviewed: PanelDesk, other: Database) -> None:
    city, made, links = reviewed, await submitted(reviewed, RESEARCH), defaultdict(list)
    for (app, _), token in sorted((await keys(city, Purpose.DECIDE)).items()):
        links[app].append(token)
    await answered(
        city, [token for tokens in links.values() for token in tokens[:2]], Answer(Outcome.APPROVE, points=BEST)
    )
    said = Answer(Outcome.APPROVE, points=FAIR)
    pairs = [
        (presenting(city, city.db, links[app.id][2], said), presenting(city, other, links[app.id][3], said))
        for app in made
    ]
    for answers in await raced(pairs):
        assert all(isinstance(one, Decided) for one in answers), answers
        assert sorted(str(one.closed) for one in answers) == ["None", "approve"], answers
    assert {(app.state, app.position) for app in await all_hold(other)} == {(ApplicationState.IN_PROGRESS, 1)}
    assert (await city.db.read(happened))[EventKind.PANEL_SCORED] == ROUNDS


async def test_two_who_recuse_at_once_are_replaced_by_two_others(reviewed: PanelDesk, other: Database) -> None:
    await reviewed.import_experts(expert(6))
    city, made = reviewed, await submitted(reviewed, RESEARCH)
    links, orders = await keys(city, Purpose.DECIDE), await city.db.read(drawn)
    said = Answer(Outcome.RECUSE, "有利害关系")
    pairs = []
    for app in made:
        tokens = [links[app.id, unit_of(key)] for key in orders[app.id][:2]]
        pairs.append((presenting(city, city.db, tokens[0], said), presenting(city, other, tokens[1], said)))
    for answers in await raced(pairs):
        assert all(isinstance(one, Decided) for one in answers), answers
    await all_hold(other)
    seated = await city.db.read(seats)
    assert {app: sorted(units) for app, units in seated.items()} == {
        app: sorted(unit_of(key) for key in order[2:6]) for app, order in orders.items()
    }


def drawn(tx: Transaction) -> dict[str, list[str]]:
    """Return in which order the experts of each panel were drawn, by application."""
    return {draw.application_id: draw.drawn["order"] for draw in tx.exec(select(PanelDraw))}


def seats(tx: Transaction) -> dict[str, list[str]]:
    """Return who sits on each panel now, by application."""
    found: dict[str, list[str]] = defaultdict(list)
    for app, unit in tx.exec(select(Task.application_id, Task.unit).where(Task.state != TaskState.VOID)):
        found[app].append(unit)
    return found
