"""What a letter says is asked for, confirmed and given: a sum, or the name of what the option gives."""

from collections.abc import Mapping
from typing import Any

from models.money import money
from models.policy import gives
from models.states import Level, name

Words = Mapping[str, Any]


def phrases(words: dict[str, Any]) -> dict[str, Any]:
    """Return what the templates say of the grant; ``counted`` is true where it is counted in money."""
    known = words | {"counted": words["gives"] in gives.COUNTED, "confirmed": confirmed(words)}
    given = gives.given(words["gives"], words["language"])
    made = {"asked_for": asked_for(known), "granted": granted(known), "over": over(known)}
    return known | made | {"given": given, "thing": thing(known)}


def split_of(shares: Mapping[str, int], language: str) -> str:
    """Return a sum with its split: ``3,000万元（省级 1,500万元，市级 900万元，县级 600万元）``."""
    parts = [(Level(level), fen) for level, fen in shares.items() if fen]
    total = money(sum(shares.values()), language)
    if len(parts) < 2:
        only = f"{name(parts[0][0], language)} " if parts else ""
        return only + total
    if language == "zh":
        return f"{total}（{'，'.join(f'{name(level, language)} {money(f, language)}' for level, f in parts)}）"
    return f"{total} ({', '.join(f'{name(level, language).lower()} {money(f, language)}' for level, f in parts)})"


def confirmed(words: Words) -> str | None:
    """Return the sum that a plain approval confirms; None where it confirms none."""
    language, asked = words["language"], words.get("asked", {})
    if words.get("share"):
        level = Level(words["share"])
        return f"{name(level, language)} {money(asked[level.value], language)}" if asked[level.value] else None
    if words["fixes_award"] and any(words.get("stated", {}).values()):
        return split_of(words["stated"], language)
    return None


def asked_for(words: Words) -> str | None:
    """Return what is asked for: the sum, or what is to be recognised, listed or cleared."""
    if "asked_total" not in words:
        return None
    language = words["language"]
    return gives.asked_for(words["gives"], words["option"], money(words["asked_total"], language), language)


def granted(words: Words) -> str | None:
    """Return what a plain approval of the last stage does; None where it fixes nothing."""
    if not words["fixes_award"] or (words["counted"] and not words["confirmed"]):
        return None
    return gives.grants(words["gives"], words["option"], words["confirmed"] or "", words["language"])


def over(words: Words) -> bool:
    """Return whether a plain approval is for more than overlaps leave: then it cannot count."""
    return words["left"] is not None and sum(words.get("stated", {}).values()) > words["left"]


def thing(words: Words) -> str | None:
    """Return what was given: the sum, or what was recognised, listed or cleared."""
    if "award" not in words:
        return None
    language = words["language"]
    total = money(sum(words["award"].values()), language)
    return gives.thing(words["gives"], words["option"], total, language)


def split(words: Words, key: str) -> str | None:
    """Return the sum of the shares ``key`` with its split, where there is one."""
    if not words["counted"] or not any(words.get(key, {}).values()):
        return None
    language = words["language"]
    return gives.thing(words["gives"], words["option"], split_of(words[key], language), language)


def result(words: Words) -> str | None:
    """Return what was recognised, listed or cleared, for the table; sums have a row of their own."""
    if words["counted"] or "award" not in words:
        return None
    return f"{words['given']}{'：' if words['language'] == 'zh' else ': '}{words['thing']}"
