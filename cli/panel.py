"""Commands about panels of experts: the draw, who sits, another expert, one seat less, the ranking."""

import datetime as dt
import getpass
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from approvals.office import Office
from approvals.panel import panels
from approvals.panel.panels import PanelPage
from approvals.panel.ranking import Call, rankings
from cli.run import complain, configured, console, file_bytes, opened, policy_today, printable, run
from models.calendar import office_date
from models.panel.draw import differences, draw_hash, repeated
from models.panel.score import shown
from models.panel.seats import name
from models.policy.policy import Policy
from models.states import TaskState

app = typer.Typer(help="专家评审 Panels of experts.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="申请编号 Number of the application.")]
Seat = Annotated[str, typer.Argument(help="席位，如 3 Seat, like 3.")]
Reason = Annotated[str, typer.Option("--reason", help="原因，记入存证链 Why; it is sealed into the record.")]


@app.command()
def draw(
    number: Annotated[str, typer.Argument(help="申请编号 Number of the application.")] = "",
    repeat: Annotated[Path | None, typer.Option("--repeat", help="按公布的文件重做抽取 Make a draw again.")] = None,
    nth: Annotated[int, typer.Option("--nth", min=1, help="第几次抽取 Which draw of the stage.")] = 1,
) -> None:
    """公布或重做抽取 Print a draw to be published; or make a published one again, without a database."""
    if repeat is not None:
        _repeat(run(file_bytes(repeat)), repeat)
    elif number:
        print(json.dumps(run(_draw(number, nth)), ensure_ascii=False, indent=2))
    else:
        complain("请给出申请编号，或 --repeat 文件\nGive an application's number, or --repeat FILE.")


def _repeat(data: bytes, file: Path) -> None:
    """Make the draw in ``data`` again and compare; exit code 1 where anything differs."""
    try:
        kept = json.loads(data)
        again = repeated(kept)
    except (ValueError, KeyError, TypeError) as error:
        complain(f"不是抽取文件 This is no draw: {file}: {error!r}")
    console.print(f"种子 Seed: {again.basis.seed}")
    console.print(f"顺序 Order: {' '.join(again.order) or '-'}")
    for key, why in again.excluded.items():
        said = "; ".join(f"{one.said('zh')} {one.said('en')}" for one in why)
        console.print(printable(f"排除 Left out: {key}: {said}"))
    if wrong := differences(kept, again):
        complain(f"重做的结果不同 Made again, these differ: {', '.join(wrong)}")
    console.print(f"与公布的一致 The same as was published; hash {draw_hash(kept)}", style="green")


async def _draw(number: str, nth: int) -> dict[str, Any]:
    async with opened(configured()) as db:
        return await db.read(panels.draw_of, number, nth)


@app.command()
def show(number: Number) -> None:
    """查看席位（仅供运行人员） Who sits on a panel: for the operator alone, and without scores."""
    page = run(_show(number))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("席位\nSeat", "专家\nExpert", "邮箱\nE-mail", "状态\nState"):
        table.add_column(heading, overflow="fold")
    for one in page.seated:
        who = f"{one.expert} {one.name}" if one.expert else "空缺 vacant"
        done = "已评分 scored" if one.state is TaskState.DONE else "等待 waiting" if page.is_open else "—"
        table.add_row(name(one.seat).zh, printable(who), printable(one.email), done)
    console.print(table)
    for one_draw in page.draws:
        found = f"{len(one_draw['order'])} / {len(one_draw['candidates'])}"
        console.print(f"第 {one_draw['number']} 次抽取 draw: 种子 seed {one_draw['seed']}，可评 free {found}")


async def _show(number: str) -> PanelPage:
    async with opened(configured()) as db:
        return await db.read(panels.panel_page, number)


@app.command()
def replace(number: Number, seat: Seat, reason: Reason) -> None:
    """更换专家 Give a seat to the next in the draw."""
    expert = run(_replace(number, seat, reason))
    said = f"下一位专家已收到来函 The next expert was asked: {expert}" if expert else "无人可补 Nobody is left to draw"
    console.print(said, style="green" if expert else "yellow")


async def _replace(number: str, seat: str, reason: str) -> str | None:
    settings, now = configured(), dt.datetime.now(dt.UTC)
    async with opened(settings) as db:
        return await db.write(panels.replace, Office.of(settings), number, seat, reason, _operator(), now)


@app.command()
def drop(number: Number, seat: Seat, reason: Reason) -> None:
    """撤销空缺席位 Take a vacant seat away."""
    run(_drop(number, seat, reason))
    console.print("席位已撤销 The seat was taken away.", style="green")


async def _drop(number: str, seat: str, reason: str) -> None:
    settings, now = configured(), dt.datetime.now(dt.UTC)
    async with opened(settings) as db:
        await db.write(panels.drop, Office.of(settings), number, seat, reason, _operator(), now)


def _operator() -> str:
    return f"operator:{getpass.getuser()}"


@app.command()
def ranking(
    measure: Annotated[int, typer.Argument(help="措施序号 Measure.")],
    year: Annotated[int, typer.Option("--year", help="申报年度，默认今年 Year of the call.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 For machines.")] = False,
) -> None:
    """评审排名 The applications of one call by what their panels came to."""
    policy, calls = run(_ranking(measure, year))
    if as_json:
        print(json.dumps([_to_json(call) for call in calls], ensure_ascii=False, indent=2))
        return
    for call in calls:
        option = policy.measures[measure].options[call.option].name
        console.print(f"{option.zh} {option.en}", style="bold")
        console.print(_table(call))
        if call.without:
            console.print(f"尚无评审结果 Without a result: {' '.join(call.without)}", style="dim")
    if not calls:
        console.print("没有申请 There are no applications.")


async def _ranking(measure: int, year: int) -> tuple[Policy, list[Call]]:
    settings = configured()
    policy = policy_today(settings)
    if measure not in policy.measures:
        complain(f"政策中没有措施 {measure}\nThe policy has no measure {measure}.")
    async with opened(settings) as db:
        day = office_date(dt.datetime.now(dt.UTC))
        return policy, await db.read(rankings, policy, measure, year or day.year)


def _table(call: Call) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("名次\nPlace", justify="right")
    table.add_column("编号\nNumber", no_wrap=True)
    for heading in ("申请单位\nApplicant", "项目\nProject"):
        table.add_column(heading, overflow="fold")
    table.add_column("平均分\nMean", justify="right")
    table.add_column("入围\nPassed")
    for one in call.ranked:
        scored, result = one.scored, one.scored.result
        mark = "✓" if result.passed else f"✗ < {shown(result.threshold)}"
        cells = (scored.number, printable(scored.applicant), printable(scored.title), shown(result.trimmed), mark)
        table.add_row(str(one.place), *cells)
    return table


def _to_json(call: Call) -> dict[str, Any]:
    """Return what machines read of a ranking; figures exact as fractions, and as shown."""
    return {
        "option": call.option,
        "ranking": [
            {
                "place": one.place,
                "number": one.scored.number,
                "applicant": one.scored.applicant,
                "title": one.scored.title,
                "mean": shown(one.scored.result.trimmed),
                "mean_exact": str(one.scored.result.trimmed),
                "mean_of_all_exact": str(one.scored.result.plain),
                "scores": [shown(score) for score in one.scored.result.scores],
                "threshold": shown(one.scored.result.threshold),
                "passed": one.scored.result.passed,
            }
            for one in call.ranked
        ],
        "without_result": list(call.without),
    }
