"""What a letter about a release says in its table: the award, the instalment, what is set off, what is paid."""

from collections.abc import Callable, Mapping
from typing import Any

from models.money import money
from notifications.wording import grants
from notifications.wording.catalogue import say

Words = Mapping[str, Any]


def _of(write: Callable[[Mapping[str, Any], Words], str | None]) -> Callable[[Words], str | None]:
    return lambda words: write(words["release"], words) if words["release"] else None


def _instalment(release: Mapping[str, Any], words: Words) -> str:
    said = {key: release[key] for key in ("part", "parts", "name")}
    return say(words["language"], "instalment", **said)


def _set_off(release: Mapping[str, Any], words: Words) -> str | None:
    return grants.split_of(release["set_off"], words["language"]) if release["set_off"] else None


def _pay(release: Mapping[str, Any], words: Words) -> str:
    if any(release["pay"].values()):
        return grants.split_of(release["pay"], words["language"])
    return money(0, words["language"])


#: The key of the label, what stands there (None: no such row).
ROWS: tuple[tuple[str, Callable[[Words], str | None]], ...] = (
    ("release_of", _of(lambda release, _: str(release["award"]))),
    ("instalment", _of(_instalment)),
    ("evidence", _of(lambda release, _: str(release["evidence"]))),
    ("amount", _of(lambda _, words: grants.split_of(words["asked"], words["language"]))),
    ("set_off", _of(_set_off)),
    ("pay", _of(_pay)),
)
