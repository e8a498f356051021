"""Ceilings over many awards: loan interest by applicant and year, and no fen too many when two land at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.transaction import Transaction
from models.errors import RefusedApplication, WrongAmount
from models.money import Fen
from models.records import Tally
from models.settings import Settings
from models.states import ApplicationState, Channel, Level, Outcome
from tests.support.desk import Desk, error_of
from tests.support.forms import ANOTHER, CONSORTIUM, SHENLAN

INTEREST: dict[str, Any] = CONSORTIUM | {
    "measure": 14,
    "option": "loan_interest",
    "facts": {
        "loan_principal": "500,000,000",
        "loan_day": "2025-07-01",
        "interest_days": "365",
        "interest_year": "2026",
        "complies_with_planning": "是",
    },
    "amounts": {"city": "6,000,000"},
}
CITY = "@city:330100"


@pytest.fixture
async def lpr(desk: Desk) -> Desk:
    """The office, where the operator has recorded the LPR: 50% of 3.5% of 500 million yuan is 8.75 million."""
    await desk.record_figure("lpr_5y", "3.5%")
    return desk


async def tallies(desk: Desk) -> dict[tuple[str, int], int]:
    def query(tx: Transaction) -> dict[tuple[str, int], int]:
        return {(t.scope, t.year): t.used for t in tx.exec(select(Tally).where(Tally.ceiling == "14.interest"))}

    return await desk.db.read(query)


async def test_loan_interest_ends_at_the_city_and_is_counted_under_its_ceiling(lpr: Desk) -> None:
    await lpr.submit(INTEREST)
    assert await lpr.approve_to() == ["@county:330110", CITY]
    standing = await lpr.standing()
    assert standing.state is ApplicationState.AWARDED
    assert standing.award == {Level.PROVINCE: 0, Level.CITY: 6_000_000_00, Level.COUNTY: 0}
    assert await tallies(lpr) == {(SHENLAN, 2026): 6_000_000_00}
    assert await lpr.verify() is None


async def test_what_is_left_of_the_year_is_the_limit_of_the_next_application(lpr: Desk) -> None:
    await lpr.submit(INTEREST)
    await lpr.approve_to()
    second = {"project__title": "第二个算力中心"}
    with pytest.raises(RefusedApplication, match="over the limit of 4,000,000 yuan"):
        await lpr.submit(INTEREST, amounts__city="4,000,000.01", **second)
    await lpr.submit(INTEREST, amounts__city="4,000,000", **second)
    await lpr.approve_to()
    assert await tallies(lpr) == {(SHENLAN, 2026): 10_000_000_00}


async def test_another_year_and_another_applicant_have_ceilings_of_their_own(lpr: Desk) -> None:
    await lpr.submit(INTEREST)
    await lpr.approve_to()
    await lpr.submit(INTEREST, facts__interest_year="2025", project__title="上一年")
    await lpr.approve_to()
    await lpr.submit(INTEREST, applicant__credit_code=ANOTHER)
    await lpr.approve_to()
    assert await tallies(lpr) == dict.fromkeys(((SHENLAN, 2026), (SHENLAN, 2025), (ANOTHER, 2026)), 600000000)


async def test_a_determination_that_has_no_room_left_is_refused_and_decides_nothing(lpr: Desk) -> None:
    tokens = await _two_at_the_city(lpr)
    assert isinstance(await lpr.present(tokens[0]), Decided)
    late = error_of(await lpr.present(tokens[1]))
    assert isinstance(late, WrongAmount)
    assert "4,000,000 yuan left" in late.en and "尚余 400万元" in late.zh
    less = await lpr.present(tokens[1], channel=Channel.REPLY, amounts={Level.CITY: Fen(4_000_000_00)})
    assert isinstance(less, Decided)
    assert await tallies(lpr) == {(SHENLAN, 2026): 10_000_000_00}


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


async def test_of_two_determinations_at_the_same_moment_one_has_no_room(lpr: Desk, other: Database) -> None:
    for round_ in range(10):
        year = {"facts__interest_year": str(2030 + round_)}
        tokens = await _two_at_the_city(lpr, **year)
        answers = await asyncio.gather(
            *(
                db.write(decide, lpr.office, token, Answer(Outcome.APPROVE), Channel.REPLY, lpr.clock.tick())
                for db, token in zip((lpr.db, other), tokens, strict=True)
            )
        )
        assert sorted((type(answer) for answer in answers), key=str) == [Decided, NotDecided]
    assert set((await tallies(lpr)).values()) == {6_000_000_00}


async def test_the_database_itself_refuses_a_tally_over_its_ceiling(desk: Desk) -> None:
    def over(tx: Transaction) -> None:
        tx.insert(Tally, policy="p", ceiling="c", scope="", year=2026, used=11, most=10)

    with pytest.raises(DBAPIError, match="tally_under_its_ceiling"):
        await desk.db.write(over)


async def test_the_figure_of_the_day_of_the_contract_counts(lpr: Desk) -> None:
    await lpr.record_figure("lpr_5y", "2.0%", from_day="2026-01-01")
    await lpr.submit(INTEREST)
    with pytest.raises(RefusedApplication, match="over the limit of 5,000,000 yuan"):
        await lpr.submit(INTEREST, facts__loan_day="2026-01-01", project__title="新贷款")


async def test_without_the_figure_nothing_can_be_reckoned_and_the_sentence_says_whom_to_ask(desk: Desk) -> None:
    with pytest.raises(RefusedApplication, match="liandong figure set"):
        await desk.submit(INTEREST)


async def _two_at_the_city(desk: Desk, **changes: str) -> list[str]:
    """Submit two applications of six million each, walk both to the city, and return its tokens for them."""
    tokens = []
    for n in (1, 2):
        title = f"算力中心 {n} {changes}"
        await desk.submit(INTEREST, project__title=title, **changes)
        await desk.approve_to("city_determination")
        tokens.append((await desk.tokens_of(CITY, Channel.REPLY))[0])
    return tokens
