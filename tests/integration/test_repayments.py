"""Repayments: what came back in cash is posted by its receipt, once, and no later release sets it off."""

import asyncio
import datetime as dt
import io
import json

import pytest
import sqlalchemy as sa
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from approvals.database import Database
from approvals.money.repayments import RepaymentEntry, owed_back, record_repayment
from cli import recovery_page
from cli.case_json import to_json
from models.calendar import office_date
from models.errors import RefusedApplication, UnknownApplication
from models.ledger import Account
from models.money import Fen
from models.recovery_standing import RecoveryStanding
from models.repayment import MoreThanOwed, NothingOwed, ReceiptUsed
from models.settings import Settings
from models.states import Level
from notifications.rendering.render import render
from tests.integration.test_audit import tamper
from tests.integration.test_recoveries import MILLION, other, whole
from tests.integration.test_releases import text_of
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, SINGLE
from tests.support.money import CITY, CZT, awarded, balances_of, open_release, recover, released, repay

__all__ = ["other"]


async def test_what_was_repaid_is_not_set_off_and_the_books_say_where_it_went(desk: Desk) -> None:
    award = await awarded(desk, SINGLE)
    await released(desk, award.number)
    await recover(desk, award.number, 3 * MILLION)
    await repay(desk, award.number, 2 * MILLION, "非税缴款书 0001")
    desk.app = award
    standing = await desk.standing()
    assert standing.recoveries == (RecoveryStanding(Level.PROVINCE, Fen(3 * MILLION), Fen(0), Fen(2 * MILLION)),)
    await open_release(desk, award.number, "acceptance")
    release = (await desk.standing()).release
    assert release is not None and release.set_off == {Level.PROVINCE: MILLION}
    await desk.approve_to()
    assert await balances_of(desk) == {
        (CZT, Account.RESERVED): 10 * MILLION,
        (CZT, Account.PAID): 9 * MILLION,
        (CZT, Account.RECLAIMED): 3 * MILLION,
        (CZT, Account.REPAID): 2 * MILLION,
    }
    await whole(desk)


async def test_an_award_that_was_paid_by_setting_off_alone_can_be_repaid_too(desk: Desk) -> None:
    first = await awarded(desk, SINGLE)
    await released(desk, first.number)
    await recover(desk, first.number, 6 * MILLION)
    second = await awarded(desk, SINGLE, project__title="另一个项目", amounts__province="5,000,000")
    await released(desk, second.number)
    await recover(desk, second.number, 3 * MILLION)
    await repay(desk, second.number, 3 * MILLION, "0002")
    assert (await balances_of(desk))[CZT, Account.RECOVERABLE] == 3 * MILLION
    await whole(desk)


async def test_what_is_not_owed_is_refused_with_a_sentence_and_leaves_nothing(desk: Desk) -> None:
    award = await awarded(desk)
    with pytest.raises(UnknownApplication):
        await repay(desk, "ZJAI19-2026-09999", 1, "0001")
    await released(desk, award.number)
    with pytest.raises(NothingOwed, match="待追回"):
        await repay(desk, award.number, 1, "0001")
    for level in (Level.CITY, Level.COUNTY):
        await recover(desk, award.number, MILLION, level)
    with pytest.raises(RefusedApplication, match="name one of: city, county"):
        await repay(desk, award.number, MILLION, "0001")
    with pytest.raises(NothingOwed):
        await repay(desk, award.number, MILLION, "0001", Level.PROVINCE)
    for fen in (0, MILLION + 1):
        with pytest.raises(MoreThanOwed, match="1,000,000 yuan of the city is left"):
            await repay(desk, award.number, fen, "0001", Level.CITY)
    with pytest.raises(RefusedApplication, match="receipt"):
        await repay(desk, award.number, MILLION, " ", Level.CITY)
    tomorrow = office_date(desk.clock()) + dt.timedelta(days=1)
    entry = RepaymentEntry(award.number, Fen(MILLION), "0001", tomorrow, Level.CITY)
    with pytest.raises(RefusedApplication, match="after today"):
        await desk.db.write(record_repayment, desk.office, entry, desk.clock())
    assert (CITY, Account.REPAID) not in await balances_of(desk)
    await whole(desk)


