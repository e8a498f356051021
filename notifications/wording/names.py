"""What letters call a time, an answer, an outcome, in one language."""

import datetime as dt
from collections.abc import Sequence

from models.states import IN_PROGRESS, ApplicationState, Outcome, answer_names, name
from notifications.wording.catalogue import day, moment, say

#: So many units are named where more could be; a duty may have a hundred.
LISTED = 8


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


def some(units: Sequence[str], language: str) -> str:
    """Return the names of the first units, and how many there are where they are more than a letter can list."""
    listed = say(language, "and").join(units[:LISTED])
    return listed if len(units) <= LISTED else say(language, "and.others", listed=listed, count=len(units))


def apart(text: str) -> str:
    """Return ``text`` as it stands behind Chinese: with a space where it begins with a figure or a Latin letter."""
    return f" {text}" if text[:1].isascii() else text


def capital(text: str) -> str:
    """Return ``text`` as an English sentence begins."""
    return text[:1].upper() + text[1:]


def many(count: int, one: str, several: str = "") -> str:
    """Return ``count`` with what it counts, in English: ``1 file``, ``2 files``."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"
