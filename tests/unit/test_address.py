"""E-mail addresses: what people may write is what a letter can go to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.address import is_address
from notifications.rendering.message import ADDRESS

GOOD = [
    "a@b",
    "330110@zj.example",
    "wang.fang+ai@shen-lan.example.cn",
    "a" * 64 + "@b.cn",
    "o'x{1}@1.b",
    "a@" + "b" * 63,
]
BAD = [
    *("a" * 65 + "@b.c", "a" * 100 + "@b.c", "a@..", "a@b.", "a@.b", "a@b..c", "a@-b.c", "a@b-.c", "a@b.c-", "a@"),
    *("@b", ".a@b", "a.@b", "a..b@c", "a@b@c", "a b@c", "甲@b.c", "a@甲.c", "a@b\n", "a@b\r\nBcc: c@d", "a@b_c", ""),
    *("a@" + "b" * 64, "a@" + "b." * 130 + "c", "<a@b>", '"a"@b', "a,b@c", "a@[127.0.0.1]", "a"),
]


@pytest.mark.parametrize("address", GOOD)
def test_an_address_is_accepted_and_a_letter_can_go_to_it(address: str) -> None:
    assert is_address(address)
    assert ADDRESS.fullmatch(address)


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_address_is_not_accepted(address: str) -> None:
    assert not is_address(address)


@given(st.text("ab.-@_+", max_size=20))
def test_a_letter_can_go_to_every_address_that_is_accepted(text: str) -> None:
    assert not is_address(text) or ADDRESS.fullmatch(text)
