"""Policies are dated: an application is judged by the version in force on its day, also after the data has changed."""

import dataclasses
import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from approvals import editions
from approvals.directory import Entry
from approvals.transaction import Transaction
from models.errors import RefusedApplication
from models.policy.folder import editions as read_editions
from models.records import PolicyEdition
from models.states import ApplicationState, Outcome
from tests.integration.test_another_policy import FOLDER, ROBOTS
from tests.support.desk import Desk

A_DAY = 24 * 3600


@pytest.fixture
async def city(empty_desk: Desk, tmp_path: Path) -> Desk:
    """An office of the sample city, whose rate falls from 20% to 10% on 2026-11-25."""
    root = tmp_path / "policies"
    for name, from_day, rate in (("first", "2026-01-01", "20%"), ("second", "2026-11-25", "10%")):
        folder = Path(shutil.copytree(FOLDER / "sample-city-2026", root / name))
        _alter(folder / "policy.yaml", "in_force_from: 2026-01-01", f"in_force_from: {from_day}")
        for file in ("measures/1.yaml", "text-en.txt"):
            _alter(folder / file, "20%", rate)
    empty_desk.office = dataclasses.replace(empty_desk.office, policies=root)
    units = {"industry": "industry", "finance": "finance", "@county:990101": "east"}
    await empty_desk.import_directory(
        [Entry(unit=unit, name=name, email=f"{name}@city.example") for unit, name in units.items()]
    )
    return empty_desk


def _alter(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def _forget() -> None:
    """Be a process that has just started: nothing of any policy is in memory."""
    editions._read.clear()
    read_editions.cache_clear()


async def test_the_version_in_force_on_the_day_of_the_application_judges_it(city: Desk) -> None:
    before = await city.submit(ROBOTS)
    city.clock.tick(2 * A_DAY)
    with pytest.raises(RefusedApplication, match="over the limit of 200,000 yuan"):
        await city.submit(ROBOTS, project__title="后一天")
    after = await city.submit(ROBOTS, project__title="后一天", amounts__city="100,000")
    assert before.policy_version != after.policy_version
    assert (before.largest, after.largest) == (400_000_00, 200_000_00)


async def test_a_running_case_keeps_its_version_whatever_the_folder_says_later(city: Desk) -> None:
    app = await city.submit(ROBOTS)
    shutil.rmtree(city.office.policies / "first")
    _forget()
    await city.approve_to("ruling")
    assert (await city.standing()).findings[-2]["rule"]["en"] == "at most 20% × price"
    await city.answer("industry", Outcome.RETURN, "请补充材料")
    city.clock.tick(5 * A_DAY)
    _forget()
    again = await city.resubmit(ROBOTS, project__summary="已补充", amounts__city="250,000")
    assert (again.policy_version, again.round) == (app.policy_version, 2)
    await city.approve_to()
    standing = await city.standing()
    assert (standing.state, standing.award_total) == (ApplicationState.AWARDED, 350_000_00)
    assert await city.verify() is None


async def test_an_edition_is_kept_word_for_word_and_once(city: Desk) -> None:
    app = await city.submit(ROBOTS)
    await city.submit(ROBOTS, project__title="又一个")

    def kept(tx: Transaction) -> list[PolicyEdition]:
        return list(tx.exec(select(PolicyEdition)))

    (edition,) = await city.db.read(kept)
    assert edition.version == app.policy_version
    folder = city.office.policies / "first"
    assert edition.files["policy.yaml"] == (folder / "policy.yaml").read_text("utf-8")
    assert edition.files["measures/1.yaml"] == (folder / "measures/1.yaml").read_text("utf-8")


async def test_where_there_are_several_policies_the_application_names_one(city: Desk) -> None:
    shutil.copytree(FOLDER / "sample-city-2026", city.office.policies / "third")
    _alter(city.office.policies / "third" / "policy.yaml", "key: sample-city-2026", "key: another-city")
    _forget()
    with pytest.raises(RefusedApplication, match="choose one of: sample-city-2026, another-city"):
        await city.submit(ROBOTS)
    app = await city.submit(ROBOTS, policy="another-city")
    assert app.policy == "another-city"
