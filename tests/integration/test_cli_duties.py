"""`liandong duty` as a user runs it."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.command import SAMPLES, Command
from tests.support.duties import policies_with_duties

NUMBER = "ZJAI24-D-2026-00001"


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    made = Command(tmp_path / "home")
    made.env["LIANDONG_POLICIES"] = str(policies_with_duties(tmp_path))
    return made


def test_a_duty_is_listed_opened_shown_and_withdrawn(liandong: Command) -> None:
    opening = ["duty", "open", "24", "scenarios", "--period", "2026 年", "--by", "李雷", "--due", "2027-06-30"]
    places = ["--place", "杭州市", "--place", "330200"]
    imported, before, made, again, listed, rows, shown, fields, one, overview, gone = liandong.each(
        ["directory", "import", SAMPLES / "directory.csv"],
        ["duty", "list", "--json"],
        [*opening, *places],
        [*opening, *places],
        ["duty", "list"],
        ["duty", "list", "--json"],
        ["duty", "show", NUMBER],
        ["duty", "show", NUMBER, "--json"],
        ["status", NUMBER],
        ["status"],
        ["withdraw", NUMBER, "--reason", "重新布置"],
    )
    assert imported.code == 0
    found = json.loads(before.out)
    assert {(d["measure"], d["key"]) for d in found["duties"]} >= {
        (6, "talents"),
        (24, "scenarios"),
        (27, "party_schools"),
    }
    assert found["opened"] == []
    assert (made.code, NUMBER in made.out) == (0, True)
    assert (again.code, NUMBER in again.error) == (1, True)
    assert NUMBER in listed.out and "滚动开放应用场景" in listed.out
    assert [d["number"] for d in json.loads(rows.out)["opened"]] == [NUMBER]
    assert all(words in shown.out for words in ("杭州市人民政府", "未报告", "0 / 50"))
    state = json.loads(fields.out)
    assert (state["kind"], state["stage"], state["opened_by"], state["period"]) == ("duty", "report", "李雷", "2026 年")
    assert [unit["unit"] for unit in state["units"]] == ["@city:330100", "@city:330200"]
    assert state["stages"][0]["due_at"] == "2027-06-30T10:00:00+00:00"
    assert state["targets"][0]["number"] == 50
    assert NUMBER in one.out and NUMBER in overview.out
    assert gone.code == 0


def test_the_progress_of_all_targets_is_a_table_json_and_a_plot(liandong: Command, tmp_path: Path) -> None:
    file = tmp_path / "progress.svg"
    table, fields, drawn, lost = liandong.each(
        ["duty", "progress"],
        ["duty", "progress", "--json"],
        ["duty", "progress", "--svg", file],
        ["duty", "progress", "--svg", tmp_path / "nowhere" / "x.svg"],
    )
    assert all(words in table.out for words in ("支持人工智能人才", "0 / 300", "░"))
    targets = {(one["measure"], one["key"]): one for one in json.loads(fields.out)["targets"]}
    assert targets[6, "top_talents"]["counts"] == "awards"
    assert (targets[24, "open_scenarios"]["reached"], targets[24, "open_scenarios"]["percent"]) == (0, 0)
    assert drawn.code == 0
    assert ElementTree.fromstring(file.read_text("utf-8")).tag.endswith("svg")
    assert (lost.code, len(lost.error.splitlines())) == (1, 2)


def test_what_cannot_be_is_answered_in_a_sentence_of_each_language(liandong: Command) -> None:
    for said in liandong.each(
        ["duty", "open", "19"],
        ["duty", "open", "24"],
        ["duty", "open", "24", "scenarios", "--place", "火星"],
        ["duty", "open", "27", "--working-days", "0"],
        ["duty", "show", "X-1"],
    ):
        assert said.code == 1
        assert len(said.error.splitlines()) == 2, said.error
