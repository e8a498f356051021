"""`liandong paper` as a user runs it."""

from pathlib import Path

import pytest

from tests.support.command import SAMPLES, Command
from tests.support.pdf import pages


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


def test_papers_are_written_to_a_file_once_it_has_ended(liandong: Command, tmp_path: Path) -> None:
    number, file = "ZJAI19-2026-00001", tmp_path / "paper.pdf"
    asked: list[list[str | Path]] = [
        ["directory", "import", SAMPLES / "directory.csv"],
        ["submit", SAMPLES / "single.yaml"],
        ["paper", number, "--out", file],
        ["withdraw", number, "--reason", "市场变化"],
        ["paper", number, "--out", file, "--again"],
        ["paper", number, "--kind", "award-letter", "--out", file],
        ["paper", number, "--kind", "diploma", "--out", file],
        ["paper", "ZJAI19-2026-00009", "--out", file],
        ["paper", number, "--out", tmp_path / "nowhere" / "paper.pdf"],
        ["audit", "verify"],
    ]
    *_, early, withdrawn, written, no_letter, no_kind, unknown, nowhere, audited = liandong.each(*asked)
    assert (early.code, withdrawn.code) == (1, 0)
    assert "办结后才出具" in early.error
    assert written.code == 0
    assert "decision-sheet" in written.out
    assert "the same bytes" in written.out
    assert pages(file.read_bytes()) in (1, 2)
    assert "only for an award" in no_letter.error
    assert "choose award-letter" in no_kind.error
    assert "There is no application" in unknown.error
    assert "The file cannot be written" in nowhere.error
    assert audited.code == 0
