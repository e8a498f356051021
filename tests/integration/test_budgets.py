"""Budgets: a determination reserves them, and never overdraws one, also when two land at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from approvals import pages
from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.money import audit_money, budget_book, budgets
from approvals.transaction import Transaction
from models.application import Application
from models.budget import Allotment, Budget
from models.errors import RefusedApplication, WrongAmount
from models.ledger import Account
from models.money import Fen
from models.settings import Settings
from models.states import ApplicationState, Channel, Level, Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk, error_of
from tests.support.forms import ANOTHER, SHENLAN, SINGLE
from tests.support.money import CITY, COUNTY, CZT, balances_of, grant
from tests.support.notices import noticed_city, on_view
from tests.support.policies import ZHEJIANG

LEAD = "kjt"


async def rows(desk: Desk) -> dict[str, tuple[int | None, int]]:
    found = await desk.db.read(budget_book.budgets, ZHEJIANG)
    return {one.unit: (one.granted, one.reserved) for one in found}


async def test_an_award_takes_each_levels_share_of_its_own_budget(desk: Desk) -> None:
    await grant(desk, "czt", "50,000,000")
    await grant(desk, "330100", "6,000,000")
    app = await desk.submit()
    await desk.approve_to()
    assert (await desk.standing()).award is not None
    assert await rows(desk) == {
        CZT: (50_000_000_00, app.asked_province),
        CITY: (6_000_000_00, app.asked_city),
        COUNTY: (None, app.asked_county),
    }
    assert await desk.verify() is None
    assert await desk.db.read(audit_money.of_all) is None


async def test_what_is_left_is_on_the_page_and_in_the_letters_of_those_who_answer_for_it(
    desk: Desk, settings: Settings
) -> None:
    await grant(desk, "czt", "50,000,000")
    await desk.submit()
    await desk.approve_to("cosignature")
    (finance, *_), (other, *_) = await desk.asked(CZT), await desk.asked("fgw")
    assert [one["left"] for one in finance.facts["budgets"]] == [50_000_000_00]
    assert "budgets" not in other.facts
    await desk.approve_to("determination")
    (letter, *_) = await desk.asked(LEAD)
    assert [one["left"] for one in letter.facts["budgets"]] == [None, None, 50_000_000_00]
    assert "省财政厅 2026 年度尚余 5,000万元（预算 5,000万元）" in text_of(render(letter, settings))
    page = await desk.db.read(pages.decide_page, desk.token_in(letter), desk.clock())
    assert [(one.unit, one.left) for one in page.budgets] == [(CITY, None), (COUNTY, None), (CZT, 50_000_000_00)]


def text_of(raw: bytes) -> str:
    part = message_from_bytes(raw, policy=policy.default).get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content())


async def test_a_determination_over_the_budget_is_refused_and_the_sentence_says_what_to_do(desk: Desk) -> None:
    await grant(desk, "czt", "4,000,000", measure=19)
    await desk.submit(SINGLE)
    await desk.approve_to("determination")
    late = error_of(await desk.answer(LEAD))
    assert isinstance(late, WrongAmount)
    assert "省财政厅 2026 年度措施 19 预算 400万元，尚余 400万元" in late.zh
    assert "has 4,000,000 yuan left" in late.en and "record more budget" in late.en
    assert await balances_of(desk) == {}
    less = await desk.answer(LEAD, channel=Channel.LINK, amounts={Level.PROVINCE: Fen(4_000_000_00)})
    assert isinstance(less, Decided)
    assert await rows(desk) == {CZT: (4_000_000_00, 4_000_000_00)}


@pytest.mark.parametrize("outcome", [Outcome.REFUSE, Outcome.RETURN])
async def test_an_application_that_ends_otherwise_reserves_nothing(desk: Desk, outcome: Outcome) -> None:
    await desk.submit(SINGLE)
    await desk.approve_to("determination")
    await desk.answer(LEAD, outcome, "不予支持")
    assert await rows(desk) == {} == await balances_of(desk)


async def test_what_was_reserved_and_is_not_awarded_after_all_is_given_back_and_posted(desk: Desk) -> None:
    await grant(desk, "czt", "10,000,000")
    app = await desk.submit(SINGLE)
    shares = {Level.PROVINCE: Fen(10_000_000_00), Level.CITY: Fen(0), Level.COUNTY: Fen(0)}
    for _ in range(2):
        await desk.db.write(_as_verb(budgets.reserve), app.id, shares, desk.clock.tick())
        assert await rows(desk) == {CZT: (10_000_000_00, 10_000_000_00)}
        await desk.db.write(_as_verb(budgets.give_back), app.id, desk.clock.tick())
        assert await rows(desk) == {CZT: (10_000_000_00, 0)}
    assert await balances_of(desk) == {}
    assert await desk.verify() is None
    assert await desk.db.read(audit_money.of_all) is None


async def test_what_is_on_view_is_reserved_already_and_given_back_where_it_fails(desk: Desk) -> None:
    await on_view(await noticed_city(desk))
    held = {("industry", Account.RESERVED): 200_000_00, ("industry", Account.OWED): 200_000_00}
    held |= {("@county:990101", Account.RESERVED): 100_000_00, ("@county:990101", Account.OWED): 100_000_00}
    assert await balances_of(desk) == held
    assert await desk.verify() is None
    await desk.withdraw()
    assert await balances_of(desk) == {}
    assert await desk.verify() is None
    assert await desk.db.read(audit_money.of_all) is None


def _as_verb(verb: Callable[..., None]) -> Callable[..., None]:
    """Return ``verb`` of an application's locked row as a verb of its id."""

    def run(tx: Transaction, app_id: str, *args: Any) -> None:
        verb(tx, tx.exec(select(Application).where(Application.id == app_id).with_for_update()).one(), *args)

    return run


