"""What the operator does with panels, what the database refuses, and what the audit finds; on both databases."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from approvals.answers import settle
from approvals.asked import place_of
from approvals.late import reminders
from approvals.panel import panels
from approvals.panel.experts import import_experts
from approvals.panel.panels import NoPanel, NoSeat, TooFewSeats
from approvals.panel.ranking import Call, rankings
from approvals.transaction import Transaction
from models.application import Application
from models.errors import LiandongError, OpinionMissing, RefusedApplication, UnknownApplication, WrongAnswer
from models.event import EventKind
from models.expert import ExpertTie
from models.panel_records import PanelDraw
from models.policy.folder import editions
from models.states import ApplicationState, Channel, Outcome, TaskState
from models.task import Task
from tests.integration.test_audit import tamper
from tests.support.forms import SHENLAN
from tests.support.panel import BEST, FAIR, FOLDER, POOR, PanelDesk, expert

#: Nothing here depends on the database.
ONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
ROBOTS: dict[str, Any] = {
    "measure": 1,
    "option": "workshop",
    "county": "东区",
    "facts__price": "2,000,000",
    "amounts__city": "300,000",
    "amounts__county": "100,000",
    "amounts__province": None,
}
POLICY = editions(FOLDER)["sample-city-2026"][-1]


async def replace(city: PanelDesk, seat: str, reason: str = "出差") -> str | None:
    assert city.app is not None
    return await city.db.write(
        panels.replace, city.office, city.app.number, seat, reason, "operator:li", city.clock.tick()
    )


async def drop(city: PanelDesk, seat: str, reason: str = "无人可补") -> None:
    assert city.app is not None
    await city.db.write(panels.drop, city.office, city.app.number, seat, reason, "operator:li", city.clock.tick())


async def test_the_operator_gives_a_seat_to_the_next_until_nobody_is_left(city: PanelDesk) -> None:
    await city.to_the_panel()
    order = (await city.draw())["order"]
    assert await replace(city, "2") == order[4]
    assert await replace(city, "panel:2") is None
    assert (await city.seated())["panel:2"] is None
    assert len(await city.letters("panel_short")) == 1
    assert await replace(city, "2") is None, "a vacant seat stays as it is"
    events = await city.events(EventKind.EXPERT_REPLACED)
    assert [(e.payload["by"], e.payload["detail"], e.payload["next"]) for e in events] == [
        ("operator:li", "出差", order[4]),
        ("operator:li", "出差", None),
    ]
    assert await city.verify() is None


async def test_a_vacant_seat_is_taken_away_as_long_as_enough_score(city: PanelDesk) -> None:
    await city.import_experts(*(expert(n, active="no") for n in (4, 5)))
    await city.to_the_panel()
    seated = await city.seated()
    for key in [key for key in seated.values() if key]:
        await city.score(key, BEST)
    with pytest.raises(OpinionMissing):
        await drop(city, "4", " ")
    assert (await city.standing()).position == 1
    await drop(city, "4")
    standing = await city.standing()
    panel = standing.stages[1].panel
    assert panel is not None and panel.result is not None and len(panel.scores) == 3
    assert standing.open_stage is not None and standing.open_stage.key == "ruling", "the last seat missing had scored"
    assert await city.verify() is None


@ONE
async def test_a_seat_that_is_needed_or_taken_stays(city: PanelDesk) -> None:
    await city.import_experts(*(expert(n, active="no") for n in (3, 4, 5)))
    await city.to_the_panel()
    assert city.app is not None
    assert await city.db.read(panels.vacant) == {city.app.number: 2}
    with pytest.raises(TooFewSeats, match="An expert sits there"):
        await drop(city, "1")
    await drop(city, "4")
    with pytest.raises(TooFewSeats, match="At least 3 seats"):
        await drop(city, "3")
    for wrong in ("4", "9", "kjt", ""):
        with pytest.raises(NoSeat, match="choose from: panel:1, panel:2, panel:3"):
            await replace(city, wrong)
    assert [task.state for task in (await city.standing()).stages[1].tasks] == [TaskState.OPEN] * 3


@ONE
async def test_an_application_without_a_panel_says_so(city: PanelDesk) -> None:
    await city.to_the_panel()
    with pytest.raises(UnknownApplication):
        await city.db.read(panels.panel_page, "SC03-2026-09999")
    await city.submit(project__title="另一件", applicant__credit_code=SHENLAN, **ROBOTS)
    with pytest.raises(NoPanel):
        await replace(city, "1")


async def scored(city: PanelDesk, title: str, *sheets: dict[str, int]) -> str:
    await city.to_the_panel(project__title=title)
    await city.score_all(*sheets)
    assert city.app is not None
    return city.app.number


async def calls(city: PanelDesk, year: int = 2026) -> list[Call]:
    return await city.db.read(rankings, POLICY, 3, year)


@ONE
async def test_applications_of_a_call_are_ranked_and_those_that_wait_tell_nothing(city: PanelDesk) -> None:
    first = await scored(city, "甲", BEST, BEST, BEST, BEST)
    low = await scored(city, "乙", POOR, POOR, POOR, POOR)
    same = await scored(city, "丙", BEST, BEST, BEST, BEST)
    middle = await scored(city, "丁", FAIR, FAIR, BEST, FAIR)
    await city.to_the_panel(project__title="戊")
    keys = [key or "" for key in (await city.seated()).values()]
    for key in keys[:3]:
        await city.score(key, BEST)
    assert city.app is not None
    (call,) = await calls(city)
    assert [(one.place, one.scored.number) for one in call.ranked] == [(1, first), (1, same), (3, middle), (4, low)]
    assert call.without == (city.app.number,)
    assert await calls(city, 2025) == []


@ONE
async def test_an_import_says_all_of_an_expert_and_an_address_is_one_experts(city: PanelDesk) -> None:
    def ties(tx: Transaction) -> list[str]:
        return sorted(tx.exec(select(ExpertTie.declared)))

    await city.import_experts(expert(1, ties=("李雷", "甲方")))
    await city.import_experts(expert(1, ties=("韩梅梅",)))
    assert "韩梅梅" in await city.db.read(ties) and "李雷" not in await city.db.read(ties)
    with pytest.raises(RefusedApplication, match="e00001, e00077"):
        await city.import_experts(expert(77, email="expert1@uni.example"))
    await city.to_the_panel()
    key = (await city.seated())["panel:1"] or ""
    await city.import_experts(expert(int(key[1:]), email=f"new{key}@uni.example"))
    (asked,) = await city.letters(address=f"new{key}@uni.example", kind="ask")
    assert asked.application_id == (city.app and city.app.id), "a new address is asked for the same seat"


async def test_draws_and_sheets_are_written_once(city: PanelDesk) -> None:
    await city.to_the_panel()
    await city.score((await city.seated())["panel:1"] or "", FAIR)
    for table in ("panel_draw", "score_sheet"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET hash = 'x'"):

            def change(tx: Transaction, statement: str = statement) -> None:
                tx.execute(sa.text(statement))

            with pytest.raises(DBAPIError, match="append-only"):
                await city.db.write(change)

    def again(tx: Transaction) -> None:
        row = tx.exec(select(PanelDraw)).one()
        tx.add(PanelDraw(**(row.model_dump() | {"id": "another"})))

    with pytest.raises((IntegrityError, DBAPIError)):
        await city.db.write(again)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("""UPDATE score_sheet SET points = '{"novelty": 10, "plan": 30}'""", "a sheet differs"),
        ("DELETE FROM panel_draw", "its draw is missing"),
        ("UPDATE task SET unit = 'expert:e00008' WHERE seat = 'panel:2'", "expert:e00008 has a seat and was not drawn"),
    ],
)
async def test_the_audit_finds_what_was_altered(city: PanelDesk, statement: str, why: str) -> None:
    await city.to_the_panel()
    await city.score_all(FAIR, FAIR, FAIR, POOR)
    assert await city.verify() is None
    await tamper(city, statement)
    found = await city.verify()
    assert found is not None and why in found.why


@ONE
async def test_a_withdrawn_application_leaves_its_experts_in_peace(city: PanelDesk) -> None:
    await city.to_the_panel()
    key = (await city.seated())["panel:1"] or ""
    link = await city.link(key)
    await city.withdraw()
    assert (await city.standing()).state is ApplicationState.WITHDRAWN
    assert (await city.letters_to(key))[0].kind == "no_longer_asked"
    with pytest.raises(LiandongError):
        await replace(city, "1")
    assert await city.import_experts(expert(30)) == 0
    assert link and await city.verify() is None


@ONE
async def test_who_does_not_score_in_time_is_replaced_where_the_data_say_so(city: PanelDesk, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "policies")
    file = tmp_path / "policies" / "sample-city-2026" / "policy.yaml"
    late = "    asks: panel\n    late: {remind_every: 1, at_end: {after: 3, does: next_person}}\n"
    file.write_text(file.read_text("utf-8").replace("    asks: panel\n", late), "utf-8")
    city.office = dataclasses.replace(city.office, policies=tmp_path / "policies")
    await city.to_the_panel()
    order = (await city.draw())["order"]
    for key in order[:3]:
        await city.score(key, BEST)
    (letter,) = await city.letters_to(order[3])
    assert letter.facts["late"]["end"]["does"] == "next_person"
    was = (await city.standing()).stages[1].due_at
    for _ in range(12):
        city.clock.tick(days=1)
        for stage in await city.db.read(reminders.overdue, city.clock()):
            await city.db.write(reminders.look_at, city.office, stage, city.clock())
    assert (await city.seated())["panel:4"] == order[4]
    (event,) = await city.events(EventKind.EXPERT_REPLACED)
    assert event.payload["by"] == "sweep" and event.payload["reason"].startswith("专家逾期")
    assert (await city.standing()).stages[1].due_at > was, "the next one has time of their own"
    assert await city.verify() is None


@ONE
async def test_the_sweep_fills_a_seat_whose_expert_came_while_the_panel_opened(city: PanelDesk) -> None:
    await city.import_experts(*(expert(n, active="no") for n in (3, 4, 5)))
    await city.to_the_panel()

    def only_import(tx: Transaction) -> None:
        import_experts(tx, city.office, [expert(40), expert(41)], city.clock.tick())

    await city.db.write(only_import)
    assert None in (await city.seated()).values()
    city.clock.tick(days=30)
    for stage in await city.db.read(reminders.overdue, city.clock()):
        await city.db.write(reminders.look_at, city.office, stage, city.clock())
    assert {"e00040", "e00041"} < set((await city.seated()).values())
    assert await city.verify() is None


@ONE
async def test_no_seat_is_answered_without_a_sheet(city: PanelDesk) -> None:
    await city.to_the_panel()

    def settle_one(tx: Transaction) -> None:
        assert city.app is not None
        app = tx.exec(select(Application).where(Application.id == city.app.id)).one()
        task = tx.exec(select(Task).where(Task.seat == "panel:1", Task.application_id == app.id)).one()
        place = place_of(tx, app, task.id)
        settle(tx, city.office, place, Outcome.APPROVE, "代定", Channel.OPERATOR, "li", city.clock.tick())

    with pytest.raises(WrongAnswer):
        await city.db.write(settle_one)
