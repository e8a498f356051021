"""Commands about duties: list, open, show, progress."""

import asyncio
import datetime as dt
import getpass
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from approvals import queries, targets
from approvals.duties import Opening, open_duty
from approvals.office import Office
from approvals.transaction import Transaction
from cli import duties_page
from cli.answers_page import two_lines
from cli.applications import waiting_units, where, where_in_two_lines
from cli.case_json import to_json
from cli.run import complain, configured, console, opened, policy_today, printable, run
from models.calendar import office_date
from models.errors import UnknownApplication
from models.policy.policy import Policy
from models.road.progress import Progress
from models.road.standing import Standing

app = typer.Typer(no_args_is_help=True, help="任务 Duties: what the policy tells units to do.")

Json = Annotated[bool, typer.Option("--json", help="机器可读 For machines.")]


@app.command("list")
def list_duties(as_json: Json = False) -> None:
    """任务一览 Every duty of the policy, and those that were opened."""
    policy = policy_today(configured())
    found = run(_opened())
    if as_json:
        listed = [duties_page.duty_json(number, key, one) for number, key, one in _duties(policy)]
        print(_pretty({"duties": listed, "opened": [duties_page.opened_json(standing) for standing in found]}))
        return
    table = duties_page.table("措施\nMeasure", "任务\nDuty", "目标\nTargets")
    for number, key, duty in _duties(policy):
        wanted = Text("\n").join(duties_page.wanted(target) for target in duty.targets)
        table.add_row(f"{number} {key}", two_lines(duty.title.zh, duty.title.en), wanted)
    console.print(table)
    console.print(_overview(found))


def _duties(policy: Policy) -> list[tuple[int, str, Any]]:
    return [(number, key, duty) for number, measure in policy.measures.items() for key, duty in measure.duties.items()]


def _overview(found: list[Standing]) -> Table:
    table = duties_page.table("编号\nNumber", "任务\nDuty", "环节\nStage", "等待\nWaits for")
    for s in found:
        table.add_row(s.number, printable(s.title), where_in_two_lines(s), waiting_units(s))
    return table


async def _opened() -> list[Standing]:
    async with opened(configured()) as db:
        return await db.read(queries.duties)


@app.command("open")
def open_(
    measure: Annotated[int, typer.Argument(help="措施 The measure's number.")],
    duty: Annotated[str, typer.Argument(help="任务 The duty's key, where the measure has several.")] = "",
    period: Annotated[str, typer.Option(help="期间 What the reports are about; by default this year.")] = "",
    place: Annotated[list[str] | None, typer.Option(help="地区 Who reports, by name or code; none: all.")] = None,
    due: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="期限 The last day.")] = None,
    working_days: Annotated[int | None, typer.Option(help="期限（工作日） Or so many working days.")] = None,
    by: Annotated[str, typer.Option(help="开展人 Who opens it.")] = "",
) -> None:
    """开展任务 Open a duty: its units are asked to report."""
    now = dt.datetime.now(dt.UTC)
    opening = Opening(
        measure=measure,
        duty=duty,
        period=period or f"{office_date(now).year} 年",
        places=tuple(place or ()),
        due_day=due.date() if due else None,
        working_days=working_days,
        opened_by=by or getpass.getuser(),
    )
    number = run(_open(opening, now))
    console.print(f"已开展 Opened: {number}   liandong duty show {number}", soft_wrap=True)


async def _open(opening: Opening, now: dt.datetime) -> str:
    settings = configured()
    async with opened(settings) as db:
        return (await db.write(open_duty, Office.of(settings), opening, now)).number


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="任务编号 The duty's number.")],
    as_json: Json = False,
) -> None:
    """一项任务 What every unit reported, and how far the targets are reached."""
    s = run(_show(number))
    if as_json:
        print(_pretty(to_json(s) | duties_page.opened_json(s)))
        return
    console.print(Text.assemble((s.number, "bold"), f"  {printable(s.title)}"))
    console.print(f"{printable(s.applicant)}  措施 Measure {s.measure}: {s.measure_title_zh} {s.measure_title_en}")
    console.print(f"{where(s)}   第 {s.round} 轮 round {s.round}", style="bold green")
    console.print(duties_page.reports(s))
    console.print(duties_page.bars(s.targets))


async def _show(number: str) -> Standing:
    async with opened(configured()) as db:
        standing = await db.read(queries.standing, number)
    if not standing.is_duty:
        raise UnknownApplication(
            "这不是任务编号；用 liandong duty list 查看。", "This is no duty; `liandong duty list` lists them."
        )
    return standing


@app.command()
def progress(
    as_json: Json = False,
    svg: Annotated[Path | None, typer.Option(help="图 Write the plot to this file.")] = None,
) -> None:
    """目标进展 Every target of the policy, and how far it is reached."""
    now = dt.datetime.now(dt.UTC)
    found = run(_progress(now))
    if svg is not None:
        from portal.plot import plot

        run(_write(svg, plot(found, "zh", now, alone=True)))
    if as_json:
        print(_pretty({"targets": [duties_page.progress_json(one) for one in found]}))
    else:
        console.print(duties_page.bars(found))


async def _progress(now: dt.datetime) -> tuple[Progress, ...]:
    settings = configured()
    policy = policy_today(settings)

    def read(tx: Transaction) -> tuple[Progress, ...]:
        return targets.of_policy(tx, policy, office_date(now))

    async with opened(settings) as db:
        return await db.read(read)


async def _write(file: Path, text: str) -> None:
    try:
        await asyncio.to_thread(file.write_text, text, "utf-8")
    except OSError as error:
        complain(f"无法写入文件 {file}\nThe file cannot be written: {file}: {error.strerror}")


def _pretty(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)
