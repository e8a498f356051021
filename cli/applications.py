"""Commands about applications: submit, status, withdraw."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from approvals import queries
from approvals.office import Office
from approvals.resubmit import withdraw as withdraw_application
from approvals.submit import submit as submit_application
from cli.run import complain, configured, console, opened, printable, run
from models.calendar import office_time
from models.form import ApplicationForm
from models.form_file import MAX_BYTES, read_form
from models.money import money
from models.standing import Standing
from models.states import Level, answer_names, name

#: Columns of a terminal that has room for units in both languages.
WIDE = 130
#: More units than this are counted and not named.
MANY = 12


def submit(file: Annotated[Path, typer.Argument(help="申请表 The application, YAML or JSON.")]) -> None:
    """提交申请 Submit an application; the first unit is asked."""
    number = run(_submit(file))
    console.print(f"已受理 Admitted: {number}   liandong status {number}", soft_wrap=True)


async def _submit(file: Path) -> str:
    settings = configured()
    form = await read_file(file)
    async with opened(settings) as db:
        app = await db.write(submit_application, Office.of(settings), form, dt.datetime.now(dt.UTC))
    return app.number


async def read_file(file: Path) -> ApplicationForm:
    """Return the application in ``file``, or end with what is wrong."""
    try:
        return read_form(await asyncio.to_thread(_beginning, file))
    except OSError as error:
        complain(f"无法读取文件 {file}\nThe file cannot be read: {file}: {error.strerror}")


def _beginning(file: Path) -> bytes:
    """Return the file, or as much of it as shows that it is too large."""
    with file.open("rb") as opened_file:
        return opened_file.read(MAX_BYTES + 1)


def status(
    number: Annotated[str, typer.Argument(help="申请编号 The application's number; none: all of them.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 For machines.")] = False,
) -> None:
    """办理进度 Say where it is now."""
    found = run(_status(number))
    if as_json:
        rows = [to_json(standing) for standing in found]
        print(json.dumps(rows[0] if number else {"applications": rows}, ensure_ascii=False, indent=2))
    elif number:
        _show_one(found[0])
    else:
        console.print(overview(found))


async def _status(number: str) -> list[Standing]:
    async with opened(configured()) as db:
        if number:
            return [await db.read(queries.standing, number)]
        return await db.read(queries.standings)


def withdraw(
    number: Annotated[str, typer.Argument(help="申请编号 The application's number.")],
    reason: Annotated[str, typer.Option(help="撤回原因 Why the applicant withdraws.")],
) -> None:
    """撤回申请 End an application at its applicant's wish."""
    run(_withdraw(number, reason))
    console.print(f"已撤回 Withdrawn: {number}")


async def _withdraw(number: str, reason: str) -> None:
    settings = configured()
    async with opened(settings) as db:
        await db.write(withdraw_application, Office.of(settings), number, reason, dt.datetime.now(dt.UTC))


def where(standing: Standing) -> str:
    """Return the stage that is open, and its place on the route; or the state that the application ended in."""
    stage = standing.open_stage
    if stage is None:
        return f"{name(standing.state, 'zh')} {name(standing.state, 'en')}"
    return f"{stage.position + 1}/{len(standing.route)} {stage.name_zh} {stage.name_en}"


def where_in_two_lines(standing: Standing) -> Text:
    """Return the same for a table: Chinese above English."""
    stage = standing.open_stage
    style = {
        "awarded": "green",
        "accomplished": "green",
        "refused": "red",
        "withdrawn": "dim",
        "returned": "yellow",
    }.get(standing.state, "")
    if stage is None:
        return two_lines(name(standing.state, "zh"), name(standing.state, "en"), style)
    return two_lines(f"{stage.position + 1}/{len(standing.route)} {stage.name_zh}", stage.name_en)


def two_lines(zh: str, en: str, style: str = "") -> Text:
    """Return Chinese above English."""
    return Text.assemble((printable(zh), style), "\n", (printable(en), "dim"))


def waiting_units(standing: Standing) -> Text:
    """Return the units that have not answered yet; in English too where the terminal has the room."""
    stage = standing.open_stage
    waiting = [task for task in stage.tasks if task.outcome is None] if stage else []
    if not waiting:
        return Text("—")
    if len(waiting) > MANY:
        return two_lines(f"{len(waiting)} 个单位", f"{len(waiting)} units")
    zh, en = "、".join(task.unit_zh for task in waiting), ", ".join(task.unit_en for task in waiting)
    return two_lines(zh, en) if console.width >= WIDE else Text(zh)


