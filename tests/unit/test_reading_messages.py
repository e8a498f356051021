"""Senders, automatic mail, limits and hostile bytes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reading import Command, Limits, Problem, UnreadableMessage, read, read_head

FROM = b"From: a@county.example.cn\n"
YES = "\n\n同意".encode()


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <>",
        "Content-Type: multipart/report; boundary=x",
        "Subject: 自动回复: 我在休假",
        "Subject: =?gb2312?B?19S2r7vYuLQ=?=",
        "Subject: [Out of Office] x",
        "Subject: Automatic reply: [联动]",
        "Subject: Undeliverable: x",
    ],
)
def test_an_automatic_message_decides_nothing(header: str) -> None:
    reading = read(FROM + header.encode() + YES)
    assert reading.automatic is not None
    assert (reading.command, reading.problem) == (None, Problem.AUTOMATIC)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Return-Path: <a@county.example.cn>",
        "X-Auto-Response-Suppress: OOF",
        "Subject: Re: [联动] 自动回复系统项目",
    ],
)
def test_a_persons_message_is_not_taken_for_an_automatic_one(header: str) -> None:
    reading = read(FROM + header.encode() + YES)
    assert (reading.automatic, reading.command) == (None, Command.APPROVE)


@pytest.mark.parametrize(
    ("senders", "problem"),
    [
        (b"", Problem.NO_SENDER),
        (b"From: \n", Problem.NO_SENDER),
        (b"From: a@b.cn, c@d.cn\n", Problem.SEVERAL_SENDERS),
        (b"From: a@b.cn\nfrom: a@b.cn\n", Problem.SEVERAL_SENDERS),
        (b"From: a@b.cn\nX-Y: z\rFrom: c@d.cn\n", Problem.SEVERAL_SENDERS),
    ],
)
def test_no_sender_or_several_senders_decide_nothing(senders: bytes, problem: Problem) -> None:
    reading = read(senders + b"Subject: x" + YES)
    assert (reading.command, reading.problem) == (None, problem)


@pytest.mark.parametrize(
    "sender",
    [
        "张伟 <A@County.example.cn>",
        '"boss@gov.cn" <a@county.example.cn>',
        "=?utf-8?q?boss=40gov=2Ecn=3E?= <a@county.example.cn>",
    ],
)
def test_a_display_name_is_no_address(sender: str) -> None:
    for charset in ("utf-8", "gb18030"):
        assert read(b"From: " + sender.encode(charset) + YES).from_addresses == ("a@county.example.cn",)


def test_only_ascii_capitals_are_lowered_in_an_address() -> None:
    assert read("From: \u212a@b.cn".encode() + YES).from_addresses == ("\u212a@b.cn",)


def test_a_missing_message_id_is_derived_and_survives_another_delivery() -> None:
    first, again = read(FROM + b"Date: x" + YES), read(b"Received: y\n" + FROM + b"Date: x" + YES)
    assert first.message_id == again.message_id != read(FROM + b"Date: z" + YES).message_id


def test_the_body_hash_survives_another_encoding_but_no_other_word() -> None:
    plain = read(FROM + YES)
    encoded = read(FROM + b"Content-Transfer-Encoding: base64\r\n\r\n5ZCM5oSPICANCg==")
    assert plain.body_sha256 == encoded.body_sha256 != read(FROM + YES + b"!").body_sha256


@pytest.mark.parametrize("charset", ["x-unknown", "punycode", "zip", "us-ascii", "gb2312", "gbk", "gb18030", "\x00"])
def test_a_wrong_or_unknown_charset_does_not_hide_a_command(charset: str) -> None:
    head = FROM + f"Content-Type: text/plain; charset={charset}\n\n".encode()
    assert read(head + "同意".encode("gb18030")).command is Command.APPROVE


def test_an_attached_text_and_an_enclosed_message_decide_nothing() -> None:
    head = FROM + b"Content-Type: multipart/mixed; boundary=q\n\n"
    attached = b"--q\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n" + YES
    enclosed = b"\n--q\nContent-Type: message/rfc822\n\nFrom: c@d.cn\n" + YES + b"\n--q--\n"
    assert read(head + attached + enclosed).problem is Problem.NOTHING


def test_a_formatted_text_that_says_the_opposite_stops_the_plain_one() -> None:
    head = FROM + b"Content-Type: multipart/alternative; boundary=q\n\n--q\nContent-Type: text/plain; charset=utf-8\n"
    html = b"\n--q\nContent-Type: text/html; charset=utf-8\n\n" + "不同意\n--q--\n".encode()
    assert read(head + YES + html).problem is Problem.DISAGREE


NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(60))
WIDE = b"Content-Type: multipart/mixed; boundary=q\n\n" + b"--q\n\nx\n" * 300


@pytest.mark.parametrize(
    ("raw", "limits", "reason"),
    [
        (FROM + YES, Limits(max_bytes=20), "bytes"),
        (FROM + b"\n" * 50, Limits(max_lines=40), "lines"),
        (FROM + NESTED, Limits(), "levels"),
        (FROM + NESTED * 10, Limits(), "parts"),
        (FROM + WIDE, Limits(), "parts"),
        (FROM * 1001 + YES, Limits(), "header fields"),
        (b"From: " + b"a@b.cn," * 5000 + YES, Limits(), "From header"),
        (FROM + b"Content-Type: text/plain;" + b" a*0=b;" * 900 + YES, Limits(), "Content-Type"),
        (FROM + b"\n" + b"x" * 50, Limits(max_text=40), "characters"),
        (FROM + b"Content-Type: text/html\n\n" + b"<b>" * 50, Limits(max_tags=40), "elements"),
    ],
)
def test_a_message_beyond_a_limit_is_refused_with_its_reason(raw: bytes, limits: Limits, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason):
        read(raw, limits=limits)


@pytest.mark.parametrize("unclosed", [b"<a b='", b"<!--", b"<a ", b"</", b"<b><i>", b"<style>/*", b"<![CDATA["])
def test_html_that_never_ends_is_read_quickly(unclosed: bytes) -> None:
    started = time.process_time()
    read(FROM + b"Content-Type: text/html\n\n" + unclosed * 4_900)
    assert time.process_time() - started < 5


def test_a_message_with_very_many_tags_is_refused_and_one_with_the_most_is_read() -> None:
    head = FROM + b"Content-Type: text/html\n\n"
    with pytest.raises(UnreadableMessage, match="elements"):
        read(head + b"<p><i>" * 40_000)
    assert read(head + "<p>同意</p>".encode() + b"<i>" * 9_900).command is Command.APPROVE


@pytest.mark.parametrize("headers", [b"", b"X: y\n" * 2_000, b"From: <", b"\x00From:: \xff" * 99])
def test_the_headers_of_an_unreadable_message_are_read_without_its_body(headers: bytes) -> None:
    head = read_head(FROM + b"Auto-Submitted: auto-replied\n" + headers + NESTED)
    readable = not headers
    assert head.from_addresses == (("a@county.example.cn",) if readable else head.from_addresses)
    assert (head.automatic is not None) or not readable


HEADERS = st.sampled_from(
    [
        b"From:",
        b"Subject:",
        b"Content-Type: multipart/mixed; boundary=",
        b"Content-Type: text/html; charset=",
        b"=?gb2312?B?",
        b"Content-Transfer-Encoding: base64",
        b"Message-ID: <",
        b"To: (",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"--",
        b"<div style='",
        b"&#",
        b"Content-Disposition: attachment; filename*0*=",
        b"\x00",
        "同意".encode(),
        b'"',
        b'boundary="',
        b"=?",
        b"?=",
        b";",
    ]
)


@given(
    st.one_of(st.binary(max_size=400), st.lists(st.one_of(HEADERS, st.binary(max_size=8)), max_size=40).map(b"".join))
)
def test_reading_raises_nothing_but_unreadable_message(raw: bytes) -> None:
    try:
        reading = read(raw)
    except UnreadableMessage as refusal:
        assert refusal.reason.endswith(".")
    else:
        assert (reading.command is None) == (reading.problem is not None)
        for text in (reading.subject, reading.new_text, reading.opinion, reading.message_id):
            assert "\x00" not in text
            text.encode()
