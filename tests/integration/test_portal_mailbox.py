"""The practice mailbox in a browser."""

from email.message import EmailMessage

import httpx

from models.settings import Settings
from notifications.practice import Mailbox
from portal.mailbox import create_mailbox_app
from tests.support.browser import browsing

ADDRESS = "330110@zj.example"


def letter(subject: str, html: str | None = "<p>请看<a href='http://127.0.0.1/d/x'>链接</a></p>") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "联动 <no-reply@liandong.example>", ADDRESS, subject
    message.set_content("请看 http://127.0.0.1/d/x <b>")
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


async def read(settings: Settings, raw: bytes, query: str = "") -> httpx.Response:
    mailbox = Mailbox(settings.home)
    mailbox.keep(ADDRESS, raw)
    (one,) = mailbox.letters(ADDRESS)
    async with browsing(create_mailbox_app(settings)) as browser:
        return await browser.open(f"/{ADDRESS}/{one.id}{query}")


async def test_people_and_their_letters_are_listed(settings: Settings) -> None:
    async with browsing(create_mailbox_app(settings)) as browser:
        assert "还没有信件" in (await browser.open("/")).text
        Mailbox(settings.home).keep(ADDRESS, letter("请作决定 <1>"))
        assert ADDRESS in (await browser.open("/")).text
        assert "请作决定 &lt;1&gt;" in (await browser.open(f"/{ADDRESS}")).text


async def test_a_letter_is_shown_in_a_sandbox_that_runs_nothing(settings: Settings) -> None:
    page = await read(settings, letter("请作决定", "<script>alert(1)</script><p>“正文”</p>"))
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_a_letter_can_be_read_as_text(settings: Settings) -> None:
    page = await read(settings, letter("请作决定"), "?as=text")
    assert "<iframe" not in page.text
    assert 'href="http://127.0.0.1/d/x"' in page.text
    assert "&lt;b&gt;" in page.text


async def test_a_letter_without_a_web_part_is_shown_as_text(settings: Settings) -> None:
    assert "请看" in (await read(settings, letter("请作决定", None))).text


async def test_what_is_not_there_is_not_found(settings: Settings) -> None:
    async with browsing(create_mailbox_app(settings)) as browser:
        for path in ("/nobody@zj.example", f"/{ADDRESS}/20260101T000000000000Z-1", "/..%2f..", "/x/..%2fsecret.key"):
            assert (await browser.open(path)).status_code == 404, path


async def test_a_letter_with_broken_headers_is_shown_all_the_same(settings: Settings) -> None:
    page = await read(settings, b"From: <\r\nMessage-ID: <\r\nSubject: broken\r\n\r\nthe text")
    assert page.status_code == 200
    assert "the text" in page.text
