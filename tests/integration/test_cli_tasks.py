"""`liandong task` and the moves in `liandong status`, as the operator runs them."""

import json
from pathlib import Path

import pytest

from tests.support.command import SAMPLES, Command

NUMBER = "ZJAI19-2026-00001"
OPERATORS = "王五 <wang@ops.example>, 赵六 <zhao@ops.example>"


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    made = Command(tmp_path / "home")
    made.env["LIANDONG_OPERATORS"] = OPERATORS
    return made


def by(*words: str) -> list[str | Path]:
    return ["task", *words, "--operator", "王五"]


def test_an_operator_makes_every_move_and_sees_it(liandong: Command) -> None:
    said = liandong.each(
        ["directory", "import", SAMPLES / "directory.csv"],
        ["submit", SAMPLES / "single.yaml"],
        ["task", "list"],
        by("lend", NUMBER, "--to", "czt", "--reason", "是否有预算？"),
        ["task", "list", NUMBER, "--json"],
        by("recall", NUMBER, "--unit", "czt", "--reason", "已查清"),
        by("add", NUMBER, "--to", "fgw", "--where", "after", "--reason", "一并研究"),
        by("remove", NUMBER, "--unit", "fgw", "--reason", "无需"),
        by("copy", NUMBER, "--to", "czt", "--reason", "供参考"),
        by("suspend", NUMBER, "--reason", "等待审计"),
        ["status", NUMBER],
        by("resume", NUMBER, "--reason", "审计完成"),
        by("urge", NUMBER, "--reason", "请尽快"),
        by("urge", NUMBER),
        ["status", NUMBER, "--json"],
        ["audit", "verify"],
    )
    _, submitted, listed, lent, rows, *moves, suspended, resumed, urged, again, fields, verified = said
    assert NUMBER in submitted.out and NUMBER in listed.out
    assert (lent.code, "已委派省财政厅" in lent.out) == (0, True)
    tasks = {one["unit"]: one for one in json.loads(rows.out)["tasks"]}
    assert (tasks["czt"]["kind"], tasks["czt"]["counts"], tasks["czt"]["state"]) == ("lent", False, "open")
    assert {one["state"] for unit, one in tasks.items() if unit != "czt"} == {"waiting"}
    assert [one.code for one in moves] == [0, 0, 0, 0, 0], [one.error for one in moves]
    assert "已挂起" in suspended.out and "等待审计" in suspended.out and "加签" in suspended.out
    assert (resumed.code, urged.code) == (0, 0), resumed.error + urged.error
    assert (again.code, "今天已经催办过" in again.error) == (1, True)
    (stage,) = json.loads(fields.out)["stages"]
    made = [one for one in stage["moves"] if one["kind"] != "turn_came"]
    kinds = [one["kind"] for one in made]
    assert kinds == ["lent", "recalled", "added", "removed", "copied", "suspended", "resumed", "urged"]
    assert all(one["by"] == "operator:王五" for one in made)
    assert verified.code == 0


def test_where_several_are_asked_a_stage_is_suspended_whole_and_a_task_moved_by_its_unit(liandong: Command) -> None:
    said = liandong.each(
        ["directory", "import", SAMPLES / "directory.csv"],
        ["submit", SAMPLES / "single.yaml"],
        by("add", NUMBER, "--to", "fgw", "--reason", "一并研究"),
        by("copy", NUMBER, "--to", "czt"),
        by("suspend", NUMBER, "--reason", "等待文件"),
        ["status", NUMBER],
    )
    *_, added, which, suspended, shown = said
    assert "已并行加签省发展改革委" in added.out
    assert (which.code, "请指明单位（--unit）" in which.error) == (1, True)
    assert (suspended.code, "已挂起" in shown.out) == (0, True), suspended.error


def test_an_override_above_the_sum_wants_a_second_operator(liandong: Command) -> None:
    override = by("override", NUMBER, "--outcome", "approve", "--reason", "单位撤并")
    _, _, _, proposed, listed, same, consented, none, shown, unknown = liandong.each(
        ["directory", "import", SAMPLES / "directory.csv"],
        ["register", "import", SAMPLES / "registers.csv"],
        ["submit", SAMPLES / "consortium.yaml"],
        override,
        ["task", "list", "--json"],
        by("consent", NUMBER),
        ["task", "consent", NUMBER, "--operator", "赵六", "--json"],
        ["task", "decline", NUMBER, "--operator", "赵六"],
        ["status", NUMBER],
        by("hand-over", NUMBER, "--to", "省财政大厅", "--reason", "x"),
    )
    assert proposed.code == 0 and "赵六" in proposed.out
    (waiting,) = json.loads(listed.out)["overrides"]
    assert (waiting["number"], waiting["outcome"], waiting["proposer"]) == (NUMBER, "approve", "王五")
    assert (same.code, "不能同意自己" in same.error) == (1, True)
    assert (consented.code, json.loads(consented.out)["number"]) == (0, NUMBER)
    assert none.code == 1
    assert "运行人员代定" in shown.out and "单位撤并" in shown.out
    assert (unknown.code, "省财政大厅" in unknown.error) == (1, True)
    assert len(unknown.error.splitlines()) == 2
