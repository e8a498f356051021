"""Money is integer fen (1 yuan = 100 fen). There are no floats here."""

from decimal import Decimal, InvalidOperation
from typing import NewType

#: An amount in fen.
Fen = NewType("Fen", int)

FEN_PER_YUAN = 100


def fen_from_yuan(value: object) -> Fen:
    """Return the fen of an amount in yuan: an int, a Decimal or a text such as ``10,000,000.50``.

    Raises:
        ValueError: not a number, negative, a float, or with a fraction of a fen.

    """
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise ValueError("must be a number of yuan written as digits, such as 10000000 or 10000000.50")
    try:
        yuan = Decimal(value.replace(",", "").strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise ValueError("must be a number of yuan written as digits, such as 10000000") from None
    if not yuan.is_finite() or yuan < 0:
        raise ValueError("must not be negative")
    if yuan >= 10**13:
        raise ValueError("is larger than any public budget; check the number of zeros")
    fen = yuan * FEN_PER_YUAN
    if fen != fen.to_integral_value():
        raise ValueError("must be whole fen: at most two decimals")
    return Fen(int(fen))


def yuan(fen: int) -> str:
    """Return ``fen`` as yuan with grouped digits: ``10,000,000`` or ``0.50``."""
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return f"{whole:,}" if not rest else f"{whole:,}.{rest:02d}"


def money_zh(fen: int) -> str:
    """Return ``fen`` as Chinese offices write it: ``1,000万元`` where it is whole, else yuan."""
    ten_thousand, rest = divmod(fen, 10_000 * FEN_PER_YUAN)
    return f"{ten_thousand:,}万元" if ten_thousand and not rest else f"{yuan(fen)}元"


def money_en(fen: int) -> str:
    """Return ``fen`` for English readers: ``10,000,000 yuan``."""
    return f"{yuan(fen)} yuan"


def money(fen: int, language: str) -> str:
    """Return ``fen`` in ``language`` (``zh`` or ``en``)."""
    return money_zh(fen) if language == "zh" else money_en(fen)
