"""The practice mailbox: letters come in by SMTP and are read back from their files."""

import threading
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from models.settings import Settings
from notifications.practice.mailbox import Mailbox, PracticeMailbox, body_of, headers_of

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def deliver(settings: Settings, to: str, subject: str = "请答复") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "联动 <no-reply@liandong.example>", "x@y.example", subject
    message.set_content("正文")
    async with aiosmtplib.SMTP(hostname=settings.smtp_host, port=settings.smtp_port, start_tls=False) as smtp:
        await smtp.sendmail("no-reply@liandong.example", [to], message.as_bytes())


@on_sqlite
async def test_letters_are_kept_by_address_and_listed_newest_first(settings: Settings) -> None:
    async with PracticeMailbox(settings):
        await deliver(settings, "KJT@zj.example", "第一封")
        await deliver(settings, "kjt@zj.example", "第二封")
        await deliver(settings, "330110@zj.example")
    box = Mailbox(settings.home)
    assert box.people() == ["330110@zj.example", "kjt@zj.example"]
    letters = box.letters("kjt@zj.example")
    assert [letter.subject for letter in letters] == ["第二封", "第一封"]
    assert letters[0].sender == "联动 <no-reply@liandong.example>"
    assert b"\r\n\r\n" in box.letter("kjt@zj.example", letters[0].id)


@on_sqlite
@pytest.mark.parametrize("address", ["../../etc@x/../..", "a/b@c.example", "..", "x@y@z"])
async def test_an_address_cannot_lead_out_of_the_folder(address: str, settings: Settings, tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    with pytest.raises(ValueError, match=r".+"):
        box.keep(address, b"x")
    assert box.letters(address) == []
    async with PracticeMailbox(settings):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await deliver(settings, address)


@pytest.mark.parametrize("header", ["From: <", "Message-ID: <", "Subject: =?utf-8?B?x", "To: @<(", "From: \xff<a@"])
def test_one_malformed_header_does_not_hide_the_letters(header: str, tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    raw = f"{header}\r\nSubject: 请答复\r\n\r\n正文\r\n".encode()
    box.keep("a@b.example", raw)
    (summary,) = box.letters("a@b.example")
    assert "请答复" in summary.subject or header.startswith("Subject")
    assert headers_of(raw)[0][0] == header.partition(":")[0]
    assert body_of(raw, "plain").strip() == "正文"
    assert body_of(raw, "html") == ""


def test_a_letter_that_is_no_mail_at_all_reads_as_empty() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(60))
    for raw in (b"", b"\x00\xff", nested):
        assert body_of(raw, "html") == ""
        assert isinstance(headers_of(raw), list)


@pytest.mark.parametrize("address", ["审" * 60 + "@zj.example", "a@" + "局" * 100, "\ud800@zj.example"])
def test_an_address_too_long_for_a_folder_is_refused(address: str, tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    assert not box.takes(address)
    with pytest.raises(ValueError, match=r".+"):
        box.keep(address, b"x")


@on_sqlite
async def test_a_long_address_beyond_ascii_is_refused_with_553(settings: Settings) -> None:
    async with PracticeMailbox(settings):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await deliver(settings, "a%" * 20 + "%" * 20 + "@" + "%" * 119)
    assert refused.value.recipients[0].code == 553


@pytest.mark.parametrize("letter_id", ["../secret.key", "20261123T0000Z-1", "", "x"])
def test_a_letter_that_is_none_is_not_found(letter_id: str, tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    box.keep("a@b.example", b"x")
    with pytest.raises(KeyError):
        box.letter("a@b.example", letter_id)


def test_an_empty_mailbox_has_nobody_in_it(tmp_path: Path) -> None:
    assert Mailbox(tmp_path).people() == []


def test_a_letter_that_is_being_written_down_is_not_listed(tmp_path: Path) -> None:
    box, busy = Mailbox(tmp_path), threading.Event()

    def keep() -> None:
        for n in range(400):
            box.keep("kjt@zj.example", b"Subject: %d\r\n\r\n" % n)
        busy.set()

    writing = threading.Thread(target=keep)
    writing.start()
    while not busy.is_set():
        box.letters("kjt@zj.example")
    writing.join()
    assert len(box.letters("kjt@zj.example")) == 400
