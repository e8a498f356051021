"""The facts of an application, read as its measure declares them: text in, exact values out. Pure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from models.errors import Fault
from models.money import fen_from_yuan, money
from models.policy.data import Bilingual
from models.policy.measure import FactKind, Measure

#: A fact as the rules see it: money in fen and every number as a fraction.
Value = Fraction | bool | dt.date | str

#: Digits, grouped by three or not at all, and at most six decimals.
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Chinese input methods put it between words.
_WIDE_SPACE = "\N{IDEOGRAPHIC SPACE}"
_TRUE, _FALSE = ("true", "yes", "是"), ("false", "no", "否")
#: A text fact is a line.
MAX_TEXT = 200

_HOW = {
    "money": ("须为元数，如 1,000,000 或 0.50", "must be yuan, such as 1,000,000 or 0.50"),
    "rate": ("须为百分数，如 3.5%", "must be a percentage, such as 3.5%"),
    "number": ("须为非负数，如 5 或 2.5", "must be a number, such as 5 or 2.5"),
    "count": ("须为非负整数，如 5", "must be a whole number, such as 5"),
    "date": ("须为日期，如 2026-03-01", "must be a date, such as 2026-03-01"),
    "yes_no": ("须为 yes 或 no（是 或 否）", "must be yes or no"),
    "text": (f"须为一行文字，至多 {MAX_TEXT} 字", f"must be one line of at most {MAX_TEXT} characters"),
}


@dataclass(frozen=True)
class Facts:
    """The facts of one application."""

    values: Mapping[str, Value]

    @property
    def numbers(self) -> dict[str, Fraction]:
        """Return those that can be reckoned with: money in fen, rates, numbers and counts."""
        return {name: value for name, value in self.values.items() if isinstance(value, Fraction)}

    def date(self, name: str | None, otherwise: dt.date) -> dt.date:
        """Return the date fact ``name``, or ``otherwise`` where none is named."""
        value = self.values.get(name) if name else None
        return value if isinstance(value, dt.date) else otherwise


def read_facts(given: Mapping[str, Any], measure: Measure, wanted: set[str]) -> tuple[Facts, list[Fault]]:
    """Return the facts that ``measure`` declares and the chosen option ``wanted``, with a fault for each bad one."""
    values: dict[str, Value] = {}
    faults = [_unknown(name, measure, wanted) for name in given if name not in wanted]
    for name in (name for name in measure.facts if name in wanted):
        kind = measure.facts[name]
        if given.get(name) in (None, ""):
            faults.append(_fault(name, kind, "未填写；", "is missing: "))
            continue
        try:
            values[name] = _read(kind, given[name])
        except ValueError:
            shown = str(given[name])[:60]
            faults.append(_fault(name, kind, f"“{shown}”不合要求；", f"“{shown}” is not accepted: "))
    return Facts(values), faults


def _fault(name: str, kind: FactKind, zh: str, en: str) -> Fault:
    how_zh, how_en = _HOW[kind.type]
    return Fault(f"facts.{name}", f"“{kind.name.zh}”{zh}{how_zh}", f"“{kind.name.en}” {en}it {how_en}")


def _unknown(name: str, measure: Measure, wanted: set[str]) -> Fault:
    known = [f"{key}（{measure.facts[key].name.zh}）" for key in measure.facts if key in wanted]
    known_en = [f"{key} ({measure.facts[key].name.en})" for key in measure.facts if key in wanted]
    return Fault(
        f"facts.{name[:60]}",
        f"本类别不需要这一项；需要的有：{'、'.join(known) or '无'}",
        f"is not asked for here; asked for: {', '.join(known_en) or 'none'}",
    )


def _read(kind: FactKind, given: object) -> Value:
    text = str(given).strip()
    match kind.type:
        case "money":
            return Fraction(fen_from_yuan(text))
        case "rate":
            if not text.endswith("%"):
                raise ValueError
            return _number(text[:-1].strip()) / 100
        case "number":
            return _number(text)
        case "count":
            if "." in text:
                raise ValueError
            return _number(text)
        case "date":
            if not _DATE.fullmatch(text):
                raise ValueError
            return dt.date.fromisoformat(text)
        case "yes_no":
            return _yes(given, text.casefold())
        case "text":
            if len(text) > MAX_TEXT or not text.replace(_WIDE_SPACE, " ").isprintable():
                raise ValueError
            return text


def _number(text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return Fraction(text.replace(",", ""))


def _yes(given: object, text: str) -> bool:
    if isinstance(given, bool):
        return given
    if text not in (*_TRUE, *_FALSE):
        raise ValueError
    return text in _TRUE


def said(kind_type: str, value: Value, language: str) -> str:
    """Return a value as people read it: ``500万元``, ``3.5%``, ``是``."""
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    if not isinstance(value, Fraction):
        return str(value)
    if kind_type == "money":
        return money(int(value), language)
    return f"{_decimal(value * 100)}%" if kind_type == "rate" else _decimal(value)


def _decimal(value: Fraction) -> str:
    """Return at most six decimals, without trailing zeros; an inexact one says so. A year is not grouped."""
    millionths = round(value * 10**6)
    whole, rest = divmod(millionths, 10**6)
    grouped = f"{whole:,}" if whole >= 10_000 else f"{whole}"
    text = f"{grouped}.{rest:06d}".rstrip("0").rstrip(".")
    return text if millionths == value * 10**6 else f"≈{text}"


@dataclass(frozen=True)
class Stated:
    """One fact as its applicant stated it, for people."""

    key: str
    name: Bilingual
    value: Bilingual


def stated(given: Mapping[str, Any], measure: Measure) -> tuple[Stated, ...]:
    """Return the facts of an application that was admitted under ``measure``, in the order of the measure."""
    facts, _ = read_facts(given, measure, set(given))
    kinds = {key: measure.facts[key] for key in facts.values}
    return tuple(
        Stated(key, kind.name, Bilingual(zh=said(kind.type, value, "zh"), en=said(kind.type, value, "en")))
        for (key, kind), value in zip(kinds.items(), facts.values.values(), strict=True)
    )
