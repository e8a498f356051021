"""The catalogue of the letters' labels and short sentences: whole in both languages, and nothing in it is unused."""

import datetime as dt
import re
import string
from pathlib import Path

import pytest

from notifications.wording import rows
from notifications.wording.catalogue import LOCALES, catalogue, day, moment, number, say

ROOM = Path(rows.__file__).parent.parent
LANGUAGES = tuple(LOCALES)
#: Keys that are put together: what stands before the braces.
MADE = {"late.escalates_to_": ("superior", "operator")}


def used() -> set[str]:
    """Return every key that the room's code asks for."""
    code = "\n".join(file.read_text("utf-8") for file in ROOM.rglob("*.py")).replace('["language"]', "")
    keys = set(re.findall(r'\bsay\(\w+, "([a-z_.]+)"', code)) | (set(re.findall(r'"([a-z_.]+)"', code)) & known())
    keys |= {beginning + end for beginning, ends in MADE.items() for end in ends if f'f"{beginning}{{' in code}
    return keys | {f"label.{key}" for key, _ in (*rows.ROWS, *rows.DUTY_ROWS)}


def known() -> set[str]:
    return set(catalogue("zh")) | set(catalogue("en"))


def test_both_languages_have_the_same_keys_and_each_has_its_words() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()
    assert all(text.strip() for language in LANGUAGES for text in catalogue(language).values())


def test_no_key_is_missing_and_none_is_unused() -> None:
    assert used() - known() == set()
    assert known() - used() == set()


@pytest.mark.parametrize("key", sorted(catalogue("zh")))
def test_both_languages_fill_in_the_same(key: str) -> None:
    filled = [{field for _, field, _, _ in string.Formatter().parse(catalogue(one)[key]) if field} for one in LANGUAGES]
    assert filled[0] == filled[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice_in_a_file(language: str) -> None:
    file = ROOM / "locale" / language / "LC_MESSAGES" / "letters.po"
    keys = re.findall(r'^msgid "(.+)"$', file.read_text("utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(catalogue(language))


def test_no_chinese_is_left_in_the_english_catalogue_and_no_label_in_the_code() -> None:
    assert not [text for text in catalogue("en").values() if re.search("[\u4e00-\u9fff]", text)]
    for name in ("rows.py", "otherwise.py", "review.py", "releases.py", "standing_in.py", "preview.py"):
        code = re.sub(r'""".*?"""|#.*', "", (ROOM / "wording" / name).read_text("utf-8"), flags=re.DOTALL)
        assert not re.search("[\u4e00-\u9fff]", code), name


def test_dates_and_numbers_are_written_by_the_locale() -> None:
    closes = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
    assert day(closes.date(), "zh") == "2026年11月24日 周二"
    assert day(closes.date(), "en") == "Tue 24 Nov 2026"
    assert moment(closes, "zh") == "2026年11月24日 周二 18:00"
    assert moment(closes, "en") == "Tue 24 Nov 2026, 18:00 Beijing time"
    assert number(12000, "zh") == number(12000, "en") == "12,000"


def test_a_value_that_looks_like_a_field_is_not_filled_in() -> None:
    assert "{said}" in say("zh", "override", unit="{said}", said="同意", by="x", reason="y")
