"""Commands about applications: submit, status, withdraw."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from approvals import queries
from approvals.editions import in_force
from approvals.office import Office
from approvals.resubmit import withdraw as withdraw_application
from approvals.submit import submit as submit_application
from cli.answers_page import answer_of, two_lines
from cli.case_json import to_json
from cli.case_page import case_page, moves, panel_lines
from cli.run import complain, configured, console, file_bytes, opened, printable, run
from cli.run import complaints as progress_on
from models.calendar import office_date, office_time
from models.case.batch import Batch, read_batch
from models.case.form import ApplicationForm
from models.files.form_file import MAX_BYTES, read_form
from models.files.workbook import WORKBOOK
from models.money import money
from models.policy.policy import Policy
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing

#: Columns of a terminal that has room for units in both languages.
WIDE = 130
#: More units than this are counted and not named.
MANY = 12


#: The rows of a batch.
Rows = Annotated[Path | None, typer.Option(help="明细 The rows of a batch, CSV or XLSX, a piece each.")]


def submit(
    file: Annotated[Path, typer.Argument(help="申请表 The application, YAML or JSON.")], rows: Rows = None
) -> None:
    """提交申请 Submit an application; the first unit is asked."""
    number = run(_submit(file, rows))
    console.print(f"已受理 Admitted: {number}   liandong status {number}", soft_wrap=True)


async def _submit(file: Path, rows: Path | None) -> str:
    settings = configured()
    form = await read_file(file)
    office, now = Office.of(settings), dt.datetime.now(dt.UTC)
    batch = await read_rows_of(form, rows, in_force(office.policies, form.policy or office.policy, office_date(now)))
    async with opened(settings) as db:
        app = await db.write(submit_application, office, form, now, batch=batch)
    return app.number


async def read_file(file: Path) -> ApplicationForm:
    """Return the application in ``file``, or end with what is wrong."""
    try:
        return read_form(await asyncio.to_thread(_beginning, file))
    except OSError as error:
        complain(f"无法读取文件 {file}\nThe file cannot be read: {file}: {error.strerror}")


async def read_rows_of(form: ApplicationForm, rows: Path | None, policy: Policy) -> Batch | None:
    """Return the batch in the file ``rows``, each row checked while a bar shows how far that is."""
    measure = policy.measures.get(form.measure)
    if rows is None or measure is None or form.option not in measure.options:
        return None  # what is wrong with the application itself is said when it is judged
    data = await file_bytes(rows)
    with Progress(TextColumn("核对明细 Checking rows"), BarColumn(), MofNCompleteColumn(), console=progress_on) as bar:
        checked = bar.add_task("", total=None if data.startswith(WORKBOOK) else max(0, data.count(b"\n") - 1))
        return read_batch(data, measure, form.option, lambda done: bar.update(checked, completed=done))


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
        return f"{standing.state_name('zh')} {standing.state_name('en')}"
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
        return two_lines(standing.state_name("zh"), standing.state_name("en"), style)
    return two_lines(f"{stage.position + 1}/{len(standing.route)} {stage.name_zh}", stage.name_en)


def waiting_units(standing: Standing) -> Text:
    """Return the units that have not answered yet; in English too where the terminal has the room."""
    stage = standing.open_stage
    waiting = [task for task in stage.tasks if task.outcome is None] if stage else []
    if not waiting:
        return Text("—")
    if len(waiting) > MANY:
        return two_lines(f"{len(waiting)} 个单位", f"{len(waiting)} units")
    zh, en = "、".join(task.named_zh for task in waiting), ", ".join(task.named_en for task in waiting)
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
        asked = money(s.asked_total, "zh") if s.levels else "—"
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
    wide = console.width >= WIDE
    table.add_column("环节\nStage", no_wrap=wide)
    table.add_column("单位\nUnit", overflow="fold", min_width=12)
    table.add_column("答复\nAnswer", no_wrap=wide, overflow="fold", min_width=8)
    table.add_column("时间\nWhen", no_wrap=True)
    headings = ("经办人\nWho", "意见\nOpinion") if wide else ("经办人、意见\nWho, opinion",)
    for heading in headings:
        table.add_column(heading, overflow="fold", min_width=8)
    for stage in s.stages:
        for n, task in enumerate(stage.tasks):
            answer = answer_of(stage, task)
            who, opinion = printable(task.officer).replace(" <", "\n").removesuffix(">"), printable(task.opinion)
            table.add_row(
                _stage(stage) if n == 0 else "",
                _unit(task),
                answer,
                _when(stage, task),
                *((who, opinion) if wide else ("\n".join(part for part in (who, opinion) if part),)),
            )
    console.print(table)
    for address, tasks in [pair for stage in s.stages for pair in stage.shared.items()]:
        who = "、".join(task.unit_zh for task in tasks)
        console.print(
            f"同一邮箱代表多个单位答复 One address answered for several units: {address}: {who}", style="yellow"
        )
    for panel in [stage.panel for stage in s.stages if stage.panel]:
        for line in panel_lines(panel):
            console.print(printable(line))
    for part in moves(s):
        console.print(part)
    if s.is_duty:
        console.print(f"liandong duty show {s.number}", style="dim")
        return
    for part in case_page(s):
        console.print(part)


def _stage(stage: StageStanding) -> Text:
    """Return the stage, and which time the road is walked where it is not the first."""
    again = f"\n第 {stage.round} 轮 round {stage.round}" if stage.round > 1 else ""
    return Text.assemble(two_lines(stage.name_zh, stage.name_en), (again, "dim"))


def _when(stage: StageStanding, task: TaskStanding) -> str:
    """Return when it was answered, or by when an answer is waited for; nothing where none is wanted any more."""
    day, _, hour = office_time(task.decided_at or stage.due_at).partition(" ")
    if task.decided_at:
        return f"{day}\n{hour}"
    return f"≤ {day}\n  {hour}" if stage.outcome is None and task.ended_as is None else ""


def _unit(task: TaskStanding) -> Text:
    """Return the unit, below it who stands in for it, and the mark of an answer that is not its officer's own."""
    marks = [f"由{task.instead_zh}代"] if task.instead else []
    marks += [" ".join(dict.fromkeys((task.mark("zh"), task.mark("en"))))] if task.mark("zh") else []
    marks += ["不计票 no vote"] if not task.counts else []
    marks += ["来函无法送达 unreachable"] if task.undelivered_at else []
    return Text.assemble(task.unit_zh, *(("\n" + printable(mark), "yellow") for mark in marks))
