"""The practice mailbox in a real browser with JavaScript switched off: a person reads, replies, and is answered."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from approvals.database import Database
from models.event import EventKind
from models.settings import Settings
from notifications.practice.mailbox import PracticeMailbox
from notifications.receiving.receiver import Receiver
from notifications.sending.sender import Sender
from portal.mailbox import create_mailbox_app
from tests.acceptance.test_pages_in_a_browser import chromium, each_size, page_of
from tests.integration.mail_fixtures import running
from tests.support.browser import serving
from tests.support.clock import Clock
from tests.support.desk import Desk

__all__ = ["chromium"]
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
#: Where to leave pictures for people to look at; nowhere by default.
SHOTS = os.environ.get("SHOTS", "")
WORDS = {
    "zh": {"reply": "回复", "yes": "同意", "send": "发送", "sent": "回信已发出", "wrong": "请写回信内容"},
    "en": {"reply": "Reply", "yes": "approve", "send": "Send", "sent": "on its way", "wrong": "Write something"},
}


@pytest.fixture
async def mailbox(settings: Settings, db: Database, desk: Desk, clock: Clock) -> AsyncIterator[str]:
    await desk.submit()
    async with (
        PracticeMailbox(settings),
        running(Sender(settings, db).run),
        running(Receiver(settings, db, clock=clock).run),
        serving(create_mailbox_app(settings), settings.mailbox_port) as address,
    ):
        yield address


async def look_at(page: Page, name: str) -> None:
    """See that nothing is wider than the screen; leave a picture where one is wanted."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@each_size
@pytest.mark.parametrize("language", WORDS)
async def test_a_person_replies_and_the_answer_arrives(
    size: str, language: str, chromium: Browser, mailbox: str, desk: Desk
) -> None:
    said, named = WORDS[language], f"{size}-{language}"
    (asked,) = await desk.asked("@county:330110")
    page = await page_of(chromium, size)
    await page.goto(f"{mailbox}/?lang={language}")
    await page.wait_for_selector(f"text={asked.address}", timeout=20_000)  # the page refreshes by itself
    await look_at(page, f"people-{named}")
    await page.click(f"text={asked.address}")
    await look_at(page, f"letters-{named}")
    await page.click(".mails a")
    await look_at(page, f"letter-{named}")
    await page.click(f"a.button:has-text('{said['reply']}')")
    await page.click(f"button:has-text('{said['send']}')")
    assert said["wrong"] in await page.inner_text(".errors")
    await look_at(page, f"reply-wrong-{named}")
    await page.click(f".says a:text-is('{said['yes']}')")
    assert await page.input_value("#text") == said["yes"]
    await page.fill("#text", f"{said['yes']}\n资料齐全，建议支持。")
    await page.select_option("#client", "foxmail")
    await look_at(page, f"reply-{named}")
    await page.click(f"button:has-text('{said['send']}')")
    assert said["sent"] in await page.inner_text("[role=status]")
    await page.wait_for_function("document.querySelectorAll('.mails li').length > 1", timeout=20_000)
    await look_at(page, f"answered-{named}")
    (decided,) = await desk.events(EventKind.DECIDED)
    assert (decided.payload["outcome"], decided.payload["channel"]) == ("approve", "reply")
    assert decided.payload["opinion"] == "资料齐全，建议支持。"
