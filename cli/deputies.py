"""Commands about deputies: add, list, revoke."""

import datetime as dt
import getpass
import json
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from approvals.deputy import deputies
from approvals.deputy.deputy_queries import InForce
from approvals.office import Office
from cli.answers_page import two_lines
from cli.run import configured, console, opened, printable, run
from models.calendar import office_date
from models.deputy import DeputyEntry, WrongDeputyship

app = typer.Typer(help="代理 Who stands in for whom, and until when.", no_args_is_help=True)


@app.command("add")
def add(
    officer: Annotated[str, typer.Argument(help="被代理的经办人邮箱 For whom: an officer's address.")],
    deputy: Annotated[str, typer.Argument(help="代理人邮箱 Who stands in: an address.")],
    from_day: Annotated[str, typer.Option("--from", help="起日 First day: 2026-11-23.")],
    until_day: Annotated[str, typer.Option("--until", help="止日（含）Last day, included.")],
    name: Annotated[str, typer.Option("--name", help="代理人姓名 The deputy's name, where nobody knows it.")] = "",
    unit: Annotated[str, typer.Option("--unit", help="单位 The officer's unit, where there are several.")] = "",
    language: Annotated[str, typer.Option("--language", help="来函语言 Letters in zh or en.")] = "zh",
    by: Annotated[str, typer.Option("--by", help="登记人 Who records it.")] = "",
) -> None:
    """登记代理 Letters go to both between the two days; what is open now is asked at once."""
    entry = run(_entry(officer, deputy, from_day, until_day, name, unit, language, by))
    made = run(_add(entry))
    console.print(
        f"已登记代理 Recorded: {made[:8]}  {printable(officer)} ← {printable(deputy)}  {from_day} – {until_day}"
    )


async def _entry(
    officer: str, deputy: str, from_day: str, until_day: str, name: str, unit: str, language: str, by: str
) -> DeputyEntry:
    try:
        days = [dt.date.fromisoformat(day.strip()) for day in (from_day, until_day)]
    except ValueError:
        raise WrongDeputyship("日期请写作 2026-11-23。", "Write a day like 2026-11-23.") from None
    who = by or getpass.getuser()
    return DeputyEntry(officer, deputy, days[0], days[1], who, name=name, unit=unit, language=language)


async def _add(entry: DeputyEntry) -> str:
    settings = configured()
    async with opened(settings) as db:
        made = await db.write(deputies.appoint, Office.of(settings), entry, dt.datetime.now(dt.UTC))
        return made.id


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="含已结束的 Those that have ended, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 For machines.")] = False,
) -> None:
    """查看代理 Who stands in for whom now and later."""
    found = run(_list(every=every))
    if as_json:
        print(json.dumps([_to_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        console.print("没有代理 There are no deputies.")
        return
    console.print(_table(found))


async def _list(*, every: bool) -> list[InForce]:
    async with opened(configured()) as db:
        return await db.read(deputies.listed, dt.datetime.now(dt.UTC), ended_too=every)


@app.command("revoke")
def revoke(
    deputyship: Annotated[str, typer.Argument(help="代理编号（可只写开头）The id, or the beginning of it.")],
    by: Annotated[str, typer.Option("--by", help="撤销人 Who revokes it.")] = "",
) -> None:
    """撤销代理 The deputy's links die at once."""
    made = run(_revoke(deputyship, by or getpass.getuser()))
    console.print(f"已撤销代理 Revoked: {made[:8]}")


async def _revoke(deputyship: str, by: str) -> str:
    settings = configured()
    async with opened(settings) as db:
        made = await db.write(deputies.revoke, Office.of(settings), deputyship, by, dt.datetime.now(dt.UTC))
        return made.id


def _state(one: InForce) -> tuple[str, str]:
    """Return whether a deputyship holds today, in Chinese and English."""
    made, today = one[0], office_date(dt.datetime.now(dt.UTC))
    if made.revoked_at is not None:
        return "已撤销", "revoked"
    if today < made.from_day:
        return "未开始", "to come"
    return ("生效中", "in force") if made.in_force(today) else ("已期满", "ended")


def _table(found: list[InForce]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("编号\nId", no_wrap=True)
    table.add_column("单位\nUnit", overflow="fold")
    table.add_column("被代理\nFor", overflow="fold")
    table.add_column("代理人\nDeputy", overflow="fold")
    table.add_column("起止\nFrom, until", no_wrap=True)
    table.add_column("状态\nState", no_wrap=True)
    for made, officer, deputy in found:
        whom, who = two_lines(officer.name, officer.email), two_lines(deputy.name, deputy.email)
        state = two_lines(*_state((made, officer, deputy)))
        table.add_row(made.id[:8], made.unit, whom, who, f"{made.from_day}\n{made.until_day}", state)
    return table


def _to_json(one: InForce) -> dict[str, Any]:
    made, officer, deputy = one
    return {
        "id": made.id,
        "unit": made.unit,
        "officer": {"name": officer.name, "email": officer.email},
        "deputy": {"name": deputy.name, "email": deputy.email},
        "from": made.from_day.isoformat(),
        "until": made.until_day.isoformat(),
        "state": _state(one)[1],
        "recorded_by": made.recorded_by,
        "recorded_at": made.recorded_at.isoformat(),
        "revoked_by": made.revoked_by,
        "revoked_at": made.revoked_at.isoformat() if made.revoked_at else None,
    }
