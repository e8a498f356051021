"""`liandong policy`, `figure` and `register` as an operator runs them."""

import json
import shutil
from pathlib import Path

import pytest

import policies
from tests.support.command import SAMPLES, Command
from tests.support.rules import POLICY

LOAN = """
measure: 14
option: loan_interest
county: 余杭区
applicant: {name: 杭州算力有限公司, credit_code: 91330110MA2H3K7X6W, contact: 王芳, email: w@suanli.example}
project: {title: 余杭算力中心}
facts:
  loan_principal: 100,000,000
  loan_day: 2026-03-01
  interest_days: 365
  interest_year: 2026
  complies_with_planning: 是
amounts: {city: "%s"}
"""


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


def test_the_measures_are_listed_with_their_units_in_the_order_of_the_text(liandong: Command) -> None:
    table, listed = liandong.each(["policy", "list"], ["policy", "list", "--json"])
    assert table.code == 0 and "强化算力券支持" in table.out
    measures = json.loads(listed.out)["measures"]
    assert [measure["number"] for measure in measures] == list(range(1, 28))
    assert [unit["key"] for unit in measures[18]["units"]] == ["kjt", "fgw", "czt", "@city", "@county"]
    assert measures[18]["units"][0]["name_zh"] == "省科技厅"
    assert {measure["kind"] for measure in measures} == {"claim", "duty", "gate"}


def test_a_measure_is_shown_with_route_rules_and_words_and_an_unknown_one_says_which_there_are(
    liandong: Command,
) -> None:
    shown, machine, unknown = liandong.each(
        ["policy", "show", "22"], ["policy", "show", "22", "--json"], ["policy", "show", "28"]
    )
    assert shown.code == 0
    for part in ("路径 Route", "↓", "全部每年不超过 10 项", "no more than 10 influential", "facts.investment"):
        assert part in shown.out
    assert (
        json.loads(machine.out)["options"]["benchmark"]["rules"][-1]["en"] == "all together: at most 10 awards a year"
    )
    assert (unknown.code, "choose one of: 1, 2" in unknown.error) == (1, True)


