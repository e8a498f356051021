"""The decide page, on both databases: what a click, a form and a stranger can do."""

from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from models.letter import Letter
from models.money import Fen
from models.settings import Settings
from models.states import ApplicationState, Channel, Level, Outcome
from portal.app import create_app
from tests.support.browser import Browser, browsing, errors_in
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dump import dump
from tests.support.forms import SINGLE

COUNTY, CITY = "@county:330110", "@city:330100"


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def link_of(desk: Desk, unit: str) -> str:
    return "/d/" + (await desk.tokens_of(unit))[0]


async def test_a_letters_link_shows_what_how_much_which_stage_and_until_when(desk: Desk, browser: Browser) -> None:
    app = await desk.submit()
    page = await browser.open(await link_of(desk, COUNTY))
    assert page.status_code == 200
    for words in (app.number, app.title, app.applicant, app.credit_code, "1,800万元", "第 1 步，共 5 步"):
        assert words in page.text
    for words in ("2026年11月30日 周一 18:00", "逾期未答复", "three-level linkage", "县级推荐", "核定"):
        assert words in page.text
    assert " checked" not in page.text, "no outcome may be chosen beforehand"
    assert "<script" not in page.text


async def test_pages_speak_the_officers_language_until_another_is_chosen(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    await desk.approve_until("fgw")  # the directory says: English
    link = await link_of(desk, "fgw")
    assert '<html lang="en">' in (await browser.open(link)).text
    assert '<html lang="zh-CN">' in (await browser.open(link + "?lang=zh")).text
    assert '<html lang="zh-CN">' in (await browser.open(link)).text, "the choice is remembered"


async def test_get_and_head_change_nothing_however_often(desk: Desk, browser: Browser, db: Database) -> None:
    await desk.submit()
    link, before = await link_of(desk, COUNTY), await dump(db)
    for path in (link, link + "?lang=en", link + "?outcome=approve&opinion=x", link + "/code", "/", "/healthz"):
        await browser.client.get(path, follow_redirects=True)
        await browser.client.head(path, follow_redirects=True)
    assert await dump(db) == before


async def test_an_approval_is_recorded_once_and_shown_afterwards(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link = await link_of(desk, COUNTY)
    answer = await browser.send(link, outcome="approve", opinion="同意推荐。", amount_county="2,000,000")
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    standing = await desk.standing()
    assert standing.pledges == {Level.COUNTY: Fen(200_000_000)}
    (task,) = standing.stages[0].tasks
    assert (task.outcome, task.opinion, task.channel) == (Outcome.APPROVE, "同意推荐。", Channel.LINK)
    page = await browser.open(link)
    assert page.status_code == 200
    for words in (
        "已作决定：同意",
        "余杭区人民政府",
        "330110@zj.example",
        "2026年11月23日 周一 09:00",
        "200万元",
        "来信中的链接",
    ):
        assert words in page.text, words


async def test_a_second_answer_is_told_who_decided_and_changes_nothing(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link = await link_of(desk, COUNTY)
    field = await browser.csrf(link)
    await browser.client.post(link, data={"csrf": field, "outcome": "approve"})
    again = await browser.client.post(link, data={"csrf": field, "outcome": "refuse", "opinion": "改主意"})
    assert again.status_code == 409
    assert "已作决定：同意" in again.text
    assert (await desk.standing()).stages[0].outcome is Outcome.APPROVE


@pytest.mark.parametrize("field", [None, "", "0" * 64], ids=["absent", "empty", "made up"])
async def test_a_form_that_we_did_not_show_decides_nothing(
    desk: Desk, browser: Browser, db: Database, field: str | None
) -> None:
    await desk.submit()
    link = await link_of(desk, COUNTY)
    await browser.open(link)
    before = await dump(db)
    sent = {"outcome": "approve"} | ({} if field is None else {"csrf": field})
    refused = await browser.client.post(link, data=sent)
    assert refused.status_code == 403
    assert "再次提交" in errors_in(refused)[0]
    assert await dump(db) == before


async def test_the_field_of_one_page_does_not_open_another(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    one, other = await link_of(desk, "fgw"), await link_of(desk, "czt")
    field = await browser.csrf(one)
    await browser.open(other)
    assert (await browser.client.post(other, data={"csrf": field, "outcome": "approve"})).status_code == 403


async def test_an_outcome_must_be_chosen(desk: Desk, browser: Browser, db: Database) -> None:
    await desk.submit()
    before = await dump(db)
    for outcome in ({}, {"outcome": ""}, {"outcome": "maybe"}):
        refused = await browser.send(await link_of(desk, COUNTY), opinion="看过了", **outcome)
        assert refused.status_code == 422
        assert errors_in(refused) == ["请选择“同意”“不同意”或“退回”。"]
        assert "看过了" in refused.text, "what was entered stays"
    assert await dump(db) == before


@pytest.mark.parametrize("outcome", ["refuse", "return"])
async def test_a_no_without_an_opinion_is_refused_kindly(desk: Desk, browser: Browser, outcome: str) -> None:
    await desk.submit()
    refused = await browser.send(await link_of(desk, COUNTY), outcome=outcome, opinion="  ")
    assert refused.status_code == 422
    assert errors_in(refused) == ["不同意或退回须写明意见。"]
    assert f'value="{outcome}" aria-describedby="outcome-{outcome}-hint" checked' in refused.text
    assert (await desk.standing()).open_stage is not None


async def test_an_opinion_that_is_too_long_is_refused_and_odd_characters_are_not(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link = await link_of(desk, COUNTY)
    refused = await browser.send(link, outcome="refuse", opinion="长" * 5001)
    assert (refused.status_code, errors_in(refused)) == (422, ["此处至多 5,000 字，现有 5,001 字；请删减。"])
    assert (await browser.send(link, outcome="refuse", opinion="一\x00行\r\n二行\x1b")).status_code == 303
    assert (await desk.standing()).stages[0].tasks[0].opinion == "一行\n二行"


@pytest.mark.parametrize("given", ["", "-1", "abc", "1.234", "1e400"])
async def test_an_amount_must_be_yuan(desk: Desk, browser: Browser, given: str) -> None:
    await desk.submit()
    refused = await browser.send(await link_of(desk, COUNTY), outcome="approve", amount_county=given)
    assert refused.status_code == 422
    assert errors_in(refused) == ["县级金额须为非负、至多两位小数的元数，例如 6,000,000。"]


async def test_no_more_can_be_pledged_than_was_asked(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    refused = await browser.send(await link_of(desk, COUNTY), outcome="approve", amount_county="3,000,000.01")
    assert (refused.status_code, errors_in(refused)) == (422, ["县级承诺金额须在 0 至申请额 300万元 之间"])


async def test_an_award_that_does_not_add_up_is_refused_and_one_that_does_ends_the_chain(
    desk: Desk, browser: Browser
) -> None:
    await desk.submit()
    for unit in (COUNTY, CITY, "kjt", "fgw", "czt"):
        await desk.answer(unit)
    link = await link_of(desk, "kjt")
    page = (await browser.open(link)).text
    assert 'name="amount_province" value="10,000,000"' in page
    assert 'name="amount_city" value="5,000,000"' in page
    wrong = await browser.send(link, outcome="approve", amount_city="4,000,000")
    assert (wrong.status_code, errors_in(wrong)) == (422, ["市级金额须等于其承诺额 500万元"])
    amounts = {"amount_province": "9,000,000", "amount_city": "5,000,000", "amount_county": "3,000,000"}
    assert (await browser.send(link, outcome="approve", **amounts)).status_code == 303
    standing = await desk.standing()
    assert (standing.state, standing.award_total) == (ApplicationState.AWARDED, 1_700_000_000)
    assert await desk.verify() is None


async def test_a_stage_asks_for_an_amount_only_where_it_pledges_one(desk: Desk, browser: Browser) -> None:
    await desk.submit(SINGLE)
    assert 'name="amount_' not in (await browser.open(await link_of(desk, COUNTY))).text
    assert (await browser.send(await link_of(desk, COUNTY), outcome="approve")).status_code == 303


async def test_thirty_million_needs_the_code_that_was_mailed(desk: Desk, browser: Browser) -> None:
    sums = {"amounts__province": "15,000,000", "amounts__city": "9,000,000", "amounts__county": "6,000,000"}
    await desk.submit(**sums)
    link = await link_of(desk, COUNTY)
    refused = await browser.send(link, outcome="approve")
    assert (refused.status_code, errors_in(refused)) == (422, ["验证码不正确或已过期；请重新获取。"])
    sent = await browser.send(link, "/code", outcome="approve", opinion="写到一半")
    assert sent.status_code == 200
    assert "验证码已发至 330110@zj.example" in sent.text
    assert "写到一半" in sent.text
    hasty = await browser.send(link, "/code")
    assert (hasty.status_code, len(await codes_sent(desk))) == (409, 1)
    assert "一分钟后" in errors_in(hasty)[0]
    assert (await browser.send(link, outcome="approve", code="000000x")).status_code == 422
    assert (await browser.send(link, outcome="approve", code=await desk.newest_code())).status_code == 303
    assert (await desk.standing()).stages[0].outcome is Outcome.APPROVE


async def codes_sent(desk: Desk) -> list[Letter]:
    return await desk.letters("code")


async def test_a_code_can_be_asked_for_again_after_a_minute(desk: Desk, browser: Browser) -> None:
    await desk.submit(amounts__province="15,000,000")
    link = await link_of(desk, COUNTY)
    await browser.send(link, "/code")
    first = await desk.newest_code()
    desk.clock.tick(61)
    await browser.send(link, "/code")
    assert len(await codes_sent(desk)) == 2
    assert await desk.newest_code() != first
    assert (await browser.send(link, outcome="approve", code=first)).status_code == 422


async def test_no_code_is_sent_where_none_is_needed(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    assert (await browser.send(await link_of(desk, COUNTY), "/code")).status_code == 409
    assert not await codes_sent(desk)


async def test_what_an_applicant_wrote_is_shown_and_never_run(desk: Desk, browser: Browser) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    await desk.submit(project__title=nasty, project__summary=nasty, applicant__name=nasty)
    link = await link_of(desk, COUNTY)
    pages = [await browser.open(link), await browser.send(link, outcome="", opinion=f"</textarea>{nasty}")]
    await browser.send(link, outcome="approve", opinion=nasty)
    for page in [*pages, await browser.open(link)]:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "&lt;script&gt;" in page.text
