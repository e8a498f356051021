from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import fen_from_yuan, money_en, money_zh, yuan

amounts = st.integers(min_value=0, max_value=10**15 - 1)


@given(amounts)
def test_what_is_written_reads_back_to_the_fen(fen: int) -> None:
    assert fen_from_yuan(yuan(fen)) == fen
    assert fen_from_yuan(yuan(fen).replace(",", "")) == fen
    assert fen_from_yuan(f"{yuan(fen)}{'' if fen % 100 == 0 else '000'}") == fen
    assert fen_from_yuan(Decimal(fen) / 100) == fen


@given(st.integers(min_value=0, max_value=10**13 - 1))
def test_whole_yuan_may_be_an_int(value: int) -> None:
    assert fen_from_yuan(value) == value * 100


@given(amounts, st.integers(min_value=1, max_value=10**30))
def test_a_fraction_of_a_fen_is_refused_however_small(fen: int, rest: int) -> None:
    written = f"{fen // 100}.{fen % 100:02d}{str(rest).zfill(30)}"
    with pytest.raises(ValueError, match="whole fen"):
        fen_from_yuan(written)


@given(st.integers(max_value=-1))
def test_a_negative_amount_is_refused(value: int) -> None:
    for written in (value, str(value), Decimal(value)):
        with pytest.raises(ValueError, match="negative"):
            fen_from_yuan(written)


@given(st.floats() | st.booleans() | st.none() | st.lists(st.integers()))
def test_a_float_is_refused_even_where_it_is_whole(value: object) -> None:
    with pytest.raises(ValueError, match="digits"):
        fen_from_yuan(value)


@pytest.mark.parametrize(
    "written",
    ["", "ten", "1e7", "NaN", "Infinity", "1_000", "10,5", "1,0000", "1,000万", "１２", "0x10", "1.", ".5", "1 000"],
)
def test_what_can_be_misread_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        fen_from_yuan(written)


def test_more_than_any_public_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="zeros"):
        fen_from_yuan("10000000000000")


def test_amounts_are_written_as_offices_write_them() -> None:
    assert money_zh(1_000_000_000) == "1,000万元"
    assert money_zh(1_000_000_001) == "10,000,000.01元"
    assert money_zh(50) == "0.50元"
    assert money_zh(0) == "0元"
    assert money_en(1_000_000_000) == "10,000,000 yuan"