async def test_a_receipt_counts_once_for_its_payer(desk: Desk) -> None:
    award = await awarded(desk)
    await released(desk, award.number)
    for level in (Level.CITY, Level.COUNTY):
        await recover(desk, award.number, MILLION, level)
    await repay(desk, award.number, MILLION // 2, "0001", Level.CITY)
    with pytest.raises(ReceiptUsed, match=rf"for {award.number}.*“0001-2”"):
        await repay(desk, award.number, MILLION // 2, " 0001 ", Level.CITY)
    await repay(desk, award.number, MILLION // 2, "0001-2", Level.CITY)
    await repay(desk, award.number, MILLION, "0001", Level.COUNTY)
    with pytest.raises(NothingOwed):
        await repay(desk, award.number, 1, "0003", Level.CITY)
    await whole(desk)


async def test_the_applicant_is_told_what_came_and_what_is_left(desk: Desk, settings: Settings) -> None:
    award = await awarded(desk, SINGLE)
    await released(desk, award.number)
    await recover(desk, award.number, 3 * MILLION)
    await repay(desk, award.number, 2 * MILLION, "缴款书 0001")
    await repay(desk, award.number, MILLION, "缴款书 0002")
    last, first = await desk.letters("repayment", application_id=award.id)
    for letter, language, words in (
        (first, "zh", "凭证：缴款书 0001"),
        (first, "zh", "尚应退回 省级 100万元"),
        (first, "en", "is still to be paid back"),
        (last, "zh", "已全部结清"),
        (last, "en", "All that had to be paid back"),
    ):
        letter.language = language
        assert words in text_of(render(letter, settings)).replace("\n", " "), words


async def test_what_is_left_is_listed_on_the_terminal_and_for_machines(desk: Desk) -> None:
    award = await awarded(desk, SINGLE)
    await released(desk, award.number)
    await recover(desk, award.number, 3 * MILLION)
    await repay(desk, award.number, MILLION, "0001")
    ((number, applicant, one),) = rows = await desk.db.read(owed_back)
    assert (number, applicant, one.left) == (award.number, award.applicant, 2 * MILLION)
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(recovery_page.owed(rows), *recovery_page.recoveries([one]))
    shown = console.export_text()
    assert all(words in shown for words in (award.number, "省级", "300万元", "100万元", "200万元"))
    desk.app = award
    (machine,) = json.loads(json.dumps(to_json(await desk.standing())))["recoveries"]
    assert (machine["level"], machine["left"]) == ("province", 2 * MILLION)
    await repay(desk, award.number, 2 * MILLION, "0002")
    assert await desk.db.read(owed_back) == []


async def test_two_who_record_at_the_same_moment_record_once(desk: Desk, other: Database) -> None:
    for n in range(4):
        award = await awarded(desk, SINGLE, project__title=f"项目 {n}")
        await released(desk, award.number)
        await recover(desk, award.number, 6 * MILLION)
        receipts = ("same", "same") if n % 2 else (f"a{n}", f"b{n}")  # the same receipt; more than is owed
        share = 3 * MILLION if n % 2 else 4 * MILLION
        given = await asyncio.gather(
            repay(desk, award.number, share, f"{receipts[0]}{n}"),
            repay(desk, award.number, share, f"{receipts[1]}{n}", db=other),
            return_exceptions=True,
        )
        lost = "ReceiptUsed" if n % 2 else "MoreThanOwed"
        assert sorted(type(one).__name__ for one in given) == sorted(["NoneType", lost]), given
    await whole(desk)


async def test_a_receipt_for_two_applicants_at_the_same_moment_counts_once(desk: Desk, other: Database) -> None:
    mine = await awarded(desk, SINGLE)
    await released(desk, mine.number)
    theirs = await awarded(desk, SINGLE, applicant__credit_code=ANOTHER, project__title="别家的项目")
    await released(desk, theirs.number)
    for award in (mine, theirs):
        await recover(desk, award.number, 4 * MILLION)
    for n in range(4):
        given = await asyncio.gather(
            repay(desk, mine.number, MILLION // 2, f"{n}"),
            repay(desk, theirs.number, MILLION // 2, f"{n}", db=other),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in given) == ["NoneType", "ReceiptUsed"], given
    await whole(desk)


async def test_what_was_recorded_is_neither_changed_nor_removed(desk: Desk) -> None:
    award = await awarded(desk, SINGLE)
    await released(desk, award.number)
    await recover(desk, award.number, MILLION)
    await repay(desk, award.number, MILLION, "0001")
    for statement in ("UPDATE repayment SET amount = 1", "DELETE FROM repayment"):
        with pytest.raises(DBAPIError, match="append-only"):
            await desk.db.write(lambda tx, said=statement: tx.execute(sa.text(said)))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE repayment SET amount = amount - 1",
        "UPDATE repayment SET receipt = '0009'",
        "UPDATE repayment SET paid_on = '2025-01-01'",
        "DELETE FROM repayment",
        "INSERT INTO repayment SELECT unit, '0002', award, event_seq + 1, level, amount, paid_on, at FROM repayment",
    ],
)
async def test_whatever_is_done_to_a_receipt_is_found(desk: Desk, statement: str) -> None:
    award = await awarded(desk, SINGLE)
    await released(desk, award.number)
    await recover(desk, award.number, MILLION)
    await repay(desk, award.number, MILLION, "0001")
    desk.app = award
    await tamper(desk, statement)
    found = await desk.verify()
    assert found is not None and "receipt of a repayment" in found.why
