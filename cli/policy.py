"""Commands about policies: list, show, check, explain."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from approvals.editions import in_force
from approvals.submit import judged
from cli.answers_page import two_lines
from cli.applications import Rows, read_file, read_rows_of
from cli.policy_document import document
from cli.policy_page import KINDS, measure_json, measure_page, trace_table
from cli.run import complain, configured, console, opened, policy_today, printable, run
from models.calendar import office_date
from models.case.judgement import Judgement
from models.money import money_en, money_zh
from models.policy.folder import read_policy
from models.policy.policy import Policy
from models.policy.source import PolicyFault, files_of

app = typer.Typer(help="政策 The policies as data.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="机器可读 For machines.")]


@app.command("list")
def list_measures(as_json: AsJson = False) -> None:
    """措施一览 Every measure with its kind and its responsible units, the first of which leads."""
    policy = _policy()
    measures = [policy.measures[number] for number in sorted(policy.measures)]
    if as_json:
        _print({"policy": policy.key, "measures": [measure_json(policy, measure) for measure in measures]})
        return
    table = Table(box=box.SIMPLE_HEAD, title=f"{policy.title.zh}\n{policy.title.en}", title_justify="left")
    for heading in ("措施", "类型 Kind", "名称 Title", "责任单位（首位牵头） Units, the first leads"):
        table.add_column(heading, overflow="fold")
    for measure in measures:
        names = [policy.units[key].name for key in measure.units]
        units = two_lines("、".join(n.zh for n in names), ", ".join(n.en for n in names))
        table.add_row(
            str(measure.number), two_lines(*KINDS[measure.kind]), two_lines(measure.title.zh, measure.title.en), units
        )
    console.print(table)


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="措施序号 The measure's number.")], as_json: AsJson = False
) -> None:
    """一项措施 One measure: units, limits, route, and the words it comes from."""
    policy = _policy()
    measure = policy.measures.get(number)
    if measure is None:
        known = ", ".join(map(str, sorted(policy.measures)))
        complain(f"没有措施 {number}；可选：{known}\nThere is no measure {number}; choose one of: {known}")
    if as_json:
        _print(measure_json(policy, measure) | {"whole": measure.model_dump(mode="json")})
        return
    console.print(measure_page(policy, measure))


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="政策目录 A policy's folder; none: all of them.")] = None,
    as_json: AsJson = False,
) -> None:
    """校验 Load a policy and name every fault at once, with file, line and what to do; exit code 1 if any."""
    root = configured().policies
    folders = [folder] if folder else sorted(p for p in root.iterdir() if (p / "policy.yaml").is_file())
    faults, sound = [], []
    for one in folders:
        if not one.is_dir():
            complain(f"没有目录 {one}\nThere is no folder {one}")
        try:
            policy = read_policy(files_of(one), one.name)
            sound.append((one, policy))
        except PolicyFault as fault:
            faults += [(one, mistake) for mistake in fault.faults]
    if as_json:
        rows = [{"folder": str(f), "file": m.file, "line": m.line, "message": m.message} for f, m in faults]
        _print({"faults": rows, "sound": [policy.key for _, policy in sound]})
    else:
        for one, mistake in faults:
            console.print(f"{one}/{mistake}", soft_wrap=True)
        for one, policy in sound:
            options = sum(len(measure.options) for measure in policy.measures.values())
            console.print(
                f"{one}: 无误 sound, {len(policy.measures)} 项措施 measures, {options} 类 options, "
                f"版本 version {policy.version[:12]}",
                soft_wrap=True,
            )
    if faults:
        raise typer.Exit(1)


@app.command("document")
def write_document(
    file: Annotated[Path, typer.Argument(help="文件 Where to write it, e.g. docs/policy.md.")],
    stale: Annotated[bool, typer.Option("--check", help="只校验 Only say whether it is up to date.")] = False,
) -> None:
    """文档 Write the table of all measures, made from the data; with --check, exit code 1 where it is stale."""
    text = document(_policy())
    if not stale:
        file.write_text(text, "utf-8")
    elif not file.is_file() or file.read_text("utf-8") != text:
        complain(f"{file} 已过时，请运行 make docs\n{file} is stale: run `make docs`")


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="申请表 The application, YAML or JSON.")],
    day: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="按哪一日 As if sent on this day.")
    ] = None,
    rows: Rows = None,
    as_json: AsJson = False,
) -> None:
    """说明 Say what the rules make of an application, without submitting it; exit code 1 if they refuse it."""
    judgement = run(_explain(file, rows, day.date() if day else None))
    if as_json:
        _print(
            {
                "admitted": not judgement.faults,
                "largest_fen": judgement.largest,
                "faults": [{"field": f.field, "zh": f.zh, "en": f.en, "clause": f.clause} for f in judgement.faults],
                "trace": judgement.trace,
            }
        )
    else:
        console.print(trace_table(judgement))
        for fault in judgement.faults:
            console.print(Text(f"✗ {printable(fault.sentence('zh'))}", "red"))
            console.print(Text(f"  {printable(fault.sentence('en'))}", "red"))
        if not judgement.faults:
            limit = judgement.largest
            most = f"至多 {money_zh(limit)} at most {money_en(limit)}" if limit is not None else "无金额上限 no limit"
            console.print(Text(f"✓ 可以受理 would be admitted · {most}", "green"))
    if judgement.faults:
        raise typer.Exit(1)


async def _explain(file: Path, rows: Path | None, day: dt.date | None) -> Judgement:
    settings = configured()
    form = await read_file(file)
    when = day or office_date(dt.datetime.now(dt.UTC))
    policy = in_force(settings.policies, form.policy or settings.policy, when)
    batch = await read_rows_of(form, rows, policy)
    async with opened(settings) as db:
        return await db.read(judged, form, policy, when, batch)


def _policy() -> Policy:
    """Return the policy of the office, or say what is wrong with its data."""
    try:
        return policy_today(configured())
    except PolicyFault as fault:
        complain(str(fault))


def _print(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2))
