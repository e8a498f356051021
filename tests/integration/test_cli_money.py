"""`liandong budget` and `liandong ledger` as an operator runs them."""

import json
from pathlib import Path

import pytest

from tests.support.command import Command

DAY = ["--day", "2026-01-15", "--source", "浙财〔2026〕1 号"]


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


def test_budgets_ledger_and_releases_answer_and_refuse_with_a_sentence(liandong: Command) -> None:
    none, recorded, city, wrong, sum_, shown, verified, balance, machine, unknown, *more = liandong.each(
        ["budget", "show"],
        ["budget", "set", "czt", "19", "2026", "50,000,000", *DAY],
        ["budget", "set", "杭州市", "19", "2026", "6000000.50", *DAY],
        ["budget", "set", "fgw", "19", "2026", "5", *DAY],
        ["budget", "set", "czt", "19", "2026", "many", *DAY],
        ["budget", "show", "--year", "2026"],
        ["audit", "verify"],
        ["ledger", "balance", "--year", "2026"],
        ["ledger", "show", "--json"],
        ["release", "open", "ZJAI19-2026-09999", "--evidence", "x"],
        ["recovery", "repaid", "ZJAI19-2026-09999", "--amount", "5", "--receipt", "001"],
        ["recovery", "repaid", "ZJAI19-2026-09999", "--amount", "many", "--receipt", "001"],
        ["recovery", "list"],
    )
    unpaid, back, nobody = more
    assert (unpaid.code, "There is no application with this number" in unpaid.error) == (1, True)
    assert (back.code, "must be yuan in whole fen" in back.error) == (1, True)
    assert "没有待追回的资金" in nobody.out
    assert "没有登记任何预算" in none.out
    assert (recorded.code, city.code, wrong.code, sum_.code) == (0, 0, 1, 1)
    assert "省财政厅 2026 年度措施 19 5,000万元" in recorded.out
    assert "choose from: czt, the code of a city" in wrong.error
    assert "must be yuan in whole fen" in sum_.error
    assert "6,000,000.50元" in shown.out and "5,000万元" in shown.out and "浙财〔2026〕1 号" in shown.out
    assert (verified.code, balance.code) == (0, 0)
    assert "合计 Total" in balance.out
    assert json.loads(machine.out) == []
    assert (unknown.code, "There is no application with this number" in unknown.error) == (1, True)
