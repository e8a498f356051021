"""The labels and short sentences of letters: gettext catalogues, read with Babel when the first letter is worded.

``locale/<lang>/LC_MESSAGES/letters.po`` has every key in its language; whole letters are templates (docs/adr/0025).
Dates and numbers are written by Babel's locale data (CLDR).
"""

import datetime as dt
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from models.calendar import OFFICE_ZONE

LOCALE = Path(__file__).parent.parent / "locale"
LOCALES = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_GB")}


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every text in ``language`` by its key."""
    with (LOCALE / language / "LC_MESSAGES" / "letters.po").open("rb") as file:
        found = read_po(file, locale=LOCALES[language], abort_invalid=True)
    return {str(message.id): str(message.string) for message in found if message.id}


def say(language: str, key: str, **values: object) -> str:
    """Return the text of ``key`` in ``language``, filled in.

    Raises:
        KeyError: there is no such key, or a value is missing.

    """
    text = catalogue(language)[key]
    return text.format(**values) if values else text


def number(value: int, language: str) -> str:
    """Return a number as it is written in ``language``: ``12,000``."""
    return str(format_decimal(value, locale=LOCALES[language]))


def day(on: dt.date, language: str) -> str:
    """Return a day with its name: ``2026年11月24日 周二``, ``Tue 24 Nov 2026``."""
    return str(format_date(on, say(language, "pattern.day"), locale=LOCALES[language]))


@lru_cache(maxsize=4096)
def moment(at: dt.datetime, language: str) -> str:
    """Return a time where the offices are: ``2026年11月24日 周二 18:00``, ``Tue 24 Nov 2026, 18:00 Beijing time``.

    Whatever is written in one language, letters and pages, has its times from here; tables in both languages have
    `models.calendar.office_time`.
    """
    pattern = say(language, "pattern.moment")
    return str(format_datetime(at, pattern, tzinfo=OFFICE_ZONE, locale=LOCALES[language]))
