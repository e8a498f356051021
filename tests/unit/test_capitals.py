"""Amounts in capital characters: the bank's own examples, and every amount read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.capitals import DIGITS, capitals
from models.money import fen_from_yuan

PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read(text: str) -> int:
    """Return the fen of an amount in capital characters; 零 says nothing, 整 ends a whole sum."""
    said = text.removeprefix("人民币").removesuffix("整")
    whole, yuan, rest = said.partition("元")
    whole, rest = (whole, rest) if yuan else ("", said)
    fen = 100 * read_whole(whole)
    for name, size in (("角", 10), ("分", 1)):
        digit, found, after = rest.partition(name)
        if found:
            fen, rest = fen + size * DIGITS.index(digit.strip("零")), after
    assert not rest.strip("零"), text
    return fen


def read_whole(text: str) -> int:
    for name, size in (("亿", 10**8), ("万", 10**4)):
        high, found, low = text.rpartition(name) if name == "亿" else text.partition(name)
        if found:
            return size * read_whole(high) + read_whole(low)
    sum_, digit = 0, 0
    for character in text:
        if character in PLACES:
            sum_, digit = sum_ + digit * PLACES[character], 0
        else:
            digit = DIGITS.index(character)
    return sum_ + digit


@pytest.mark.parametrize(
    ("yuan", "written"),
    [
        # the examples of 正确填写票据和结算凭证的基本规定
        ("1,409.50", "人民币壹仟肆佰零玖元伍角"),
        ("6,007.14", "人民币陆仟零柒元壹角肆分"),
        ("1,680.32", "人民币壹仟陆佰捌拾元零叁角贰分"),
        ("107,000.53", "人民币壹拾万柒仟元零伍角叁分"),
        ("16,409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        # what else is written
        ("0", "人民币零元整"),
        ("0.01", "人民币壹分"),
        ("0.10", "人民币壹角"),
        ("0.35", "人民币叁角伍分"),
        ("10", "人民币壹拾元整"),
        ("10.05", "人民币壹拾元零伍分"),
        ("100,500", "人民币壹拾万零伍佰元整"),
        ("10,000,000", "人民币壹仟万元整"),
        ("18,000,000", "人民币壹仟捌佰万元整"),
        ("10,000,001", "人民币壹仟万零壹元整"),
        ("20,300,000", "人民币贰仟零叁拾万元整"),
        ("100,000,000", "人民币壹亿元整"),
        ("100,010,000", "人民币壹亿零壹万元整"),
        ("100,000,001", "人民币壹亿零壹元整"),
        ("1,000,000,000,000", "人民币壹万亿元整"),
        ("1,020,000,003,000.40", "人民币壹万零贰佰亿零叁仟元零肆角"),
    ],
)
def test_amounts_are_written_as_the_bank_writes_them(yuan: str, written: str) -> None:
    assert capitals(fen_from_yuan(yuan)) == written
    assert read(written) == fen_from_yuan(yuan)


@given(st.integers(0, 10**15))
def test_every_amount_reads_back(fen: int) -> None:
    written = capitals(fen)
    assert read(written) == fen
    assert "零零" not in written
    assert written.endswith("整") == (fen % 100 == 0)


@given(st.integers(0, 15), st.integers(1, 9), st.integers(0, 15), st.integers(0, 9))
def test_amounts_full_of_noughts_read_back(high: int, first: int, low: int, second: int) -> None:
    fen = min(first * 10**high + second * 10**low, 10**15)
    assert read(capitals(fen)) == fen


@pytest.mark.parametrize("fen", [-1, 10**18])
def test_what_is_no_amount_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="no amount"):
        capitals(fen)
