"""`liandong calendar`, as a user runs it."""

from pathlib import Path

import pytest

from tests.support.command import Command

NOTICE = """day,working,source
2027-01-01,off,国办通知
2027-01-02,休,国办通知
2027-01-03,off,国办通知
2027-01-09,班,国办通知
"""
WRONG = """day,working,source
2027-13-01,off,国办通知
2027-01-02,maybe,国办通知
2027-01-09,班,
2027-01-10,班,国办通知
2027-01-10,班,国办通知
"""


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / f"{len(text)}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_year_is_provisional_until_its_notice_is_imported(liandong: Command, tmp_path: Path) -> None:
    before, imported, after, this = liandong.each(
        ["calendar", "show", "2027"],
        ["calendar", "import", file(tmp_path, NOTICE), "--whole-year", "2027"],
        ["calendar", "show", "2027"],
        ["calendar", "show", "2026"],
    )
    assert "365 days of 2027 are not known" in before.out
    assert "已登记 Recorded: 365" in imported.out
    assert "2027 年全部已知" in after.out
    rows = [line.split() for line in after.out.splitlines() if line.strip().startswith("2027-")]
    assert [(row[0], row[3]) for row in rows] == [("2027-01-01", "休"), ("2027-01-09", "班")]
    assert "2026-02-16" in this.out
    assert "2026 年全部已知" in this.out


def test_one_day_is_set_and_a_later_record_counts_instead(liandong: Command) -> None:
    one = ["calendar", "set", "2026-12-01", "--off", "--source", "省政府通知"]
    other = ["calendar", "set", "2026-12-01", "--working", "--source", "更正"]
    _, off, _, on, wrong = liandong.each(
        one, ["calendar", "show", "2026"], other, ["calendar", "show", "2026"], [*one[:2], "2026-02-30", *one[3:]]
    )
    assert "省政府通知" in off.out
    assert "2026-12-01" not in on.out
    assert "is no day; write it like 2027-02-06" in wrong.out + wrong.error


def test_every_fault_of_a_file_is_said_with_its_line_and_nothing_is_recorded(liandong: Command, tmp_path: Path) -> None:
    refused, other_year, shown = liandong.each(
        ["calendar", "import", file(tmp_path, WRONG)],
        ["calendar", "import", file(tmp_path, NOTICE), "--whole-year", "2030"],
        ["calendar", "show", "2027"],
    )
    said = refused.out + refused.error
    for line, fault in ((2, "is no day"), (3, "must be working"), (4, "is required"), (6, "is the same day as line 5")):
        assert f"第 {line} 行" in said
        assert fault in said
    assert "Nothing was recorded" in said
    assert "has no day of 2030" in other_year.out + other_year.error
    assert "365 days" in shown.out
