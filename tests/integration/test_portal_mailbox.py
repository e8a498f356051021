"""The practice mailbox in a browser."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import httpx

from models.settings import Settings
from notifications.practice.mailbox import Mailbox
from portal.mailbox import create_mailbox_app
from tests.integration.mail_fixtures import smtp_server
from tests.support.browser import browsing, errors_in

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


async def test_a_file_is_listed_and_can_be_kept_and_no_other_is_there(settings: Settings) -> None:
    message = message_from_bytes(letter("请作决定"), policy=policy.default)
    assert isinstance(message, EmailMessage)
    message["Date"] = "Mon, 23 Nov 2026 01:00:01 +0000"
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="卷宗-ZJAI19-2026-00001.pdf")
    page = await read(settings, message.as_bytes())
    assert "卷宗-ZJAI19-2026-00001.pdf</a>" in page.text
    assert "2026年11月23日 周一 09:00" in page.text
    async with browsing(create_mailbox_app(settings)) as browser:
        kept = await browser.open(f"{page.url.path}/files/1")
        assert kept.content == b"%PDF-1.7"
        assert kept.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E5%8D%B7")
        for seq in ("0", "2", "x"):
            assert (await browser.open(f"{page.url.path}/files/{seq}")).status_code == 404


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


def with_reply(reply_to: str = "reply+abc@liandong.example") -> bytes:
    return f"Reply-To: {reply_to}\r\n".encode() + letter("请作决定 <1>", None)


async def test_a_reply_goes_out_by_smtp_as_the_person_wrote_it(settings: Settings) -> None:
    mailbox = Mailbox(settings.home)
    mailbox.keep(ADDRESS, with_reply())
    (one,) = mailbox.letters(ADDRESS)
    here = settings.model_copy(update={"smtp_port": settings.receiver_port})
    async with smtp_server(here) as receiver, browsing(create_mailbox_app(settings)) as browser:
        opened = await browser.open(f"/{ADDRESS}/{one.id}")
        assert f'href="/{ADDRESS}/{one.id}/reply"' in opened.text
        form = await browser.open(f"/{ADDRESS}/{one.id}/reply?say=%E5%90%8C%E6%84%8F")
        assert ">\n同意</textarea>" in form.text
        assert "form-action 'self'" in form.headers["content-security-policy"]
        sent = await browser.send(f"/{ADDRESS}/{one.id}/reply", text="同意\n资料<齐全>", client="qq")
        assert (sent.status_code, sent.headers["location"]) == (303, f"/{ADDRESS.replace('@', '%40')}?sent=1")
        after = await browser.open(sent.headers["location"])
    (reply,) = receiver.taken
    assert (reply["From"], reply["To"]) == (ADDRESS, "reply+abc@liandong.example")
    assert reply.get_content().splitlines()[:2] == ["同意", "资料<齐全>"]
    assert "原始邮件" in reply.get_content()
    assert "回信已发出" in after.text
    assert "已回复" in after.text
    assert 'http-equiv="refresh"' in after.text


async def test_what_cannot_be_sent_is_said_and_kept_in_the_form(settings: Settings) -> None:
    mailbox = Mailbox(settings.home)
    mailbox.keep(ADDRESS, with_reply())
    (one,) = mailbox.letters(ADDRESS)
    page = f"/{ADDRESS}/{one.id}/reply"
    async with browsing(create_mailbox_app(settings)) as browser:
        silent = await browser.send(page, text="同意")
        empty = await browser.send(page, text=" \n ")
        forged = await browser.client.post(page, data={"text": "同意", "csrf": "0" * 64})
    assert (silent.status_code, empty.status_code, forged.status_code) == (502, 422, 403)
    assert "liandong up" in errors_in(silent)[0]
    assert ">\n同意</textarea>" in silent.text
    assert mailbox.letters(ADDRESS)[0].answered is False


async def test_a_letter_that_wants_no_answer_has_no_form(settings: Settings) -> None:
    mailbox = Mailbox(settings.home)
    mailbox.keep(ADDRESS, letter("已核定"))
    (one,) = mailbox.letters(ADDRESS)
    async with browsing(create_mailbox_app(settings)) as browser:
        assert "/reply" not in (await browser.open(f"/{ADDRESS}/{one.id}")).text
        assert (await browser.open(f"/{ADDRESS}/{one.id}/reply")).status_code == 404
        assert (await browser.open(f"/{ADDRESS}/20260101T000000000000Z-1/reply")).status_code == 404
