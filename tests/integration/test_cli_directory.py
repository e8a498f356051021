"""`liandong directory` and what `doctor` and `status` say of it, as a user runs them."""

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from models.policy.units import all_units
from tests.support.command import SAMPLES, Command
from tests.support.policies import ZHEJIANG
from tests.support.workbooks import xlsx

UNITS = list(all_units(ZHEJIANG))
COLUMNS = ["unit", "name", "email", "role", "language"]
SOME = [
    COLUMNS,
    ["kjt", "省科技厅收文", "kjt@zj.example", "处长", "zh"],
    ["fgw", "Mailroom of the Provincial Development and Reform Commission", "fgw@zj.example", None, "en"],
    ["czt", "省财政厅收文", "kjt@zj.example", None, None],
    ["@county:330127", "淳安", f"{'name.' * 11}x@{'domain.' * 9}example", "科" * 60, None],
]


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


@pytest.fixture
def some(tmp_path: Path) -> Path:
    file = tmp_path / "通讯录.xlsx"
    file.write_bytes(xlsx(SOME))
    return file


def test_the_sample_directory_leaves_no_unit_without_an_officer(liandong: Command) -> None:
    imported, listed, looked = liandong.each(
        ["directory", "import", SAMPLES / "directory.csv"], ["directory", "list", "--json"], ["doctor"]
    )
    assert imported.out.splitlines() == ["已导入 Imported 119，新增 new: 119"]
    said = json.loads(listed.out)
    assert [one["unit"] for one in said["units"]] == UNITS
    assert said["without_officer"] == []
    first = {"name": "省科技厅收文", "email": "kjt@zj.example", "role": "收文员", "language": "zh", "letters": "each"}
    assert said["units"][0] == {
        "unit": "kjt",
        "name": {"zh": "省科技厅", "en": "Provincial Department of Science and Technology"},
        "in_policy": True,
        "officers": [first],
    }
    assert "119 位经办人 officers" in looked.out


def test_an_xlsx_file_is_imported_and_units_without_an_officer_are_counted(liandong: Command, some: Path) -> None:
    imported, again, listed, looked = liandong.each(
        ["directory", "import", some], ["directory", "import", some], ["directory", "list", "--json"], ["doctor"]
    )
    assert "已导入 Imported 4，新增 new: 4" in imported.out
    assert "new: 0" in again.out
    assert f"units without an officer: {len(UNITS) - 4}" in imported.out
    assert len(json.loads(listed.out)["without_officer"]) == len(UNITS) - 4
    (line,) = [one for one in looked.out.split("\n") if "通讯录 directory" in one]
    assert line.startswith(f"! 通讯录 directory: {len(UNITS) - 4}个单位没有经办人（省经信厅、")
    assert line.count("、") == 4, "up to five are named"
    assert "liandong directory import" in line
    assert f"{len(UNITS) - 4} units have no officer (Provincial Department of Economy" in looked.out


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_looks_right_in_a_terminal_of_any_width(liandong: Command, some: Path, width: int) -> None:
    liandong.env["COLUMNS"] = str(width)
    _, listed = liandong.each(["directory", "import", some], ["directory", "list"])
    assert max(cell_len(line) for line in listed.out.splitlines()) <= width
    assert "…" not in listed.out, "nothing is cut off"
    for said in ("省科技厅", "kjt@zj.example", "处长", "@county:330127", "无 none", "淳安县人民政府"):
        assert said in listed.out
    assert ("In English" in listed.out) == (width == 120)
    told = " ".join(listed.out.split())
    assert "One address answers for several units: kjt@zj.example: 省科技厅、省财政厅" in told
    assert f"units without an officer: {len(UNITS) - 4}" in told


@pytest.mark.parametrize("name", ["wrong.xlsx", "wrong.csv"])
def test_each_fault_of_a_file_is_one_line_in_both_languages(liandong: Command, tmp_path: Path, name: str) -> None:
    rows = [["kjt", "收文", "kjt@zj.example", "", "zh"], ["nobody", "甲", "a@b.example", "", ""], ["fgw", "乙", "bad"]]
    csv = "\n".join(",".join(row) for row in [COLUMNS, *rows])
    (tmp_path / name).write_bytes(xlsx([COLUMNS, *rows]) if name.endswith("xlsx") else csv.encode("gb18030"))
    refused, listed = liandong.each(["directory", "import", tmp_path / name], ["directory", "list", "--json"])
    assert refused.code == 1
    unit, email, end = refused.error.splitlines()
    assert unit.startswith("第 3 行 line 3, unit: 政策中没有单位“nobody”；")
    assert "the policy has no unit “nobody”; give a key of its units.csv" in unit
    assert email.startswith("第 4 行 line 4, email: “bad”不是有效的电子邮箱地址")
    assert end.startswith("未导入任何记录 Nothing was imported: ")
    assert len(json.loads(listed.out)["without_officer"]) == len(UNITS)


def test_status_says_who_is_asked_in_whose_place(liandong: Command, tmp_path: Path) -> None:
    liandong.env["LIANDONG_NO_OFFICER"] = "parent"
    liandong.env["COLUMNS"] = "140"
    file = tmp_path / "cities.csv"
    file.write_text("unit,name,email\n@city:330200,宁波市收文,330200@zj.example\n", encoding="utf-8")
    number = "ZJAI19-2026-00001"
    *_, overview, shown, read = liandong.each(
        ["directory", "import", file],
        ["submit", SAMPLES / "single.yaml"],
        ["status"],
        ["status", number],
        ["status", number, "--json"],
    )
    assert "由宁波市人民政府代" in overview.out
    assert "由宁波市人民政府代" in shown.out
    (task,) = json.loads(read.out)["stages"][0]["tasks"]
    assert (task["unit"], task["instead"]) == ("@county:330212", "@city:330200")


def test_a_setting_that_is_none_is_named(liandong: Command) -> None:
    said = liandong("directory", "list", LIANDONG_NO_OFFICER="nobody")
    assert said.code == 1
    assert said.error.startswith("LIANDONG_NO_OFFICER=nobody: ")
