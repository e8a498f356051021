"""An official decides in a real browser with JavaScript switched off: on a phone and on a desk, zh and en."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from approvals.database import Database
from models.money import Fen
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Channel, Level, Outcome, Purpose
from notifications.practice.mailbox import Mailbox
from portal.app import create_app
from portal.mailbox import create_mailbox_app
from tests.integration.test_batches import batch, send
from tests.integration.test_ceilings import INTEREST
from tests.support.browser import serving
from tests.support.clock import Clock
from tests.support.desk import Desk

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
COUNTY = "@county:330110"
SIZES = {"phone": (360, 800), "desk": (1280, 900)}
WORDS = {
    "zh": {"send": "提交决定", "yes": "同意", "no": "不同意", "decided": "已作决定：同意", "why": "须写明意见"},
    "en": {"send": "Send the decision", "yes": "Approve", "no": "Refuse", "decided": "Decided: Approve", "why": "why"},
}
each_size = pytest.mark.parametrize("size", SIZES)
each_language = pytest.mark.parametrize("language", WORDS)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"no browser at {CHROMIUM}: apt-get install chromium, or set CHROMIUM to where it is")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def portal(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[str]:
    async with serving(create_app(settings, db, now=clock.tick), settings.portal_port) as address:
        yield address


async def page_of(browser: Browser, size: str) -> Page:
    width, height = SIZES[size]
    context = await browser.new_context(java_script_enabled=False, viewport={"width": width, "height": height})
    page = await context.new_page()
    page.set_default_timeout(10_000)
    return page


async def fits(page: Page) -> bool:
    """Return whether the page needs no scrolling sideways: its picture is as wide as the window."""
    picture = await page.screenshot(full_page=True)
    assert page.viewport_size is not None
    return int.from_bytes(picture[16:20], "big") == page.viewport_size["width"]  # a PNG's header


@each_size
@each_language
async def test_an_official_decides(chromium: Browser, portal: str, desk: Desk, size: str, language: str) -> None:
    words = WORDS[language]
    app = await desk.submit()
    page = await page_of(chromium, size)
    await page.goto(f"{portal}/d/{(await desk.tokens_of(COUNTY))[0]}")
    if language == "en":
        await page.get_by_role("link", name="English").click()
    assert app.number in await page.content()
    assert await fits(page)
    assert await page.get_by_role("radio", checked=True).count() == 0

    await page.get_by_label(words["no"], exact=True).check()
    await page.get_by_role("button", name=words["send"]).click()
    assert words["why"] in await page.get_by_role("alert").inner_text()
    assert await page.get_by_label(words["no"], exact=True).is_checked(), "what was entered stays"
    assert await fits(page)
    assert (await desk.standing()).open_stage is not None

    await page.get_by_label(words["yes"], exact=True).check()
    await page.locator("#amount_county").fill("2,500,000")
    await page.locator("#opinion").fill("同意推荐。")
    await page.get_by_role("button", name=words["send"]).click()
    assert words["decided"] in await page.get_by_role("status").inner_text()
    assert await fits(page)
    standing = await desk.standing()
    assert standing.pledges == {Level.COUNTY: Fen(250_000_000)}
    assert standing.stages[0].tasks[0].channel is Channel.LINK
    await page.reload()
    assert words["decided"] in await page.content()


@each_size
async def test_thirty_million_take_a_code_and_enter_does_not_send_another(
    chromium: Browser, portal: str, desk: Desk, size: str
) -> None:
    await desk.submit(amounts__province="15,000,000", amounts__city="9,000,000", amounts__county="6,000,000")
    page = await page_of(chromium, size)
    await page.goto(f"{portal}/d/{(await desk.tokens_of(COUNTY))[0]}")
    await page.get_by_label("同意", exact=True).check()
    await page.get_by_role("button", name="获取验证码").click()
    assert "验证码已发至" in await page.get_by_role("status").inner_text()
    assert await page.get_by_label("同意", exact=True).is_checked()
    await page.locator("#code").fill(await desk.newest_code())
    await page.locator("#code").press("Enter")
    assert "已作决定：同意" in await page.get_by_role("status").inner_text()
    assert len(await desk.letters("code")) == 1


@each_language
async def test_every_page_fits_on_a_phone(chromium: Browser, portal: str, desk: Desk, language: str) -> None:
    await desk.submit(project__title="Verylongwordwithoutanyspaces" * 6, amounts__province="20,000,000")
    links = [(await desk.tokens_of(COUNTY))[0]]
    for unit in (COUNTY, "@city:330100", "kjt", "fgw", "czt"):
        await desk.answer(unit, opinion="https://example.com/" + "x" * 200)
    links.append((await desk.tokens_of("kjt"))[0])
    page = await page_of(chromium, "phone")
    for link in links:
        await page.goto(f"{portal}/d/{link}?lang={language}")
        assert await fits(page)
    await desk.answer("kjt")
    (letter,) = await desk.letters("concluded")
    token = derive_token(desk.office.key, Purpose.STATUS, letter.facts["status_nonce"])
    for path in (f"d/{links[1]}", f"s/{token}", "nothing", ""):
        await page.goto(f"{portal}/{path}?lang={language}")
        assert await fits(page), path


@each_size
@each_language
async def test_findings_facts_and_an_overlap_fit_and_their_words_open(
    chromium: Browser, portal: str, desk: Desk, size: str, language: str
) -> None:
    await desk.record_figure("lpr_5y", "3.5%")
    title = "Verylongwordwithoutanyspaces" * 6
    await desk.submit(project__title=title, project__cost_basis="x" * 200, amounts__province="2,000,000")
    await desk.approve_to()
    await desk.submit(INTEREST, project__title=title, amounts__county="1,000,000")
    await desk.approve_to("city_determination")
    page = await page_of(chromium, size)
    await page.goto(f"{portal}/d/{(await desk.tokens_of('@city:330100'))[0]}?lang={language}")
    assert "LPR" in await page.content() or "loan prime rate" in await page.content()
    assert await page.locator(".overlap").is_visible()
    assert await fits(page)
    for closed in await page.locator("details.words").all():
        await closed.locator("summary").click()
        assert await closed.locator("blockquote").is_visible()
    assert await fits(page)


@each_size
async def test_pieces_scroll_in_their_own_box_and_are_downloaded(
    chromium: Browser, portal: str, desk: Desk, size: str
) -> None:
    app = await send(desk, batch("=1+1", "x" * 200))
    page = await page_of(chromium, size)
    await page.goto(f"{portal}/d/{(await desk.tokens_of('fgw'))[0]}?lang=en")
    assert await page.locator(".pieces tbody tr").count() == 2
    assert await fits(page)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download all pieces").click()
    file = await download.value
    assert file.suggested_filename == f"{app.number}.csv"
    assert "'=1+1" in Path(await file.path()).read_text("utf-8-sig")


async def test_two_letters_opened_side_by_side_can_both_be_answered(chromium: Browser, portal: str, desk: Desk) -> None:
    first = await page_of(chromium, "desk")
    await desk.submit(project__title="第一个项目")
    await first.goto(f"{portal}/d/{(await desk.tokens_of(COUNTY))[0]}")
    second = await first.context.new_page()
    await desk.submit(project__title="第二个项目")
    await second.goto(f"{portal}/d/{(await desk.tokens_of(COUNTY))[0]}")
    for page in (first, second):
        await page.get_by_label("同意", exact=True).check()
        await page.get_by_role("button", name="提交决定").click()
        assert "已作决定：同意" in await page.get_by_role("status").inner_text()


@each_size
async def test_an_applicant_looks_amends_and_withdraws(chromium: Browser, portal: str, desk: Desk, size: str) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RETURN, "请核减市级金额。")
    (letter,) = await desk.letters("returned")
    status, amend = (
        f"{portal}/{path}/{derive_token(desk.office.key, purpose, letter.facts[nonce])}"
        for path, purpose, nonce in (("s", Purpose.STATUS, "status_nonce"), ("a", Purpose.AMEND, "amend_nonce"))
    )
    page = await page_of(chromium, size)
    await page.goto(amend)
    assert await fits(page)
    text = await page.locator("#text").input_value()
    await page.locator("#text").fill(text.replace("5,000,000", "4,000,000"))
    await page.get_by_role("button", name="重新提交").click()
    assert "修改稿已收到" in await page.get_by_role("status").inner_text()

    await page.goto(status)
    assert await fits(page)
    await page.get_by_text("撤回申请", exact=True).click()
    await page.get_by_label("撤回原因").fill("市场变化")
    await page.get_by_label("我确认撤回").check()
    await page.get_by_role("button", name="确认撤回").click()
    assert "已撤回" in await page.locator(".panel").inner_text()
    assert (await desk.standing()).state is ApplicationState.WITHDRAWN


async def test_a_letter_in_the_practice_mailbox_leads_to_its_page(
    chromium: Browser, portal: str, settings: Settings, desk: Desk
) -> None:
    await desk.submit()
    link = f"{portal}/d/{(await desk.tokens_of(COUNTY))[0]}"
    head = "From: a@b.example\r\nTo: 330110@zj.example\r\nSubject: ask\r\nMIME-Version: 1.0\r\n"
    body = (
        f"Content-Type: text/html; charset=utf-8\r\n\r\n<a href='{link}'>open</a><script>document.title='ran'</script>"
    )
    Mailbox(settings.home).keep("330110@zj.example", (head + body).encode())
    async with serving(create_mailbox_app(settings), settings.mailbox_port) as address:
        context = await chromium.new_context()  # with JavaScript: the sandbox must hold by itself
        page = await context.new_page()
        page.set_default_timeout(10_000)
        await page.goto(address)
        await page.get_by_role("link", name="330110@zj.example").click()
        await page.get_by_role("link", name="ask").click()
        async with context.expect_page() as opened:
            await page.frame_locator("iframe").get_by_role("link", name="open").click()
        decide = await opened.value
        await decide.get_by_label("同意", exact=True).check()
        await decide.get_by_role("button", name="提交决定").click()
        assert "已作决定：同意" in await decide.get_by_role("status").inner_text()
        await context.close()
