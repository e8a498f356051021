"""What a letter says of the judgement to whoever decides: the limits, the overlaps, and the trace as a file."""

from collections.abc import Mapping
from typing import Any

from models.case.overlap import Overlap
from models.money import money
from notifications.wording.catalogue import say

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
    said = say(language, "largest.none") if most is None else say(language, "largest", sum=money(most, language))
    return said if left is None else say(language, "largest.left", said=said, left=money(left, language))


def overlaps(words: Mapping[str, Any]) -> str | None:
    """Return the other applications for the same thing, on one line: numbers and sums."""
    if not asks(words) or not words["overlaps"]:
        return None
    language = words["language"]
    found = [Overlap.from_json(kept) for kept in words["overlaps"]]
    others = (say(language, "overlap", number=one.number, said=one.said(language)) for one in found)
    return say(language, "overlaps", others=say(language, "between").join(others))


def budgets(words: Mapping[str, Any]) -> str | None:
    """Return what was left of each budget when the letter was written: ``省财政厅 2026 年度尚余 300万元``."""
    if not asks(words) or not words["budgets"]:
        return None
    return say(words["language"], "between").join(_budget(one, words["language"]) for one in words["budgets"])


def _budget(one: Mapping[str, Any], language: str) -> str:
    said = {"unit": one["unit"], "year": one["year"]}
    if one["granted"] is None:
        return say(language, "budget.none", **said)
    return say(language, "budget", **said, left=money(one["left"], language), granted=money(one["granted"], language))
