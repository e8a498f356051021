"""Commands about annual budgets: record one, and show what is left of each."""

import datetime as dt
from typing import Annotated

import typer
from pydantic import ValidationError
from rich import box
from rich.table import Table

from approvals.money import budget_book
from approvals.money.budget_book import BudgetEntry
from approvals.money.budgets import Left
from cli.run import complain, configured, console, opened, policy_today, printable, run
from models.budget import Budget
from models.money import money_en, money_zh
from models.policy.policy import Policy

app = typer.Typer(help="预算 Annual budgets, by paying unit, measure and year.", no_args_is_help=True)

Year = Annotated[int | None, typer.Option(help="年度 One year only.", show_default="全部 all")]


@app.command("set")
def set_(
    unit: Annotated[str, typer.Argument(help="出资单位 Who pays: czt, or a city or county by code or name.")],
    measure: Annotated[int, typer.Argument(help="措施 The measure's number.")],
    year: Annotated[int, typer.Argument(help="年度 The budget year.")],
    amount: Annotated[str, typer.Argument(help="金额（元） The whole budget of the year, in yuan.")],
    granted_on: Annotated[dt.datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="批复日 Day it was granted.")],
    source: Annotated[str, typer.Option(help="来源 Who says so: a notice, a document number.")],
) -> None:
    """登记预算 Record a budget, or another sum for one recorded before; never less than awards have taken."""
    try:
        entry = BudgetEntry.model_validate(
            {
                "unit": unit,
                "measure": measure,
                "year": year,
                "amount": amount,
                "granted_on": granted_on.date(),
                "source": source,
            }
        )
    except ValidationError as error:
        complain("\n".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors()))
    policy, of = run(_set(entry))
    name = policy.unit_name(of)
    console.print(f"已登记预算：{name.zh} {year} 年度措施 {measure} {money_zh(entry.amount)}")
    console.print(f"Recorded: {name.en}, {year}, measure {measure}: {money_en(entry.amount)}")


async def _set(entry: BudgetEntry) -> tuple[Policy, str]:
    settings = configured()
    policy = policy_today(settings)
    async with opened(settings) as db:
        return policy, await db.write(budget_book.set_budget, policy, entry, dt.datetime.now(dt.UTC))


@app.command("show")
def show(year: Year = None) -> None:
    """预算一览 What each budget has, what awards have taken, and what is left; then where the sums come from."""
    policy, rows, recorded = run(_read(year))
    if not rows:
        console.print("没有登记任何预算，核定不受预算限制 No budget is recorded: nothing limits awards by budget.")
        return
    console.print(_left(rows))
    if any(row.granted is None for row in rows):
        console.print("“未登记”的单位不受预算限制 “none recorded”: nothing limits it by budget.")
    if sources := [row for row in recorded if year in (None, row.year)]:
        console.print(_sources(policy, sources))


async def _read(year: int | None) -> tuple[Policy, list[Left], list[Budget]]:
    settings = configured()
    policy = policy_today(settings)
    async with opened(settings) as db:
        return (
            policy,
            await db.read(budget_book.budgets, policy, year),
            await db.read(budget_book.recorded, policy),
        )


def _left(rows: list[Left]) -> Table:
    table = _table(
        "年度 Year", "措施", "出资单位 Payer", *("预算 Budget", "已占用 Taken", "尚余 Left"), right=(1, 3, 4, 5)
    )
    for row in rows:
        granted, left = (
            ("未登记\nnone recorded", "不限\nno limit")
            if row.granted is None or row.left is None
            else (money_zh(row.granted), money_zh(row.left))
        )
        table.add_row(str(row.year), str(row.measure), row.name.zh, granted, money_zh(row.reserved), left)
    return table


def _sources(policy: Policy, rows: list[Budget]) -> Table:
    table = _table("年度", "措施", "出资单位 Payer", "金额 Amount", "批复日 Day", "来源 Source", right=(1, 3))
    for row in rows:
        name, amount = policy.unit_name(row.unit).zh, money_zh(row.amount)
        table.add_row(str(row.year), str(row.measure), name, amount, str(row.granted_on), printable(row.source))
    return table


def _table(*headings: str, right: tuple[int, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for n, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", justify="right" if n in right else "left")
    return table
