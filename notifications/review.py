"""What a letter says of the judgement to whoever decides: the limits, the overlaps, and the trace as a file."""

from collections.abc import Mapping
from typing import Any

from models.money import money
from models.overlap import Overlap

#: Facts that are kept in both languages: the attached file prints both.
ATTACHED = frozenset({"findings", "notes", "overlaps", "overlap_rule"})

#: What that file is made of.
PRINTED = ATTACHED | {"number", "round", "title", "applicant", "measure", "measure_title", "option"}
PRINTED |= {"gives", "largest", "left"}


def asks(words: Mapping[str, Any]) -> bool:
    """Return whether a letter asks for a decision and tells what the rules found."""
    return "largest" in words and bool(words["reply"])


def largest(words: Mapping[str, Any]) -> str | None:
    """Return the largest award that the rules allow, and what overlaps leave of it."""
    if not asks(words) or not words["counted"]:
        return None
    language, most, left = words["language"], words["largest"], words["left"]
    zh = language == "zh"
    said = ("原文未定上限", "the text sets no limit")[not zh]
    if most is not None:
        said = ("至多 ", "at most ")[not zh] + money(most, language)
    if left is None:
        return said
    more = ("；抵减此前核定后至多再核定 ", "; what was awarded before leaves ")[not zh]
    return said + more + money(left, language)


def overlaps(words: Mapping[str, Any]) -> str | None:
    """Return the other applications for the same thing, on one line: numbers and sums."""
    if not asks(words) or not words["overlaps"]:
        return None
    language = words["language"]
    found = [Overlap.from_json(kept) for kept in words["overlaps"]]
    if language == "zh":
        return f"同一项目或费用依据另有 {'；'.join(f'{one.number} {one.said(language)}' for one in found)}。从高不重复"
    others = "; ".join(f"{one.number} ({one.said(language)})" for one in found)
    return f"for the same project or cost basis: {others}. Nothing is paid twice"


def budgets(words: Mapping[str, Any]) -> str | None:
    """Return what was left of each budget when the letter was written: ``省财政厅 2026 年度尚余 300万元``."""
    if not asks(words) or not words["budgets"]:
        return None
    zh = words["language"] == "zh"
    said = (_budget(one, words["language"]) for one in words["budgets"])
    return ("；" if zh else "; ").join(said)


def _budget(one: Mapping[str, Any], language: str) -> str:
    unit, year = one["unit"], one["year"]
    if one["granted"] is None:
        return f"{unit} {year} 年度未登记预算" if language == "zh" else f"{unit}, {year}: no budget is recorded"
    left, granted = money(one["left"], language), money(one["granted"], language)
    if language == "zh":
        return f"{unit} {year} 年度尚余 {left}（预算 {granted}）"
    return f"{unit}, {year}: {left} left of {granted}"
