"""Parts that papers share, as facts: texts in both languages, dates, sums. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from models.calendar import office_date
from models.capitals import capitals
from models.money import Fen, yuan
from models.paper import Ending
from models.policy.data import Bilingual
from models.road.standing import Standing
from models.states import Level, name

#: A text in both languages.
Both = dict[str, str]


def both(zh: str, en: str) -> Both:
    """Return a text in both languages."""
    return {"zh": zh, "en": en}


def same(text: str) -> Both:
    """Return what people wrote themselves, which has one language."""
    return both(text, text)


def named(what: Bilingual) -> Both:
    """Return a name of the policy."""
    return both(what.zh, what.en)


def called(word: Any) -> Both:
    """Return what people call a state, an outcome, a level or a channel."""
    return both(name(word, "zh"), name(word, "en"))


def date(at: dt.datetime) -> Both:
    """Return the day of ``at`` as offices write it (GB/T 9704): ``2026年11月23日``."""
    day = office_date(at)
    return both(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}")


def figures(fen: int) -> str:
    """Return a sum in figures, with both decimals: ``¥18,000,000.00``."""
    return f"¥{yuan(fen - fen % 100)}.{fen % 100:02d}"


def sum_row(said: Both, fen: int) -> dict[str, Any]:
    """Return a sum in figures and in capital characters."""
    return {"name": said, "figures": figures(fen), "capitals": capitals(fen)}


def sums(levels: tuple[Level, ...], amounts: Mapping[Level, Fen]) -> list[dict[str, Any]]:
    """Return the sum of each level whose money it may be, and the total."""
    rows = [sum_row(called(level), amounts[level]) for level in Level if level in levels]
    return [*rows, sum_row(both("合计", "Total"), sum(amounts.values()))]


def measure(s: Standing) -> Both:
    """Return policy and measure: ``《…》第19条“…”``."""
    return both(
        f"《{s.policy_title_zh}》第{s.measure}条“{s.measure_title_zh}”",
        f"“{s.policy_title_en}”, measure {s.measure}: {s.measure_title_en}",
    )


def heading(s: Standing, ending: Ending, title: Both, unit: Both) -> dict[str, Any]:
    """Return what every paper has: its title, number, unit, day, and the fingerprint of the record."""
    return {
        "title": title,
        "number": s.number,
        "unit": unit,
        "at": ending.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "date": date(ending.at),
        "fingerprint": {"seq": str(ending.seq), "hash": ending.hash},
    }
