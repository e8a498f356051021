"""Public notices in a real browser with JavaScript switched off: on a phone and on a desk, in both languages."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from approvals.database import Database
from approvals.notice.objections import Said, SentFile
from models.secrets import derive_token
from models.settings import Settings
from models.states import Purpose
from portal.app import create_app
from tests.acceptance.test_pages_in_a_browser import chromium, each_size, page_of
from tests.support.browser import serving
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.notices import FACTORY, OTHER_FACTORY, noticed_city, object_to, on_view, token_about

__all__ = ["chromium"]
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
#: Where to leave pictures for people to look at; nowhere by default.
SHOTS = os.environ.get("SHOTS", "")
WORDS = {
    "zh": {"object": "提出异议", "send": "提交异议", "done": "已收到您的异议", "name": "请填写姓名"},
    "en": {
        "object": "Object",
        "send": "Send the objection",
        "done": "Your objection has arrived",
        "name": "is missing",
    },
}


@pytest.fixture
async def city(empty_desk: Desk) -> Desk:
    return await noticed_city(empty_desk)


@pytest.fixture
async def portal(settings: Settings, db: Database, city: Desk, clock: Clock) -> AsyncIterator[str]:
    here = settings.model_copy(update={"policies": city.office.policies})
    async with serving(create_app(here, db, now=clock.tick), settings.portal_port) as address:
        yield address


async def look_at(page: Page, name: str) -> None:
    """See that nothing is wider than the screen; leave a picture where one is wanted."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@each_size
@pytest.mark.parametrize("language", WORDS)
async def test_a_notice_is_read_and_objected_to(
    size: str, language: str, chromium: Browser, portal: str, city: Desk, tmp_path: Path
) -> None:
    said = WORDS[language]
    await on_view(city, OTHER_FACTORY | {"amounts": {"city": "100,000"}})
    await object_to(city)
    number = await on_view(city, FACTORY)
    page = await page_of(chromium, size)
    await page.goto(f"{portal}/notices?lang={language}")
    await look_at(page, f"list-{size}-{language}")
    await page.click("text=无人值守车间")
    await look_at(page, f"notice-{size}-{language}")
    await page.click(f"a.button:has-text('{said['object']}')")
    await page.click(f"text={said['send']}")
    assert said["name"] in await page.inner_text(".errors")
    await look_at(page, f"object-wrong-{size}-{language}")
    await page.fill("#name", "赵六")
    await page.fill("#contact", "zhao@people.example")
    await page.fill("#text", "该车间去年已经领过补助，见附件。\n" * 3)
    (paper := tmp_path / "证据材料.pdf").write_bytes(b"%PDF-1.7")
    await page.set_input_files("#files", paper)
    await look_at(page, f"object-{size}-{language}")
    await page.click(f"text={said['send']}")
    await look_at(page, f"objected-{size}-{language}")
    assert said["done"] in await page.inner_text("h1")
    await page.goto(f"{portal}/notices/{number}")
    await look_at(page, f"stopped-{size}-{language}")


@each_size
@pytest.mark.parametrize("language", WORDS)
async def test_an_objection_is_answered(size: str, language: str, chromium: Browser, portal: str, city: Desk) -> None:
    await on_view(city)
    files = (SentFile("一份名字很长很长很长很长很长很长的证据材料扫描件第一部分.pdf", "", b"x" * 123456),)
    made = await object_to(city, Said("赵六", "zhao@people.example", "该车间去年已经领过补助，见附件。", files))
    page = await page_of(chromium, size)
    await page.goto(f"{portal}/d/{await token_about(city, made)}?lang={language}")
    await look_at(page, f"answer-{size}-{language}")
    await page.click("button.first")
    assert await page.locator(".errors").count() == 1
    await page.check("#outcome-approve")
    await page.fill("#opinion", "经核实不属实。")
    await page.click("button.first")
    assert await page.locator(".panel.approve").count() == 1
    await look_at(page, f"answered-{size}-{language}")
    (letter, *_) = await city.letters("notice_published")
    await page.goto(f"{portal}/s/{derive_token(city.office.key, Purpose.STATUS, letter.facts['status_nonce'])}")
    await look_at(page, f"status-{size}-{language}")
