"""What a letter that asks says of who stands in: a deputy for whom, and what operators decided in place of units."""

from collections.abc import Callable, Mapping
from typing import Any

from models.states import Outcome, answer_names
from notifications.wording.catalogue import say

Words = Mapping[str, Any]


def overrides(words: Words) -> str | None:
    """Return what operators have decided in place of units: the mark goes with it wherever it is told."""
    if not words["reply"]:
        return None
    language = words["language"]
    return say(language, "between").join(_override(one, language) for one in words["overrides"]) or None


def _override(one: Words, language: str) -> str:
    said = answer_names(one["act"], Outcome(one["outcome"]))[language != "zh"]
    return say(language, "override", unit=one["unit"], said=said, by=one["by"], reason=one["reason"])


def _name(key: str) -> Callable[[Words], str | None]:
    return lambda words: words[key] or None


#: Rows of a letter's table: the key of the label, what stands there (None: no such row).
ROWS: tuple[tuple[str, Callable[[Words], str | None]], ...] = (
    ("deputy_for", _name("deputy_for")),
    ("deputies", _name("deputies")),
    ("overrides", overrides),
)
