"""Every message of the corpus is read as it was meant: tests/corpus/*.eml, and expected.yaml beside them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from notifications.reading import Reading, UnreadableMessage, read
from tests.corpus.programs import PROGRAMS

CORPUS = Path(__file__).parents[1] / "corpus"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((CORPUS / "expected.yaml").read_text(encoding="utf-8"))
CLEAR = [name for name, expected in EXPECTED.items() if expected["command"]]
#: Of the clear answers, this share at most is asked again.
MOST_ASKED_AGAIN = 0.02


def _read(name: str) -> Reading | None:
    try:
        return read((CORPUS / f"{name}.eml").read_bytes(), EXPECTED[name].get("act", ""))
    except UnreadableMessage:
        return None


READ = {name: _read(name) for name in EXPECTED}


def _command(name: str) -> str | None:
    reading = READ[name]
    return reading.command.value if reading and reading.command else None


def test_no_message_is_read_as_another_decision_than_was_meant() -> None:
    said = {name: _command(name) for name in EXPECTED}
    wrong = {name: command for name, command in said.items() if command not in (None, EXPECTED[name]["command"])}
    assert not wrong


def test_of_the_clear_answers_nearly_none_is_asked_again() -> None:
    asked_again = [name for name in CLEAR if _command(name) is None]
    share = len(asked_again) / len(CLEAR)
    assert share <= MOST_ASKED_AGAIN, f"{share:.1%} of {len(CLEAR)} clear answers are asked again: {asked_again}"


@pytest.mark.parametrize("name", EXPECTED)
def test_the_message_says_what_it_is_expected_to(name: str) -> None:
    reading, expected = READ[name], EXPECTED[name]
    assert reading is not None
    assert (reading.problem.name if reading.problem else None) == expected.get("problem")
    assert (_command(name), reading.opinion) == (expected["command"], expected.get("opinion", ""))
    assert reading.whom == expected.get("whom", "")
    assert [file.name for file in reading.attachments] == expected.get("files", [])


@pytest.mark.parametrize("name", CLEAR)
def test_the_headers_of_a_clear_answer_are_read(name: str) -> None:
    reading = READ[name]
    assert reading is not None
    assert reading.from_addresses == ("zhang.wei@county.example.cn",)
    assert reading.recipients == ("reply+k3y@liandong.example",)
    assert reading.message_id == f"<{name}.1@county.example.cn>"
    assert reading.automatic is None


def test_every_message_has_an_expected_reading_and_every_program_is_there() -> None:
    names = {path.stem for path in CORPUS.glob("*.eml")}
    assert names == set(EXPECTED)
    assert len(names) >= 150
    assert [program for program in PROGRAMS if f"{program.name}-text-top" not in names] == []
