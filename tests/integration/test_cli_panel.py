"""`liandong experts` and `liandong panel` as an operator runs them."""

import json
from pathlib import Path

import pytest

from models.settings import Settings
from tests.support.command import Command
from tests.support.forms import SHENLAN
from tests.support.panel import BEST, FOLDER, PanelDesk

HEAD = "key,name,email,fields,employer,credit_code,from,to,ties,language,active\n"
NEW = f"e00020,周专家,zhou@uni.example,robots;safety,示例大学,{SHENLAN},2015-09-01,2020-01-01,李雷,,\n"
MORE = "e00020,,,,示例学院,91330402MA2J6R3Y8F,2020-01-02,,,,\ne00021,吴专家,wu@uni.example,robots,,,,,,,\n"


@pytest.fixture
def liandong(settings: Settings) -> Command:
    command = Command(settings.home)
    command.env["LIANDONG_POLICIES"] = str(FOLDER)
    return command


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_operator_imports_experts_and_looks_after_a_panel(
    city: PanelDesk, liandong: Command, tmp_path: Path
) -> None:
    await city.to_the_panel()
    assert city.app is not None
    number, drawn = city.app.number, await city.draw()
    published, file, wrong = tmp_path / "draw.json", tmp_path / "experts.csv", tmp_path / "wrong.csv"
    published.write_text(json.dumps(drawn, ensure_ascii=False), "utf-8")
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(drawn | {"order": drawn["order"][::-1]}), "utf-8")
    file.write_text(HEAD + NEW + MORE, "utf-8")
    wrong.write_text(HEAD + NEW.replace("robots", "cooking"), "utf-8")
    printed, again, other, nothing, refused, imported, listed, shown, replaced, missing = liandong.each(
        ["panel", "draw", number],
        ["panel", "draw", "--repeat", published],
        ["panel", "draw", "--repeat", altered],
        ["panel", "draw", "--repeat", file],
        ["experts", wrong],
        ["experts", file],
        ["experts", "--json"],
        ["panel", "show", number],
        ["panel", "replace", number, "1", "--reason", "出差"],
        ["panel", "drop", number, "9", "--reason", "x"],
    )
    assert json.loads(printed.out) == drawn
    assert (again.code, other.code, nothing.code) == (0, 1, 1)
    assert drawn["seed"] in again.out and "与公布的一致" in again.out and "任职于申请单位" in again.out
    assert "these differ: order" in other.error and "This is no draw" in nothing.error
    assert refused.code == 1 and "第 2 行 line 2, fields" in refused.error and "Nothing was imported" in refused.error
    assert "Imported experts: 2，新增 new: 2" in imported.out
    twenty = next(one for one in json.loads(listed.out) if one["key"] == "e00020")
    assert (len(twenty["employments"]), twenty["ties"], twenty["fields"]) == (2, ["李雷"], ["robots", "safety"])
    for key in drawn["order"][:4]:
        assert key in shown.out
    assert drawn["order"][4] in replaced.out
    assert missing.code == 1 and "No seat '9' waits" in missing.error


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_operator_reads_the_ranking_and_the_status(city: PanelDesk, liandong: Command) -> None:
    await city.to_the_panel()
    assert city.app is not None
    number = city.app.number
    await city.score_all(BEST, BEST, BEST, BEST)
    await city.to_the_panel(project__title="另一件")
    blind = city.app.number
    ranked, table, status, waiting, unknown = liandong.each(
        ["panel", "ranking", "3", "--year", "2026", "--json"],
        ["panel", "ranking", "3", "--year", "2026"],
        ["status", number],
        ["status", blind, "--json"],
        ["panel", "ranking", "9"],
    )
    (call,) = json.loads(ranked.out)
    assert (call["option"], call["without_result"]) == ("research", [blind])
    (first,) = call["ranking"]
    assert (first["place"], first["number"], first["mean"], first["passed"]) == (1, number, "100.00", True)
    assert number in table.out and "100.00" in table.out and blind in table.out
    assert "评审专家 1" in status.out and "达到 60.00 分的入围线" in status.out
    panel = json.loads(waiting.out)["stages"][1]["panel"]
    assert (panel["seats"], panel["scored"], "scores" in panel) == (4, 0, False)
    assert "uni.example" not in waiting.out
    assert unknown.code == 1 and "no measure 9" in unknown.error