def overview(standings: list[Standing]) -> Table:
    """Return a table of applications, two lines each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("编号\nNumber", no_wrap=True)
    table.add_column("申请单位\nApplicant", overflow="fold")
    table.add_column("地区\nPlace", no_wrap=True)
    table.add_column("申请\nAsked", no_wrap=True, justify="right")
    table.add_column("环节\nStage", overflow="fold")
    table.add_column("等待\nWaits for", overflow="fold")
    for s in standings:
        place = f"{s.city_zh}\n{s.county_zh}"
        asked = money(s.asked_total, "zh")
        if s.is_duty:
            place, asked = "", "任务 duty"
        table.add_row(s.number, printable(s.applicant), place, asked, where_in_two_lines(s), waiting_units(s))
    return table


def _show_one(s: Standing) -> None:
    console.print(Text.assemble((s.number, "bold"), f"  {printable(s.title)}"))
    place = f"{s.city_zh}{s.county_zh}"
    console.print(f"{printable(s.applicant)}  {place}  措施 Measure {s.measure} · {s.option_zh} {s.option_en}")
    console.print(f"{where(s)}   第 {s.round} 轮 round {s.round}", style="bold green")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("环节\nStage", "单位\nUnit", "答复\nAnswer", "时间\nWhen"):
        table.add_column(heading, no_wrap=True)
    table.add_column("经办人\nWho", overflow="fold")
    table.add_column("意见\nOpinion", overflow="fold", min_width=8)
    for stage in s.stages:
        for n, task in enumerate(stage.tasks):
            if task.outcome:
                answer = two_lines(*answer_names(stage.act, task.outcome))
            else:
                answer = two_lines("待办理", "Waits") if stage.outcome is None else Text("—")
            day, _, hour = office_time(task.decided_at or stage.due_at).partition(" ")
            when = f"{day}\n{hour}" if task.decided_at else f"≤ {day}\n  {hour}"
            table.add_row(
                two_lines(stage.name_zh, stage.name_en) if n == 0 else "",
                task.unit_zh,
                answer,
                when,
                printable(task.officer).replace(" <", "\n").removesuffix(">"),
                printable(task.opinion),
            )
    console.print(table)
    if s.is_duty:
        console.print(f"liandong duty show {s.number}", style="dim")
    else:
        console.print(_amounts(s))


def _amounts(s: Standing) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("资金\nMoney")
    for heading in ("申请\nAsked", "承诺\nPledged", "核定\nAwarded"):
        table.add_column(heading, justify="right", no_wrap=True)
    for level in Level:
        pledged = money(s.pledges[level], "zh") if level in s.pledges else "—"
        awarded = money(s.award[level], "zh") if s.award else "—"
        table.add_row(f"{name(level, 'zh')} {name(level, 'en')}", money(s.asked[level], "zh"), pledged, awarded)
    awarded = money(s.award_total, "zh") if s.award_total is not None else "—"
    table.add_row("合计 Total", money(s.asked_total, "zh"), "", awarded, style="bold")
    return table


def to_json(s: Standing) -> dict[str, Any]:
    """Return what machines read of one application; amounts in fen, times ISO 8601 UTC."""
    return {
        "number": s.number,
        "kind": s.kind.value,
        "state": s.state.value,
        "round": s.round,
        "measure": s.measure,
        "applicant": s.applicant,
        "credit_code": s.credit_code,
        "title": s.title,
        "place": None if s.is_duty else {"zh": s.city_zh + s.county_zh, "en": f"{s.county_en}, {s.city_en}"},
        "asked_fen": {level.value: fen for level, fen in s.asked.items()},
        "pledged_fen": {level.value: fen for level, fen in s.pledges.items()},
        "awarded_fen": {level.value: fen for level, fen in s.award.items()} if s.award else None,
        "content_hash": s.content_hash,
        "submitted_at": s.submitted_at.isoformat(),
        "ended_at": s.ended_at.isoformat() if s.ended_at else None,
        "prefect_run": s.run_id,
        "stages": [
            {
                "round": stage.round,
                "position": stage.position,
                "key": stage.key,
                "state": stage.state.value,
                "outcome": stage.outcome.value if stage.outcome else None,
                "opened_at": stage.opened_at.isoformat(),
                "due_at": stage.due_at.isoformat(),
                "due_provisional": stage.due_provisional,
                "closed_at": stage.closed_at.isoformat() if stage.closed_at else None,
                "tasks": [
                    {
                        "unit": task.unit,
                        "unit_zh": task.unit_zh,
                        "unit_en": task.unit_en,
                        "state": task.state.value,
                        "outcome": task.outcome.value if task.outcome else None,
                        "opinion": task.opinion,
                        "officer": task.officer,
                        "channel": task.channel.value if task.channel else None,
                        "decided_at": task.decided_at.isoformat() if task.decided_at else None,
                    }
                    for task in stage.tasks
                ],
            }
            for stage in s.stages
        ],
    }
