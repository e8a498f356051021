"""An official decides several tasks on one page in a real browser, with JavaScript switched off."""

import pytest
from playwright.async_api import Browser

from models.officer import LettersWanted
from models.secrets import derive_token
from tests.acceptance.test_pages_in_a_browser import chromium, each_language, each_size, fits, page_of, portal
from tests.integration.test_digests import morning, sweep, wanting
from tests.support.desk import Desk

__all__ = ["chromium", "portal"]
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
WORDS = {
    "zh": {"approve": "同意", "refuse": "不同意", "send": "提交已选的答复", "recorded": "已记录 2 件"},
    "en": {"approve": "Approve", "refuse": "Refuse", "send": "Send the answers chosen", "recorded": "2 of 2"},
}


@each_size
@each_language
async def test_an_official_decides_several_on_one_page(
    chromium: Browser, portal: str, desk: Desk, size: str, language: str
) -> None:
    words = WORDS[language]
    await wanting(desk, LettersWanted.DIGEST)
    for title in ("甲项目", "A" * 60, "丙项目"):
        await desk.submit(project__title=title)
    await sweep(desk, morning(24))
    (letter,) = await desk.letters("digest")
    page = await page_of(chromium, size)
    link = f"{portal}/m/{derive_token(desk.office.key, 'several', letter.facts['several_nonce'])}"
    await page.goto(f"{link}?lang={language}")
    assert await page.locator("input[type=radio]:checked").count() == 0
    assert await fits(page)
    first, second, third = [page.locator("section.card").nth(n) for n in range(3)]
    await first.get_by_label(words["approve"], exact=True).check()
    await second.get_by_label(words["refuse"], exact=True).check()
    await page.get_by_role("button", name=words["send"]).click()
    assert await page.get_by_role("alert").is_visible(), "a no needs an opinion"
    assert await fits(page)
    await second.locator("textarea").fill("重复支持")
    await page.get_by_role("button", name=words["send"]).click()
    assert words["recorded"] in await page.get_by_role("main").inner_text()
    assert await fits(page)
    await page.goto(link)
    assert await first.locator("input[type=radio]").count() == 0
    assert await third.locator("input[type=radio]").count() == 4
    assert await fits(page)
