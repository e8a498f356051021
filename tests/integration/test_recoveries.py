"""Recoveries: what must come back is claimed once, set off against the next release, and never paid as a negative."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from approvals import audit
from approvals.database import Database
from approvals.money import audit_money
from approvals.transaction import Transaction
from models.application import Application
from models.errors import RefusedApplication
from models.ledger import Account
from models.settings import Settings
from models.states import Level
from notifications.rendering.render import render
from tests.integration.test_releases import text_of
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, SINGLE
from tests.support.money import CITY, CZT, awarded, balances_of, open_release, recover, released

MILLION = 1_000_000_00


async def whole(desk: Desk) -> None:
    """Every chain, table, budget and the ledger agree."""

    def ids(tx: Transaction) -> list[str]:
        return list(tx.exec(select(Application.id)))

    for one in await desk.db.read(ids):
        assert await desk.db.read(audit.verify, one) is None
    assert await desk.db.read(audit_money.of_all) is None


async def test_what_must_come_back_is_set_off_against_the_next_release_and_its_letters_say_so(
    desk: Desk, settings: Settings
) -> None:
    award = await awarded(desk, SINGLE)
    await released(desk, award.number)
    await recover(desk, award.number, 3 * MILLION)
    assert (await balances_of(desk))[CZT, Account.RECOVERABLE] == 3 * MILLION
    app = await open_release(desk, award.number, "acceptance")
    (asked, *_) = await desk.asked(CZT)
    assert (asked.facts["release"]["set_off"], asked.facts["release"]["pay"]["province"]) == (
        {"province": 3 * MILLION},
        MILLION,
    )
    assert "抵减：省级 300万元" in text_of(render(asked, settings))
    await desk.approve_to()
    assert await balances_of(desk) == {
        (CZT, Account.RESERVED): 10 * MILLION,
        (CZT, Account.PAID): 7 * MILLION,
        (CZT, Account.RECLAIMED): 3 * MILLION,
    }
    (told, *_) = await desk.letters("concluded", application_id=app.id, address=app.email)
    assert "另有 省级 300万元 抵减此前应追回的资金" in text_of(render(told, settings))
    standing = await desk.standing()
    assert standing.release is not None and standing.release.set_off == {Level.PROVINCE: 3 * MILLION}
    await whole(desk)


async def test_it_is_set_off_against_another_award_of_the_same_applicant_and_of_nobody_else(desk: Desk) -> None:
    first = await awarded(desk, SINGLE)
    await released(desk, first.number)
    await recover(desk, first.number, 6 * MILLION)
    foreign = await awarded(desk, SINGLE, applicant__credit_code=ANOTHER, project__title="别家的项目")
    await released(desk, foreign.number)
    assert (await balances_of(desk))[CZT, Account.RECOVERABLE] == 6 * MILLION
    second = await awarded(desk, SINGLE, project__title="另一个项目", amounts__province="5,000,000")
    await released(desk, second.number)
    left = await balances_of(desk)
    assert (left[CZT, Account.RECOVERABLE], left[CZT, Account.PAID]) == (3 * MILLION, 12 * MILLION)
    await released(desk, second.number, "acceptance")
    assert (await balances_of(desk))[CZT, Account.RECOVERABLE] == MILLION
    await whole(desk)


async def test_one_levels_money_is_not_set_off_against_anothers(desk: Desk) -> None:
    award = await awarded(desk)
    await released(desk, award.number)
    with pytest.raises(RefusedApplication, match="name one of: province, city, county"):
        await recover(desk, award.number, MILLION)
    await recover(desk, award.number, MILLION, Level.CITY)
    await open_release(desk, award.number, "acceptance")
    standing = await desk.standing()
    assert standing.release is not None
    assert standing.release.pay == {Level.PROVINCE: 4 * MILLION, Level.CITY: MILLION, Level.COUNTY: 120_000_000}
    await desk.approve_to()
    assert (await balances_of(desk))[CITY, Account.PAID] == 4 * MILLION
    await whole(desk)


async def test_no_more_comes_back_than_was_released(desk: Desk) -> None:
    award = await awarded(desk, SINGLE)
    with pytest.raises(RefusedApplication, match="0 yuan of the province is released"):
        await recover(desk, award.number, 1)
    await released(desk, award.number)
    for fen in (0, 6 * MILLION + 1):
        with pytest.raises(RefusedApplication, match="6,000,000 yuan of the province is released"):
            await recover(desk, award.number, fen)
    await recover(desk, award.number, 6 * MILLION)
    with pytest.raises(RefusedApplication, match="0 yuan of the province"):
        await recover(desk, award.number, 1)
    await whole(desk)


async def test_the_applicant_is_told_why_and_by_whom(desk: Desk, settings: Settings) -> None:
    award = await awarded(desk, SINGLE)
    await released(desk, award.number)
    await recover(desk, award.number, MILLION)
    (letter,) = await desk.letters("recovery", application_id=award.id)
    for language, words in (("zh", "重复列支（依据：审计报告"), ("en", "Why: 重复列支 (source: 审计报告")):
        letter.language = language
        assert words in text_of(render(letter, settings))


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


async def test_two_claims_on_the_same_money_at_the_same_moment_are_one(desk: Desk, other: Database) -> None:
    for n in range(2):
        award = await awarded(desk, SINGLE, project__title=f"项目 {n}")
        await released(desk, award.number)
        made = await asyncio.gather(
            recover(desk, award.number, 4 * MILLION),
            recover(desk, award.number, 4 * MILLION, db=other),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in made) == ["NoneType", "RefusedApplication"]
    await whole(desk)
