"""The pages of a release, on both databases: who pays agrees or does not, and the applicant sees what is paid."""

from collections.abc import AsyncIterator

import pytest

from approvals import queries
from approvals.database import Database
from flows.dossier import dossier
from flows.page import run_name, tags
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Level, Purpose
from portal.app import create_app
from tests.support.browser import Browser, browsing
from tests.support.desk import Desk
from tests.support.money import CITY, COUNTY, CZT, awarded, grant, open_release, recover, released, repay


@pytest.fixture
async def browser(settings: Settings, db: Database, desk: Desk) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=desk.clock.tick)) as opened:
        yield opened


async def link_of(desk: Desk, unit: str) -> str:
    return "/d/" + (await desk.tokens_of(unit))[0]


async def test_who_pays_sees_instalment_evidence_and_set_off_and_agrees_on_the_page(
    desk: Desk, browser: Browser
) -> None:
    award = await awarded(desk)
    await released(desk, award.number)
    await recover(desk, award.number, 1_000_000_00, Level.CITY)
    app = await open_release(desk, award.number, "acceptance", evidence="验收意见〔2026〕1 号")
    link = await link_of(desk, CITY)
    page = await browser.open(link)
    for words in (app.number, award.number, "第 2 期，共 2 期", "验收意见〔2026〕1 号", "抵减", "同意按上列金额拨付"):
        assert words in page.text, words
    assert 'value="return"' not in page.text
    assert "规则核验" not in page.text
    assert (await browser.send(link, outcome="approve")).status_code == 303
    for unit in (CZT, COUNTY):
        await desk.answer(unit)
    standing = await desk.standing()
    assert standing.state is ApplicationState.ACCOMPLISHED
    (told, *_) = await desk.letters("concluded", application_id=app.id, address=app.email)
    status = derive_token(desk.office.key, Purpose.STATUS, told.facts["status_nonce"])
    shown = (await browser.open(f"/s/{status}")).text
    assert "已拨付" in shown and "抵减" in shown and "100万元" in shown
    assert 'id="withdraw"' not in shown


async def test_the_applicant_sees_what_must_be_paid_back_and_what_is_left_of_it(desk: Desk, browser: Browser) -> None:
    award = await awarded(desk)
    await released(desk, award.number)
    (letter, *_) = await desk.letters("concluded", application_id=award.id, address=award.email)
    status = f"/s/{derive_token(desk.office.key, Purpose.STATUS, letter.facts['status_nonce'])}"
    assert "应退回的资金" not in (await browser.open(status)).text
    await recover(desk, award.number, 2_000_000_00, Level.CITY)
    await repay(desk, award.number, 500_000_00, "缴款书 001", Level.CITY)
    shown = (await browser.open(status)).text
    for words in ("应退回的资金", "200万元", "50万元", "150万元", "也可以在此前缴回"):
        assert words in shown, words
    await repay(desk, award.number, 1_500_000_00, "缴款书 002", Level.CITY)
    assert "已全部结清" in (await browser.open(status)).text


async def test_whoever_answers_for_a_budget_sees_what_is_left_of_it_on_the_page(desk: Desk, browser: Browser) -> None:
    await grant(desk, CITY.partition(":")[2], "6,000,000")
    await desk.submit()
    await desk.approve_to("city_recommendation")
    page = await browser.open(await link_of(desk, CITY))
    assert "年度预算" in page.text and "杭州市人民政府 · 2026" in page.text and "600万元" in page.text
    await desk.approve_to("determination")
    page = await browser.open(await link_of(desk, "kjt"))
    assert "未登记预算，不设限" in page.text and "600万元" in page.text


async def test_the_run_in_prefect_says_what_is_released(desk: Desk) -> None:
    award = await awarded(desk)
    app = await open_release(desk, award.number)
    standing = await desk.db.read(queries.standing, app.number)
    assert run_name(standing) == "ZJAI19-R-2026-00001 · 杭州市余杭区 · 拨付"
    assert "release" in tags(standing)
    said = dossier(standing)
    for words in ("拨付 Release 1/2", award.number, "合同已签订", "| 市级 City | 300万元 | 0元 | 300万元 |"):
        assert words in said, words
    assert "规则核验" not in said
