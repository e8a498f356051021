"""Money is integer fen (1 yuan = 100 fen). There are no floats here."""

import re
from decimal import Decimal
from typing import NewType

#: An amount in fen.
Fen = NewType("Fen", int)

FEN_PER_YUAN = 100
#: More yuan than this many digits is a slip of the keyboard.
MAX_YUAN_DIGITS = 13
#: Digits, grouped by three or not at all, and at most two decimals that count.
_WRITTEN = re.compile(r"(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<fen>[0-9]{1,2})0*)?")


def fen_from_yuan(value: object) -> Fen:
    """Return the fen of an amount in yuan: an int, a Decimal or a text such as ``10,000,000.50``.

    Raises:
        ValueError: not a number, negative, a float, or with a fraction of a fen.

    """
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise ValueError("must be a number of yuan written as digits, such as 10000000 or 10000000.50")
    text = (f"{value:f}" if isinstance(value, Decimal) else str(value)).strip()
    if text.startswith("-"):
        raise ValueError("must not be negative")
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(
            "must be yuan in whole fen, written as digits with at most two decimals, "
            "such as 10000000, 10,000,000 or 10000000.50"
        )
    yuan = written["yuan"].replace(",", "").lstrip("0") or "0"
    if len(yuan) > MAX_YUAN_DIGITS:
        raise ValueError("is larger than any public budget; check the number of zeros")
    return Fen(int(yuan) * FEN_PER_YUAN + int((written["fen"] or "0").ljust(2, "0")))


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
