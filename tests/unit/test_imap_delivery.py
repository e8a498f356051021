"""Whom a message in a mailbox came to: what delivered it says so before what its sender wrote."""

from hypothesis import given
from hypothesis import strategies as st

from notifications.receiving.imap_delivery import MOST, recipients

OURS = ("reply+a@x.example", "reply+b@x.example")


def ours(address: str) -> bool:
    return address.startswith("reply+") and address.endswith("@x.example")


def test_the_delivering_server_is_believed_before_the_sender() -> None:
    raw = b"Delivered-To: box@x.example\r\nX-Original-To: Reply+A@x.example\r\nTo: reply+b@x.example\r\n\r\nx"
    assert recipients(raw, ours) == ["reply+a@x.example"]


def test_without_its_word_to_and_cc_count_each_address_of_ours_once() -> None:
    raw = b"Delivered-To: box@x.example\nTo: =?utf-8?q?=E7=94=B2?= <reply+a@x.example>, z@y.example\n"
    assert recipients(raw + b"Cc: reply+b@x.example, reply+a@x.example\n\nTo: reply+c@x.example", ours) == list(OURS)


def test_a_message_that_names_a_thousand_is_judged_for_a_few() -> None:
    raw = b"To: " + b", ".join(b"reply+%d@x.example" % n for n in range(1000)) + b"\r\n\r\n"
    assert len(recipients(raw, ours)) == MOST


@given(st.binary(max_size=300))
def test_hostile_bytes_name_nobody_and_raise_nothing(raw: bytes) -> None:
    assert all(ours(one) for one in recipients(b"To: " + raw, ours))
