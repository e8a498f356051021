"""What a letter that asks says of who stands in: a deputy for whom, and what operators decided in place of units."""

from collections.abc import Callable, Mapping
from typing import Any

from models.states import Outcome, answer_names

Words = Mapping[str, Any]


def overrides(words: Words) -> str | None:
    """Return what operators have decided in place of units: the mark goes with it wherever it is told."""
    if not words["reply"]:
        return None
    made = [_override(one, zh=words["language"] == "zh") for one in words["overrides"]]
    return ("；" if words["language"] == "zh" else "; ").join(made) or None


def _override(one: Words, *, zh: bool) -> str:
    said = answer_names(one["act"], Outcome(one["outcome"]))[not zh]
    if zh:
        return f"{one['unit']}：{said}（运行人员 {one['by']}）“{one['reason']}”"
    return f"{one['unit']}: {said} (operator {one['by']}) “{one['reason']}”"


def _name(key: str) -> Callable[[Words], str | None]:
    return lambda words: words[key] or None


#: Rows of a letter's table: Chinese label, English label, what stands there (None: no such row).
ROWS: tuple[tuple[str, str, Callable[[Words], str | None]], ...] = (
    ("您代理", "You stand in for", _name("deputy_for")),
    ("同时发给代理人", "Also sent to your deputy", _name("deputies")),
    ("运行人员代定", "Override by an operator", overrides),
)
