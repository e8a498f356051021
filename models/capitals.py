"""Amounts in capital characters 大写, which nobody can alter by a stroke: ``人民币壹仟万元整``. Pure.

After the People's Bank of China's 《正确填写票据和结算凭证的基本规定》 (annex 1 of 支付结算办法, 1997). Where it
leaves a 零 to the writer (rule 3), its first example is followed: ``捌拾元零叁角``, ``壹拾万柒仟元零伍角``.
"""

from models.money import FEN_PER_YUAN

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
#: The most that can be written: less than 亿亿 yuan.
_END = 10**16 * FEN_PER_YUAN


def capitals(fen: int) -> str:
    """Return ``fen`` in capital characters: ``人民币壹仟肆佰零玖元伍角``.

    Raises:
        ValueError: negative, or 10^16 yuan and more.

    """
    if not 0 <= fen < _END:
        raise ValueError(f"no amount that is written in capital characters: {fen} fen")
    yuan, rest = divmod(fen, FEN_PER_YUAN)
    jiao, last = divmod(rest, 10)
    if not rest:
        return f"人民币{_whole(yuan) or '零'}元整"
    whole = f"{_whole(yuan)}元" if yuan else ""
    skipped = yuan and (not jiao or not yuan % 10)
    tenth = f"{DIGITS[jiao]}角" if jiao else ""
    hundredth = f"{DIGITS[last]}分" if last else ""
    return f"人民币{whole}{'零' if skipped else ''}{tenth}{hundredth}"


def _whole(number: int) -> str:
    """Return a whole number; nothing for 0."""
    for name, size in (("亿", 10**8), ("万", 10**4)):
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return f"{_whole(high)}{name}{gap}{_whole(low)}"
    digits = f"{number:04d}"
    named = "".join(DIGITS[int(d)] + place if d != "0" else "0" for d, place in zip(digits, PLACES, strict=True))
    return "零".join(part for part in named.split("0") if part)
