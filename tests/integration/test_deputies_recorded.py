"""Deputies as they are recorded: what is refused, by the verb and by the database."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from approvals.deputy.deputies import deputies_on, listed, revoke
from approvals.transaction import Transaction
from models.columns import new_id
from models.deputy import Deputy, WrongDeputyship
from models.officer import Officer
from tests.integration.test_deputies import COUNTY, MONDAY, appointed, yuhang
from tests.support.desk import Desk

__all__ = ["yuhang"]


@pytest.mark.parametrize(
    "changes",
    [
        {"until_day": MONDAY - dt.timedelta(days=1)},
        {"from_day": MONDAY - dt.timedelta(days=9), "until_day": MONDAY - dt.timedelta(days=1)},
        {"until_day": MONDAY + dt.timedelta(days=400)},
        {"deputy": "Jia+x@yuhang.example"},
        {"deputy": "no address"},
        {"name": ""},
        {"language": "fr"},
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_wrong_entry_is_refused(yuhang: Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(WrongDeputyship):
        await appointed(yuhang, **changes)


async def test_one_person_has_one_deputy_at_a_time(yuhang: Desk) -> None:
    first = await appointed(yuhang)
    with pytest.raises(WrongDeputyship):
        later = {"from_day": MONDAY + dt.timedelta(days=6), "until_day": MONDAY + dt.timedelta(days=8)}
        await appointed(yuhang, deputy="bing@yuhang.example", **later)
    await yuhang.db.write(revoke, yuhang.office, first.id, "王五", yuhang.clock.tick())
    second = await appointed(yuhang, deputy="bing@yuhang.example", name="丙")
    kept = await yuhang.db.read(listed, yuhang.clock())
    assert [(one.id, officer.name, deputy.name) for one, officer, deputy in kept] == [(second.id, "甲", "丙")]
    assert len(await yuhang.db.read(listed, yuhang.clock(), ended_too=True)) == 2
    on_duty = await yuhang.db.read(deputies_on, [COUNTY], yuhang.clock())
    assert [one.id for one, _, _ in on_duty] == [second.id]


async def test_the_database_keeps_the_rules_of_deputies_too(yuhang: Desk) -> None:
    await appointed(yuhang)

    def twice(tx: Transaction) -> None:
        tx.add(Deputy(**(tx.exec(select(Deputy)).one().model_dump() | {"id": new_id()})))

    def own(tx: Transaction) -> None:
        row = tx.exec(select(Deputy)).one()
        row.deputy_id = row.officer_id

    for wrong in (twice, own):
        with pytest.raises(IntegrityError):
            await yuhang.db.write(wrong)


async def test_who_only_stands_in_is_not_listed_in_the_directory(yuhang: Desk) -> None:
    await appointed(yuhang)

    def rows(tx: Transaction) -> list[tuple[str, bool]]:
        found = tx.exec(select(Officer).where(Officer.unit == COUNTY)).all()
        return sorted((one.email, one.active) for one in found)

    assert ("yi@yuhang.example", False) in await yuhang.db.read(rows)
