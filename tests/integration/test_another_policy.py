"""A made-up policy of a city: nothing in the code knows Zhejiang."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from approvals.answer import Decided
from approvals.directory import Entry
from approvals.registers import FigureEntry, record_figure
from models.errors import RefusedApplication, WrongAmount
from models.money import Fen
from models.policy.folder import editions
from models.states import ApplicationState, Level
from notifications.rendering.render import render
from tests.support.desk import Desk, error_of
from tests.support.forms import SHENLAN

FOLDER = Path(__file__).parents[1] / "policies"
ROBOTS: dict[str, Any] = {
    "measure": 1,
    "option": "workshop",
    "county": "东区",
    "applicant": {"name": "示例机器人有限公司", "credit_code": SHENLAN, "contact": "王", "email": "w@robots.example"},
    "project": {"title": "机器人车间"},
    "facts": {"price": "2,000,000"},
    "amounts": {"city": "300,000", "county": "100,000"},
}


@pytest.fixture
async def city(empty_desk: Desk) -> Desk:
    """An office of the sample city, with its officers."""
    empty_desk.office = dataclasses.replace(empty_desk.office, policies=FOLDER)
    units = {"industry": "industry", "finance": "finance", "@county:990101": "east"}
    entries = [Entry(unit=unit, name=name, email=f"{name}@city.example") for unit, name in units.items()]
    await empty_desk.import_directory(entries)
    return empty_desk


async def test_a_claim_goes_from_the_district_to_the_citys_lead_and_is_awarded(city: Desk) -> None:
    app = await city.submit(ROBOTS)
    assert app.number == "SC01-2026-00001"
    assert await city.approve_to() == ["@county:990101", "finance", "industry"]
    standing = await city.standing()
    assert standing.state is ApplicationState.AWARDED
    assert standing.award == {Level.PROVINCE: 0, Level.CITY: Fen(300_000_00), Level.COUNTY: Fen(100_000_00)}
    assert await city.verify() is None


@pytest.mark.parametrize(("price", "limit"), [("2,000,000", "400,000 yuan"), ("9,000,000", "500,000 yuan")])
async def test_its_limits_are_enforced(city: Desk, price: str, limit: str) -> None:
    fen = {"400,000 yuan": "300,000.01", "500,000 yuan": "400,000.01"}[limit]
    with pytest.raises(RefusedApplication, match=f"over the limit of {limit}"):
        await city.submit(ROBOTS, facts__price=price, amounts__city=fen)


async def test_the_citys_lead_answers_for_the_citys_share(city: Desk) -> None:
    await city.submit(ROBOTS)
    await city.approve_to("ruling")
    over = error_of(await city.answer("industry", amounts={Level.CITY: Fen(300_000_01)}))
    assert isinstance(over, WrongAmount)
    assert isinstance(await city.answer("industry", amounts={Level.CITY: Fen(200_000_00)}), Decided)
    assert (await city.standing()).award_total == Fen(300_000_00)


async def test_a_district_has_a_rate_of_its_own(city: Desk) -> None:
    policy = editions(FOLDER)["sample-city-2026"][-1]
    first = ROBOTS | {"measure": 2, "option": "first", "amounts": {"county": "100,000"}}
    with pytest.raises(RefusedApplication, match="the district's rate"):
        await city.submit(first)
    entry = FigureEntry(figure="district_rate", place="东区", from_day="2026-01-01", value="5%", source="区公告")  # type: ignore[arg-type]
    await city.db.write(record_figure, policy, entry, city.clock())
    await city.submit(first)
    with pytest.raises(RefusedApplication, match="over the limit of 100,000 yuan"):
        await city.submit(first, amounts__county="100,000.01", project__title="又一台")


async def test_every_letter_of_the_road_can_be_written(city: Desk) -> None:
    await city.submit(ROBOTS)
    await city.approve_to()
    for letter in await city.letters():
        assert letter.facts
    assert render is not None