@pytest.mark.parametrize("number", sorted(POLICY.measures))
def test_every_measure_can_be_shown(number: int) -> None:
    from rich.console import Console

    from cli.policy_page import measure_page

    console = Console(width=80, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as shown:
        console.print(measure_page(POLICY, POLICY.measures[number]))
    text = shown.get()
    assert POLICY.measures[number].title.zh[:6] in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_broken_policy_is_reported_with_file_line_and_what_to_do(liandong: Command, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(policies.ROOT / "zhejiang-ai-2025", tmp_path / "broken"))
    for file, old, new in (
        ("measures/19.yaml", "[kjt, fgw", "[nasa, fgw"),
        ("measures/22.yaml", "ceiling: 10", "ceiling: 11"),
    ):
        path = folder / file
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    sound, broken, machine = liandong.each(
        ["policy", "check"], ["policy", "check", folder], ["policy", "check", folder, "--json"]
    )
    assert (sound.code, broken.code, machine.code) == (0, 1, 1)
    assert "27" in sound.out
    faults = json.loads(machine.out)["faults"]
    assert {(fault["file"], bool(fault["line"])) for fault in faults} >= {
        ("measures/19.yaml", True),
        ("measures/22.yaml", True),
    }
    assert "'nasa' is not in units.csv" in broken.out and "the rule says 11" in broken.out


def test_what_the_rules_make_of_an_application_is_explained_without_submitting_it(
    liandong: Command, tmp_path: Path
) -> None:
    for name, yuan in (("at", "1,750,000"), ("over", "1,750,000.01")):
        (tmp_path / f"{name}.yaml").write_text(LOAN % yuan, "utf-8")
    lacking, set_, listed, at, over, machine, apps = liandong.each(
        ["policy", "explain", tmp_path / "at.yaml"],
        ["figure", "set", "lpr_5y", "3.5%", "--from", "2026-01-01", "--source", "公告"],
        ["figure", "list"],
        ["policy", "explain", tmp_path / "at.yaml"],
        ["policy", "explain", tmp_path / "over.yaml"],
        ["policy", "explain", tmp_path / "over.yaml", "--json"],
        ["status", "--json"],
    )
    assert (lacking.code, "liandong figure set" in lacking.out) == (1, True)
    assert (set_.code, listed.code) == (0, 0)
    assert "3.5%" in listed.out and "未登记 none" in listed.out
    assert (at.code, "至多 175万元" in at.out, "would be admitted" in at.out) == (0, True, True)
    assert over.code == machine.code == 1
    said = json.loads(machine.out)
    assert (said["admitted"], said["largest_fen"], said["faults"][0]["field"]) == (False, 1_750_000_00, "amounts")
    assert [finding["limit"] for finding in said["trace"]][-2:] == [1_750_000_00, 10_000_000_00]
    assert json.loads(apps.out)["applications"] == []


def test_registers_and_figures_are_imported_whole_or_not_at_all(liandong: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "figure,from_day,value,source\nlpr_5y,2026-01-01,3.5%,x\nlpr_6y,2026-01-01,3.5%,x\nlpr_5y,soon,3,x\n"
    )
    refused, figures, registers, listed, shown, removed, unknown = liandong.each(
        ["figure", "import", bad],
        ["figure", "import", SAMPLES / "figures.csv"],
        ["register", "import", SAMPLES / "registers.csv"],
        ["figure", "list"],
        ["register", "list"],
        [
            "register", "remove", "provincial_innovation_consortia", "91330110MA2H3K7X6W", "深澜",
            "--from", "2026-01-01", "--source", "公告",
        ],
        ["register", "add", "consortia", "91330110MA2H3K7X6W", "深澜", "--from", "2026-01-01", "--source", "公告"],
    )  # fmt: skip
    assert refused.code == 1
    assert "line 3, figure" in refused.error and "line 4, from_day" in refused.error
    assert (figures.code, registers.code, removed.code) == (0, 0, 0)
    assert listed.out.count("3.5%") == 1
    assert "杭州深澜智能科技有限公司" in shown.out
    assert (unknown.code, "choose one of: provincial_innovation_consortia" in unknown.error) == (1, True)


def test_a_batch_is_submitted_with_its_rows(liandong: Command, tmp_path: Path) -> None:
    (tmp_path / "batch.yaml").write_text(
        (LOAN % "0").split("facts:")[0].replace("measure: 14", "measure: 25").replace("loan_interest", "terminals")
        + 'amounts: {province: "330"}\n',
        "utf-8",
    )
    rows = tmp_path / "rows.csv"
    rows.write_text("serial_number,product,product_price,amount\nSN1,智能眼镜,2200,330\n", "utf-8")
    without, done, again, status, machine = liandong.each(
        ["submit", tmp_path / "batch.yaml"],
        ["submit", tmp_path / "batch.yaml", "--rows", rows],
        ["policy", "explain", tmp_path / "batch.yaml", "--rows", rows],
        ["status", "ZJAI25-2026-00001"],
        ["status", "ZJAI25-2026-00001", "--json"],
    )
    assert (without.code, "--rows" in without.error) == (1, True)
    assert (done.code, "ZJAI25-2026-00001" in done.out) == (0, True), done.error
    assert (again.code, "1 pieces" in again.out) == (0, True)
    assert "明细 Pieces: 1 件，合计 330元" in status.out
    assert json.loads(machine.out)["pieces"] == {"count": 1, "total_fen": 330_00}


def test_the_document_of_the_policy_is_up_to_date(liandong: Command) -> None:
    assert liandong("policy", "document", "docs/policy.md", "--check").code == 0
    stale = liandong("policy", "document", "README.md", "--check")
    assert (stale.code, "run `make docs`" in stale.error) == (1, True)
