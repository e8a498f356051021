"""Bounces: what a report of a mail server says, and that a reply which quotes one is none."""

from hypothesis import given
from hypothesis import strategies as st

from notifications.judging.bounces import bounce_in

DSN = b"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example
To: bounce+1@liandong.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Gone@ZJ.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: message/rfc822

From: office@liandong.example
Message-ID: <letter-1@liandong.example>
Subject: x

text
--b--
"""


def test_a_delivery_report_says_who_why_and_about_which_letter() -> None:
    bounce = bounce_in(DSN)
    assert bounce is not None
    assert bounce.failed == ("gone@zj.example",)
    assert bounce.final
    assert (bounce.status, bounce.diagnostic) == ("5.1.1", "smtp; 550 5.1.1 User unknown")
    assert bounce.message_id == "<letter-1@liandong.example>"


def test_a_report_of_a_delay_names_nobody_as_failed() -> None:
    bounce = bounce_in(DSN.replace(b"Action: failed", b"Action: delayed").replace(b"5.1.1", b"4.2.2"))
    assert bounce is not None
    assert (bounce.failed, bounce.delayed, bounce.final) == ((), ("gone@zj.example",), False)


def test_the_headers_alone_of_a_letter_name_it() -> None:
    bounce = bounce_in(DSN.replace(b"message/rfc822", b"text/rfc822-headers"))
    assert bounce is not None
    assert bounce.message_id == "<letter-1@liandong.example>"


def test_a_person_who_quotes_a_report_has_not_made_one() -> None:
    quoted = "> This is the Postfix program at host mx.example.\n> <gone@zj.example>: user unknown\n"
    raw = f"From: a@zj.example\nSubject: 回复\n\n同意\n{quoted}".encode()
    assert bounce_in(raw) is None


def test_an_out_of_office_answer_is_no_bounce() -> None:
    assert bounce_in(b"From: a@zj.example\nAuto-Submitted: auto-replied\n\nAway.\n") is None


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    bounce_in(raw)
    bounce_in(b"Return-Path: <>\r\n" + raw)


@given(st.integers(0, len(DSN)))
def test_no_cut_of_a_report_makes_it_raise(n: int) -> None:
    bounce_in(DSN[:n])
