"""Commands about what rules look up: figures with their days, and registers."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError
from rich import box
from rich.table import Table

from approvals import registers
from approvals.registers import FigureEntry, RegisterEntry
from approvals.transaction import Transaction
from cli.run import complain, configured, console, file_bytes, opened, policy_today, printable, run
from models.policy.policy import Policy

E = TypeVar("E")
#: A verb that writes one entry.
Write = Callable[[Transaction, Policy, E, dt.datetime], None]

figure = typer.Typer(help="数值 Figures that are not in the text, such as the LPR, dated.", no_args_is_help=True)
register = typer.Typer(help="名录 Registers that rules ask about.", no_args_is_help=True)

Day = Annotated[dt.datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日 From this day on.")]
Source = Annotated[str, typer.Option(help="来源 Who says so: a notice, a gazette, an address.")]


@figure.command("set")
def set_figure(
    key: Annotated[str, typer.Argument(help="数值 The figure, e.g. lpr_5y (liandong figure list).")],
    value: Annotated[str, typer.Argument(help="值 Its value, e.g. 3.5% or '200,000 yuan'.")],
    from_day: Day,
    source: Source,
    place: Annotated[str, typer.Option(help="市或县 City or county, where it has a value of its own.")] = "",
) -> None:
    """登记数值 Record a figure from a day on; earlier days keep what they had."""
    try:
        entry = FigureEntry(figure=key, place=place, from_day=from_day.date(), value=value, source=source)
    except ValidationError as error:
        complain(_sentences(error))
    run(_write([entry], registers.record_figure))
    console.print(f"已登记 Recorded: {key} = {value} 自 from {from_day.date()}")


@figure.command("import")
def import_figures(file: Annotated[Path, typer.Argument(help="数值表 CSV or XLSX.")]) -> None:
    """导入数值 Record the figures in a file: figure, from_day, value, source, place; any fault changes nothing."""
    console.print(f"已登记 Recorded: {run(_import(file, registers.read_figures, registers.record_figure))}")


@register.command("import")
def import_register(file: Annotated[Path, typer.Argument(help="名录表 CSV or XLSX.")]) -> None:
    """导入名录 Record entries: register, credit_code, name, from_day, source, project; any fault changes nothing."""
    console.print(f"已登记 Recorded: {run(_import(file, registers.read_register, registers.enter))}")


async def _import(file: Path, read: Callable[[bytes, Policy], list[E]], write: Write[E]) -> int:
    entries = read(await file_bytes(file), policy_today(configured()))
    await _write(entries, write)
    return len(entries)


async def _write(entries: list[E], write: Write[E]) -> None:
    """Write all ``entries`` in one transaction, or none."""
    settings, now = configured(), dt.datetime.now(dt.UTC)
    policy = policy_today(settings)

    def all_of_them(tx: Transaction) -> None:
        for entry in entries:
            write(tx, policy, entry, now)

    async with opened(settings) as db:
        await db.write(all_of_them)


@figure.command("list")
def list_figures() -> None:
    """数值一览 Every figure that the policy's rules look up, with what was recorded."""
    run(_list_figures())


async def _list_figures() -> None:
    settings = configured()
    policy = policy_today(settings)
    async with opened(settings) as db:
        rows = await db.read(registers.figures, policy)
    table = _table("数值 Figure", "适用地 Place", "起始日 From", "值 Value", "来源 Source")
    for key, kind in policy.figures.items():
        recorded = [row for row in rows if row.figure == key]
        for row in recorded:
            name = policy.divisions[row.place].name.zh if row.place else "各地 everywhere"
            table.add_row(f"{key}\n{kind.name.zh}", name, str(row.from_day), row.value, printable(row.source))
        if not recorded:
            table.add_row(f"{key}\n{kind.name.zh}", "各市县 each place" if kind.local else "", "", "未登记 none", "")
    console.print(table)


@register.command("add")
def add(
    key: Annotated[str, typer.Argument(help="名录 The register (liandong register list).")],
    credit_code: Annotated[str, typer.Argument(help="统一社会信用代码 Unified social credit code.")],
    name: Annotated[str, typer.Argument(help="单位名称 The applicant's name.")],
    source: Source,
    from_day: Day,
    project: Annotated[str, typer.Option(help="项目名称 The project's title, in registers of projects.")] = "",
) -> None:
    """列入名录 Record that an applicant or a project is in a register from a day on."""
    _enter(key, credit_code, name, source, from_day, project, listed=True)


@register.command("remove")
def remove(
    key: Annotated[str, typer.Argument(help="名录 The register (liandong register list).")],
    credit_code: Annotated[str, typer.Argument(help="统一社会信用代码 Unified social credit code.")],
    name: Annotated[str, typer.Argument(help="单位名称 The applicant's name.")],
    source: Source,
    from_day: Day,
    project: Annotated[str, typer.Option(help="项目名称 The project's title, in registers of projects.")] = "",
) -> None:
    """移出名录 Record that it is not in the register any more from a day on; what was stays on record."""
    _enter(key, credit_code, name, source, from_day, project, listed=False)


def _enter(
    key: str, credit_code: str, name: str, source: str, from_day: dt.datetime, project: str, *, listed: bool
) -> None:
    try:
        entry = RegisterEntry(
            register_key=key,
            credit_code=credit_code,
            name=name,
            project=project,
            from_day=from_day.date(),
            listed=listed,
            source=source,
        )
    except ValidationError as error:
        complain(_sentences(error))
    run(_write([entry], registers.enter))
    console.print(f"已登记 Recorded: {project or name} {'列入 in' if listed else '移出 out of'} {key}")


@register.command("list")
def list_registers() -> None:
    """名录一览 Every register and who is in it."""
    run(_list_registers())


async def _list_registers() -> None:
    settings = configured()
    policy = policy_today(settings)
    async with opened(settings) as db:
        rows = await db.read(registers.registrations, policy)
    for key, kind in policy.registers.items():
        table = _table("名称 Name", "信用代码 Credit code", "自 From", "状态", "来源 Source")
        table.title, table.title_justify = f"{key} · {kind.name.zh} {kind.name.en}", "left"
        listed = [row for row in rows if row.register_key == key]
        if not listed:
            table.add_row("无 none")
        for row in listed:
            state = "列入 in" if row.listed else "移出 out"
            table.add_row(printable(row.name), row.credit_code, str(row.from_day), state, printable(row.source))
        console.print(table)


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _sentences(error: ValidationError) -> str:
    return "\n".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
