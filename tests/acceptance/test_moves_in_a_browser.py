"""An official makes other steps than a decision in a real browser, with JavaScript switched off."""

import pytest
from playwright.async_api import Browser

from models.secrets import derive_token
from models.settings import Settings
from models.states import Purpose, TaskState
from tests.acceptance.test_pages_in_a_browser import chromium, each_language, each_size, fits, page_of, portal
from tests.support.desk import Desk

__all__ = ["chromium", "portal"]
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
COUNTY = "@county:330110"
WORDS = {
    "zh": {
        "other": "其他办理",
        "lend": "委派",
        "back": "收回委派",
        "to": "给谁",
        "return": "退回",
        "to_whom": "退回给谁",
    },
    "en": {
        "other": "Other steps",
        "lend": "Lend",
        "back": "Take the question back",
        "to": "To whom",
        "return": "Return",
        "to_whom": "Back to whom",
    },
}


@each_size
@each_language
async def test_an_official_lends_a_task_and_takes_it_back(
    chromium: Browser, portal: str, desk: Desk, settings: Settings, size: str, language: str
) -> None:
    words = WORDS[language]
    await desk.submit()
    await desk.approve_until("fgw")
    page = await page_of(chromium, size)
    link = f"{portal}/d/{(await desk.tokens_of('czt'))[0]}"
    await page.goto(f"{link}?lang={language}")
    assert not await page.get_by_label(words["to_whom"]).is_visible(), "asked only of a return"
    await page.get_by_label(words["return"], exact=True).check()
    assert await page.get_by_label(words["to_whom"]).is_visible()
    assert await fits(page)
    await page.get_by_text(words["other"]).click()
    lend = page.locator("details.step-fold", has=page.locator("#lend"))
    await lend.locator("summary").click()
    assert await fits(page)
    await page.locator("#lend-to").fill("省经信大厅")
    await page.locator("#lend-reason").fill("设备价格是否合理？")
    await lend.get_by_role("button").click()
    assert await page.locator("#lend-to").is_visible(), "the form that was refused stays open"
    assert await fits(page)
    await page.locator("#lend-to").fill("jxt")
    await lend.get_by_role("button").click()
    assert words["lend"] in await page.get_by_role("status").inner_text()
    assert await fits(page)
    await page.reload()
    await page.get_by_role("main").get_by_role("link").click()
    await page.locator("#recall-reason").fill("已自行查清")
    assert await fits(page)
    await page.get_by_role("button", name=words["back"]).click()
    assert await fits(page)
    stage = (await desk.standing()).open_stage
    assert stage is not None
    assert [t.state for t in stage.tasks if t.unit == "czt"] == [TaskState.OPEN]
    (letter, *_) = await desk.letters("submitted")
    status = derive_token(settings.secret_key, Purpose.STATUS, letter.facts["status_nonce"])
    await page.goto(f"{portal}/s/{status}?lang={language}")
    assert await fits(page)
