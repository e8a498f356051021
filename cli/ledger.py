"""Commands about the ledger: what was posted, and the trial balance."""

import json
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from approvals.money import ledger
from approvals.money.ledger import Posted
from cli.budgets import Year
from cli.run import configured, console, opened, policy_today, run
from models.calendar import office_time
from models.ledger import ACCOUNT_NAMES, POSTING_NAMES, Account, Line, balances
from models.money import Fen, yuan
from models.policy.policy import Policy

app = typer.Typer(help="账簿 The ledger, in double entry.", no_args_is_help=True)


@app.command("show")
def show(
    number: Annotated[str, typer.Argument(help="申请编号 One application's postings.", show_default="全部 all")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON，金额以分计 JSON, amounts in fen.")] = False,
) -> None:
    """分录 Every posting with its lines, the oldest first."""
    policy, found = run(_postings(number))
    if as_json:
        console.print(json.dumps([_json(one) for one in found], ensure_ascii=False, indent=2), soft_wrap=True)
        return
    if not found:
        console.print("没有分录 Nothing has been posted.")
    for one in found:
        console.print(_posting(policy, one))


async def _postings(number: str) -> tuple[Policy, list[Posted]]:
    settings = configured()
    async with opened(settings) as db:
        return policy_today(settings), await db.read(ledger.postings, number)


def _json(one: Posted) -> dict[str, Any]:
    lines = [line.as_json() for line in one.lines]
    return {"number": one.number, "kind": one.kind, "at": one.at.isoformat(), "event": one.seq, "lines": lines}


def _posting(policy: Policy, one: Posted) -> Table:
    zh, en = POSTING_NAMES[one.kind]
    table = _table()
    table.title = f"{one.number} · {zh} {en} · {office_time(one.at)}"
    for line in one.lines:
        sums = (yuan(line.debit) if line.debit else "", yuan(line.credit) if line.credit else "")
        table.add_row(" ".join(ACCOUNT_NAMES[line.account]), f"{_name(policy, line.unit)} {line.year}", *sums)
    return table


@app.command("balance")
def balance(year: Year = None) -> None:
    """试算平衡 Each account's balance by paying unit, in yuan; both columns have the same sum."""
    policy, lines = run(_lines(year))
    table, sums = _table(), [0, 0]
    for (unit, account), fen in _balances(lines):
        sums[not account.is_debit] += fen
        sides = (yuan(fen), "") if account.is_debit else ("", yuan(fen))
        table.add_row(" ".join(ACCOUNT_NAMES[account]), _name(policy, unit), *sides)
    table.add_section()
    table.add_row("合计 Total", "", *(yuan(fen) for fen in sums))
    console.print(table)
    if sums[0] != sums[1]:
        console.print("账簿不平；请运行 liandong audit verify\nIt does not balance: run it now", style="red")
        raise typer.Exit(1)


async def _lines(year: int | None) -> tuple[Policy, list[Line]]:
    settings = configured()
    async with opened(settings) as db:
        return policy_today(settings), await db.read(ledger.all_lines, year)


def _balances(lines: list[Line]) -> list[tuple[tuple[str, Account], Fen]]:
    """Return the balances that are not zero, by unit and in the order of accounts."""
    found = [row for row in balances(lines).items() if row[1]]
    return sorted(found, key=lambda row: (row[0][0], list(Account).index(row[0][1])))


def _name(policy: Policy, unit: str) -> str:
    """Return the unit's name; of a unit that another policy has, its key."""
    try:
        return policy.unit_name(unit).zh
    except KeyError:
        return unit


def _table() -> Table:
    table = Table(box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("账户 Account", overflow="fold")
    table.add_column("出资单位 Payer", overflow="fold")
    for side in ("借方 Debit", "贷方 Credit"):
        table.add_column(side, justify="right", no_wrap=True)
    return table
