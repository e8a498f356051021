"""What a letter about a release says in its table: the award, the instalment, what is set off, what is paid."""

from collections.abc import Callable, Mapping
from typing import Any

from models.money import money
from notifications import grants

Words = Mapping[str, Any]


def _of(write: Callable[[Mapping[str, Any], Words], str | None]) -> Callable[[Words], str | None]:
    return lambda words: write(words["release"], words) if words["release"] else None


def _instalment(release: Mapping[str, Any], words: Words) -> str:
    part, parts, name = release["part"], release["parts"], release["name"]
    return f"第 {part} 期，共 {parts} 期：{name}" if words["language"] == "zh" else f"{part} of {parts}: {name}"


def _set_off(release: Mapping[str, Any], words: Words) -> str | None:
    return grants.split_of(release["set_off"], words["language"]) if release["set_off"] else None


def _pay(release: Mapping[str, Any], words: Words) -> str:
    if any(release["pay"].values()):
        return grants.split_of(release["pay"], words["language"])
    return money(0, words["language"])


#: Chinese label, English label, what stands there (None: no such row).
ROWS: tuple[tuple[str, str, Callable[[Words], str | None]], ...] = (
    ("核定编号", "Award", _of(lambda release, _: str(release["award"]))),
    ("期次", "Instalment", _of(_instalment)),
    ("依据", "Evidence", _of(lambda release, _: str(release["evidence"]))),
    ("本期金额", "Amount", _of(lambda _, words: grants.split_of(words["asked"], words["language"]))),
    ("抵减", "Set off", _of(_set_off)),
    ("拨付", "To be paid", _of(_pay)),
)
