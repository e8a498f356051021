"""Robot reviewers for the demo: they read their mail and answer it, as people would, by SMTP and HTTP."""

import asyncio
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from enum import StrEnum

import httpx
import structlog

from models.settings import Settings
from models.states import Outcome

log = structlog.get_logger(__name__)

LINK = re.compile(r"https?://\S+/d/[a-z2-7]{40}")


class Habit(StrEnum):
    """How a robot answers letters about an application."""

    LINK = "link"
    REPLY = "reply"
    #: Leaves it to the person who watches the demo.
    WAIT = "wait"


class Robots:
    """Everybody in the directory, answering every letter that asks for a decision, once."""

    def __init__(
        self, settings: Settings, habit: Callable[[str], Habit], think_seconds: float, *, tries: int = 5
    ) -> None:
        from notifications.practice.mailbox import Mailbox

        self._settings = settings
        self._mail = Mailbox(settings.home)
        self._habit = habit
        self._think = think_seconds
        self._tries = tries
        self._read: set[str] = set()

    async def work(self) -> None:
        """Answer mail until cancelled."""
        async with httpx.AsyncClient(follow_redirects=True, timeout=20) as browser:
            while True:
                for letter in await asyncio.to_thread(self._unread):
                    await self._answer(browser, letter)
                await asyncio.sleep(0.1)

    def _unread(self) -> list[bytes]:
        found = []
        for person in self._mail.people():
            for summary in self._mail.letters(person):
                if summary.id not in self._read:
                    self._read.add(summary.id)
                    found.append(self._mail.letter(person, summary.id))
        return found

    async def _answer(self, browser: httpx.AsyncClient, letter: bytes) -> None:
        from notifications.practice.reply import send_reply

        message = message_from_bytes(letter, policy=policy.default)
        body = message.get_body(("plain",))
        link = LINK.search(body.get_content()) if body else None
        if link is None:
            return
        habit = self._habit(str(message["Subject"]))
        if habit is Habit.WAIT:
            return
        for attempt in range(1, self._tries + 1):
            await asyncio.sleep(self._think)
            try:
                if habit is Habit.REPLY:
                    await send_reply(self._settings, letter, "同意\n资料齐全，同意。")
                else:
                    await decide_by_link(browser, link.group(), Outcome.APPROVE, "资料齐全，同意。")
                return
            except (httpx.HTTPError, OSError) as error:
                log.info("a robot could not answer", subject=message["Subject"], attempt=attempt, why=repr(error))


async def decide_by_link(browser: httpx.AsyncClient, url: str, outcome: Outcome, opinion: str) -> None:
    """Open the page behind ``url``, choose ``outcome``, leave the amounts as stated, and send the form.

    Raises:
        httpx.HTTPError: the page or the answer was refused.

    """
    from bs4 import BeautifulSoup

    page = BeautifulSoup((await browser.get(url)).raise_for_status().text, "html.parser")
    form = page.select_one("form:has(input[name=outcome])")
    if form is None:
        return  # decided already: the page shows by whom
    fields = {str(box["name"]): str(box.get("value", "")) for box in form.select("input[name]:not([type=radio])")}
    fields |= {"outcome": outcome.value, "opinion": opinion}
    (await browser.post(url, data=fields)).raise_for_status()
