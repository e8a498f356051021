"""The words of the pages: one catalogue, loaded once, complete in both languages or the portal does not start."""

import string
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from models.states import name

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class WordsFault(Exception):
    """The catalogue is incomplete; the message names the keys."""


FILE = Path(__file__).with_name("words.yaml")


@cache
def catalogue(path: Path = FILE) -> dict[str, dict[Language, str]]:
    """Return all words by key and language.

    Raises:
        WordsFault: a key lacks a language, or its languages name different things to fill in.

    """
    words: dict[str, dict[Language, str]] = yaml.safe_load(path.read_text("utf-8"))
    if faulty := [key for key, entry in words.items() if not _complete(entry)]:
        raise WordsFault(f"{path.name}: these keys are incomplete or differ in their {{names}}: {', '.join(faulty)}")
    return words


def _complete(entry: object) -> bool:
    if not isinstance(entry, dict) or set(entry) != set(LANGUAGES):
        return False
    if not all(isinstance(text, str) and text.strip() for text in entry.values()):
        return False
    return len({_names(text) for text in entry.values()}) == 1


def _names(text: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field)


def say(key: str, language: Language, **values: object) -> str:
    """Return the words of ``key`` in ``language``, filled in; a state or level among the values is named.

    Raises:
        KeyError: there is no such key, or a value is missing.

    """
    named = {key: name(value, language) if isinstance(value, StrEnum) else value for key, value in values.items()}
    return catalogue()[key][language].format(**named)


def language_of(word: str | None) -> Language | None:
    """Return ``word`` if it is one of our languages."""
    return "zh" if word == "zh" else "en" if word == "en" else None
