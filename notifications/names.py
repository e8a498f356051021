"""What letters call a time, an answer, an outcome, in one language."""

import datetime as dt

from models.states import IN_PROGRESS, ApplicationState, Outcome, answer_names, name
from notifications.catalogue import day, moment


def beijing(stamp: str, language: str) -> str:
    """Return an ISO time as it is written in ``language``, where the offices are."""
    return moment(dt.datetime.fromisoformat(stamp), language)


def on(iso: str, language: str) -> str:
    """Return an ISO date as it is written in ``language``."""
    return day(dt.date.fromisoformat(iso), language)


def answer(act: str, word: str, language: str) -> str:
    """Return the name of what was answered in a stage with ``act``."""
    zh, en = IN_PROGRESS if word == "in_progress" else answer_names(act, Outcome(word))
    return zh if language == "zh" else en


def outcome(word: str, language: str) -> str:
    """Return the name of an outcome, or of the state in which an application ended."""
    known: Outcome | ApplicationState = Outcome(word) if word in set(Outcome) else ApplicationState(word)
    return name(known, language)


def apart(text: str) -> str:
    """Return ``text`` as it stands behind Chinese: with a space where it begins with a figure or a Latin letter."""
    return f" {text}" if text[:1].isascii() else text


def many(count: int, one: str, several: str = "") -> str:
    """Return ``count`` with what it counts, in English: ``1 file``, ``2 files``."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"
