"""`liandong budget` and `liandong ledger` as an operator runs them."""

import json
from pathlib import Path

import pytest

from tests.integration.test_cli import Command

DAY = ["--day", "2026-01-15", "--source", "浙财〔2026〕1 号"]


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


def test_budgets_are_recorded_shown_and_refused_with_a_sentence(liandong: Command) -> None:
    none, recorded, city, wrong, sum_, shown, verified = liandong.each(
        ["budget", "show"],
        ["budget", "set", "czt", "19", "2026", "50,000,000", *DAY],
        ["budget", "set", "杭州市", "19", "2026", "6000000.50", *DAY],
        ["budget", "set", "fgw", "19", "2026", "5", *DAY],
        ["budget", "set", "czt", "19", "2026", "many", *DAY],
        ["budget", "show", "--year", "2026"],
        ["audit", "verify"],
    )
    assert "没有登记任何预算" in none.out
    assert (recorded.code, city.code, wrong.code, sum_.code) == (0, 0, 1, 1)
    assert "省财政厅 2026 年度措施 19 5,000万元" in recorded.out
    assert "choose from: czt, the code of a city" in wrong.error
    assert "must be yuan in whole fen" in sum_.error
    assert "6,000,000.50元" in shown.out and "5,000万元" in shown.out and "浙财〔2026〕1 号" in shown.out
    assert verified.code == 0


def test_an_empty_ledger_balances_and_an_unknown_number_is_named(liandong: Command) -> None:
    balance, shown, machine, unknown = liandong.each(
        ["ledger", "balance", "--year", "2026"],
        ["ledger", "show"],
        ["ledger", "show", "--json"],
        ["ledger", "show", "ZJAI19-2026-09999"],
    )
    assert balance.code == 0 and "合计 Total" in balance.out
    assert "Nothing has been posted" in shown.out
    assert json.loads(machine.out) == []
    assert (unknown.code, "There is no application with this number" in unknown.error) == (1, True)
