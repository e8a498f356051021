"""What the dossier and the terminal say of the judgement: findings, facts, overlaps; amounts only where there are."""

import json
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from cli import applications, case_page
from cli.case_json import to_json
from flows import page
from flows.dossier import dossier
from models.case.facts import Stated
from models.case.judgement import Finding, Looked
from models.case.overlap import Overlap
from models.money import Fen
from models.policy.data import Bilingual
from models.road.standing import Standing
from models.states import ApplicationState, Level, Outcome
from tests.unit.test_flows_page import COUNTY, FINAL, stage, standing

LOOKED = Looked(Bilingual(zh="贷款 | 本金", en="principal"), Bilingual(zh="500万元", en="5,000,000 yuan"))
FINDING = Finding(
    12,
    Bilingual(zh="不超过 50% × 本金", en="at most 50% × principal"),
    (LOOKED,),
    Bilingual(zh="至多 250万元", en="at most 2,500,000 yuan"),
    holds=True,
    words="at a rate not higher than 50%",
    limit=Fen(250_000_000),
)
OVERLAP = Overlap(
    number="ZJAI14-2026-00007",
    measure=14,
    measure_title=Bilingual(zh="信贷贴息", en="Credit subsidy"),
    option=Bilingual(zh="贷款贴息", en="Loan interest"),
    gives="money",
    title="算力[中心]",
    same_project=True,
    state=ApplicationState.AWARDED,
    asked=Fen(100_000_000),
    awarded=Fen(80_000_000),
)
JUDGED: dict[str, Any] = {
    "findings": (FINDING.as_json(),),
    "notes": (Bilingual(zh="按 365 天计。", en="365 days are taken."),),
    "largest": Fen(250_000_000),
    "overlaps": (OVERLAP,),
    "left": Fen(170_000_000),
    "overlap_words": "Nothing is supported twice.",
    "facts": (Stated("principal", Bilingual(zh="本金", en="principal"), Bilingual(zh="500万元", en="5,000,000 yuan")),),
}
RECOGNITION: dict[str, Any] = {
    "gives": "recognition",
    "levels": (),
    "option_zh": "省级领军人才",
    "option_en": "Provincial leading talent",
    "asked": dict.fromkeys(Level, Fen(0)),
}


def recognised() -> Standing:
    """A recognition that was given."""
    award = dict.fromkeys(Level, Fen(0))
    last = stage(FINAL, closed=Outcome.APPROVE)
    return standing(last, **RECOGNITION, state=ApplicationState.AWARDED, award=award)


def printed(now: Standing, width: int = 80) -> str:
    """Return what the terminal shows below the stages."""
    console = Console(width=width, markup=False, highlight=False, emoji=False)
    with console.capture() as shown:
        for part in case_page.case_page(now):
            console.print(part)
    return shown.get()


def test_the_dossier_shows_what_the_rules_found_with_the_policys_words() -> None:
    text = dossier(standing(stage(COUNTY), **JUDGED))
    (row,) = [line for line in text.splitlines() if line.startswith("| ✓ ")]
    for words in ("不超过 50% × 本金 at most 50% × principal", "500万元 5,000,000 yuan", "至多 250万元"):
        assert words in row
    assert "措施 measure 12: at a rate not higher than 50%" in row
    assert row.replace("\\|", "").count("|") == 6, "what is looked at cannot break out of its cell"
    assert "按 365 天计。 365 days are taken." in text
    assert "By the rules at most: 250万元 2,500,000 yuan" in text


def test_the_dossier_shows_facts_and_overlaps() -> None:
    text = dossier(standing(stage(COUNTY), **JUDGED))
    assert "| 本金 principal | 500万元 5,000,000 yuan |" in text
    for words in ("ZJAI14-2026-00007", r"算力\[中心\]", "已核定 80万元 awarded 800,000 yuan", "170万元 1,700,000 yuan"):
        assert words in text, words
    assert "Nothing is supported twice." in text
    bare = dossier(standing(stage(COUNTY)))
    assert "重复支持" not in bare and "填报情况" not in bare


def test_a_recognition_has_no_amounts_in_its_dossier() -> None:
    now = dossier(standing(stage(COUNTY), **RECOGNITION))
    assert "认定“省级领军人才” recognition as “Provincial leading talent”" in now
    for words in ("金额", "Amounts", "0元", "0 yuan"):
        assert words not in now
    assert "**已认定：省级领军人才 · Recognised: Provincial leading talent**" in dossier(recognised())


def test_only_the_levels_that_may_pay_are_in_the_table() -> None:
    text = dossier(standing(stage(COUNTY), levels=(Level.CITY, Level.COUNTY)))
    assert "市级 City" in text and "省级 Province" not in text
    assert "**原文" not in text and "the text sets no limit" in text


def test_the_terminal_shows_overlaps_facts_and_findings_within_80_columns() -> None:
    shown = printed(standing(stage(COUNTY), **JUDGED))
    for words in (
        "ZJAI14-2026-00007",
        "已核定 80万元",
        "至多再核定 170万元",
        "本金",
        "✓",
        "至多 250万元",
        "至多核定 250万元",
    ):
        assert words in shown, words
    assert max(map(cell_len, shown.splitlines())) <= 80


def test_a_terminal_is_not_steered_by_a_title() -> None:
    nasty = standing(
        stage(COUNTY), **JUDGED | {"overlaps": (OVERLAP.from_json(OVERLAP.as_json() | {"title": "\x9b31m"}),)}
    )
    assert "\x9b" not in printed(nasty)


@pytest.mark.parametrize("now", [standing(stage(COUNTY), **JUDGED), recognised()])
def test_machines_read_the_same(now: Standing) -> None:
    read = json.loads(json.dumps(to_json(now)))
    assert read["gives"] == now.gives
    assert [row["number"] for row in read["overlaps"]] == [one.number for one in now.overlaps]
    assert [row["holds"] for row in read["findings"]] == [row["holds"] for row in now.findings]
    assert read["facts"].keys() == {fact.key for fact in now.facts}
    assert (read["largest_fen"], read["left_fen"]) == (now.largest, now.left)


def test_a_recognition_that_was_given_is_called_so_in_the_terminal_and_in_prefect() -> None:
    assert applications.where(recognised()) == "已认定 Recognised"
    assert page.ending(recognised()) == "ZJAI19-2026-00001 已认定 Recognised"
    assert page.run_name(recognised()).endswith("· 已认定")