async def test_more_budget_makes_room_and_less_than_is_taken_is_refused(desk: Desk) -> None:
    await grant(desk, "czt", "1,000,000")
    app = await desk.submit(SINGLE)
    await desk.approve_to("determination")
    assert isinstance(await desk.answer(LEAD), NotDecided)
    await grant(desk, "czt", "10,000,000")
    assert isinstance(await desk.answer(LEAD), Decided)
    with pytest.raises(RefusedApplication, match="awards have taken"):
        await grant(desk, "czt", "1,000,000")
    assert await rows(desk) == {CZT: (10_000_000_00, app.asked_province)}
    assert len(await desk.db.read(budget_book.recorded, ZHEJIANG)) == 2
    assert await desk.db.read(audit_money.of_all) is None


async def test_a_budget_is_of_a_unit_that_pays(desk: Desk) -> None:
    for unit, measure, why in (
        ("fgw", 19, "'fgw' pays nothing under measure 19; choose from: czt, the code of a city, the code of a county"),
        ("czt", 1, "gives no money; choose from: 2, 14, 15"),
        ("@city", 19, "pays nothing under measure 19"),
    ):
        with pytest.raises(RefusedApplication, match=why):
            await grant(desk, unit, "1,000,000", measure=measure)
    await grant(desk, "330110", "1,000,000", measure=17)
    await grant(desk, "杭州市", "1,000,000", measure=14)
    assert await rows(desk) == {COUNTY: (1_000_000_00, 0), CITY: (1_000_000_00, 0)}


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


async def test_of_two_determinations_at_the_same_moment_one_has_no_room(desk: Desk, other: Database) -> None:
    await grant(desk, "czt", "0.01")
    pairs = [[await _at_the_lead(desk, code) for code in (SHENLAN, ANOTHER)] for _ in range(4)]
    for taken, tokens in enumerate(pairs, start=1):
        await grant(desk, "czt", f"{taken * 5_000_000}")
        answers = await asyncio.gather(
            *(
                db.write(decide, desk.office, token, Answer(Outcome.APPROVE), Channel.REPLY, desk.clock.tick())
                for db, token in zip((desk.db, other), tokens, strict=True)
            )
        )
        assert sorted((type(answer) for answer in answers), key=str) == [Decided, NotDecided]
        assert (await rows(desk))[CZT] == (taken * 5_000_000_00, taken * 5_000_000_00)
    assert await desk.db.read(audit_money.of_all) is None


async def test_of_200_pairs_that_want_the_rest_of_a_budget_each_has_one_winner(desk: Desk, other: Database) -> None:
    """The row alone, 200 times: two connections each want all of what is left."""

    def want(tx: Transaction, year: int) -> bool:
        granted, reserved = budgets.lock(tx, ZHEJIANG.key, CZT, 19, year)
        if granted is not None and reserved + 5 > granted:
            return False
        budgets.take(tx, ZHEJIANG.key, CZT, 19, year, Fen(5))
        return True

    def make(tx: Transaction) -> None:
        for year in range(2000, 2200):
            tx.insert(Allotment, policy=ZHEJIANG.key, unit=CZT, measure=19, year=year, granted=Fen(9), reserved=Fen(0))

    await desk.db.write(make)
    for year in range(2000, 2200):
        assert sorted(await asyncio.gather(desk.db.write(want, year), other.write(want, year))) == [False, True]


async def test_the_database_itself_refuses_a_budget_overdrawn_and_a_record_changed(desk: Desk) -> None:
    def over(tx: Transaction) -> None:
        tx.insert(Allotment, policy="p", unit="u", measure=1, year=2026, granted=Fen(10), reserved=Fen(11))

    with pytest.raises(DBAPIError, match="reserved_within_its_budget"):
        await desk.db.write(over)
    await grant(desk, "czt", "1,000,000")

    def change(tx: Transaction) -> None:
        tx.execute(Budget.__table__.update().values(amount=5))  # type: ignore[attr-defined]

    with pytest.raises(DBAPIError, match="append-only"):
        await desk.db.write(change)


async def test_a_budget_that_says_another_sum_than_the_ledger_is_found(desk: Desk) -> None:
    await desk.submit(SINGLE)
    await desk.approve_to()
    assert (await desk.standing()).state is ApplicationState.AWARDED

    def alter(tx: Transaction) -> None:
        tx.execute(Allotment.__table__.update().values(reserved=1))  # type: ignore[attr-defined]

    await desk.db.write(alter)
    found = await desk.db.read(audit_money.of_all)
    assert found is not None and "another sum is taken than the ledger does" in found


async def _at_the_lead(desk: Desk, code: str) -> str:
    """Submit an application for five million, walk it to the lead, and return the lead's token."""
    title: dict[str, Any] = {"project__title": f"项目 {desk.clock.tick().timestamp()}"}
    await desk.submit(SINGLE, applicant__credit_code=code, amounts__province="5,000,000", **title)
    await desk.approve_to("determination")
    return (await desk.tokens_of(LEAD, Channel.REPLY))[0]
