"""`liandong demo`: four applications travel the chain of measure 19 while you watch."""

import asyncio
import contextlib
import datetime as dt
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich import box
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from approvals import audit, queries
from approvals.database import Database
from approvals.directory import import_officers
from approvals.office import Office
from approvals.registers import enter, read_figures, read_register, record_figure
from approvals.submit import submit
from cli.answers_page import two_lines
from cli.applications import waiting_units, where, where_in_two_lines
from cli.doctor import PORTS, Port, is_free
from cli.logs import set_up_logs
from cli.parts import use_prefect
from cli.robots import Habit, Robots
from cli.run import complain, configured, console, policy_today, run, until_interrupted
from cli.up import addresses, everything
from models.calendar import office_time
from models.errors import RefusedApplication
from models.files.directory_file import read_directory
from models.files.form_file import read_form
from models.money import money
from models.road.standing import Standing
from models.settings import Settings
from models.states import NAMES, ApplicationState, name

#: Within this time robots have answered everything.
ONCE_SECONDS = 90.0


@dataclass
class Case:
    """One application of the demo: its file, who answers it, and how it should end."""

    file: str
    #: What the table calls it.
    zh: str
    en: str
    habit: Habit
    #: None: it must be refused at the door.
    ends: ApplicationState | None
    number: str = ""
    #: The applicant's address.
    email: str = ""
    refusal: str = ""


def cases(once: bool) -> list[Case]:
    """Return the four applications; with ``once`` robots answer the fourth as well."""
    yours = ("机器人代办", "by robots, too", Habit.LINK) if once else ("请您办理", "waits for you", Habit.WAIT)
    return [
        Case("single.yaml", "单个项目，链接办理", "single, by link", Habit.LINK, ApplicationState.AWARDED),
        Case("consortium.yaml", "联合体，回信办理", "consortium, by reply", Habit.REPLY, ApplicationState.AWARDED),
        Case("over-limit.yaml", "超过上限", "over the limit", Habit.WAIT, None),
        Case("yours.yaml", *yours, ApplicationState.AWARDED),
    ]


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="机器人全部办完后退出 Robots answer everything, then exit.")
    ] = False,
    samples: Annotated[Path, typer.Option(help="样例目录 Folder with the sample applications.")] = Path("samples"),
) -> None:
    """演示 Four applications travel the chain while you watch."""
    if not (samples / "directory.csv").is_file():
        complain(
            f"没有样例目录 {samples}；请用 --samples 指明\nThere are no samples in {samples}; say --samples FOLDER"
        )
    settings = _settings()
    use_prefect(settings)
    set_up_logs("demo")
    fine = run(until_interrupted(_demo(settings, samples, once)))
    if once and not fine:
        raise typer.Exit(1)


def _settings() -> Settings:
    """Return the demo's settings: a fresh data folder, defaults, and free ports where the usual ones are taken."""
    mine = configured()
    home = mine.home / "demo"
    if home.exists():
        shutil.rmtree(home)
    for variable in [variable for variable in os.environ if variable.startswith("LIANDONG_")]:
        del os.environ[variable]  # a real mail server or database that daily use is set up with
    os.environ |= {"LIANDONG_HOME": str(home), "LIANDONG_SWEEP_SECONDS": "15"}
    for port in PORTS:
        free = port.number(mine) if is_free("127.0.0.1", port.number(mine), port.kind) else _any_port(port)
        os.environ[port.variable] = str(free)
    return configured()


def _any_port(port: Port) -> int:
    with socket.socket(type=port.kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _demo(settings: Settings, samples: Path, once: bool) -> bool:
    """Run the demo; return whether every application ended as it should."""
    chosen = cases(once)
    console.print("正在启动，约需十秒 Starting, about ten seconds (SQLite, Prefect, portal, mail) ...")
    async with everything(settings):
        db = Database(settings)
        try:
            await _submit_all(settings, db, samples, chosen)
            _tell(settings, chosen)
            outcome = await _watch(settings, db, chosen, once)
        finally:
            await db.close()
        console.print("正在停止 Stopping ...")
    return outcome


async def _submit_all(settings: Settings, db: Database, samples: Path, chosen: list[Case]) -> None:
    office, now = Office.of(settings), dt.datetime.now(dt.UTC)
    directory = await asyncio.to_thread((samples / "directory.csv").read_bytes)
    await db.write(import_officers, office, read_directory(directory, policy_today(settings)), now)
    await _register(settings, db, samples, now)
    for case in chosen:
        form = read_form(await asyncio.to_thread((samples / case.file).read_bytes))
        case.email = form.applicant.email
        try:
            case.number = (await db.write(submit, office, form, dt.datetime.now(dt.UTC))).number
        except RefusedApplication as refusal:
            case.refusal = refusal.sentence("zh") + "\n" + refusal.sentence("en")


async def _register(settings: Settings, db: Database, samples: Path, now: dt.datetime) -> None:
    """Record what the rules look up: who leads a consortium, and the figures."""
    policy = policy_today(settings)
    for entry in read_register(await asyncio.to_thread((samples / "registers.csv").read_bytes), policy):
        await db.write(enter, policy, entry, now)
    for figure in read_figures(await asyncio.to_thread((samples / "figures.csv").read_bytes), policy):
        await db.write(record_figure, policy, figure, now)


def _tell(settings: Settings, chosen: list[Case]) -> None:
    """Print where to look, and what was refused at the door."""
    console.rule("联动 Liandong · 措施 19 Measure 19", align="left")
    for line in addresses(settings):
        console.print(line, soft_wrap=True)
    for case in chosen:
        if case.refusal:
            console.print(f"\n未受理 Not admitted: {case.file}", style="red")
            console.print(case.refusal)


async def _watch(settings: Settings, db: Database, chosen: list[Case], once: bool) -> bool:
    """Show where each application stands, while robots answer; with ``once`` until all have ended."""
    habits = {case.number: case.habit for case in chosen if case.number}
    robots = Robots(settings, lambda subject: _habit(habits, subject), think_seconds=0.2 if once else 2.0)
    working = asyncio.create_task(robots.work())
    limit = asyncio.get_running_loop().time() + (ONCE_SECONDS if once else float("inf"))
    try:
        with Live(console=console, refresh_per_second=4, transient=once) as live:
            while asyncio.get_running_loop().time() < limit:
                standings = {s.number: s for s in await db.read(queries.standings)}
                live.update(Group(_table(chosen, standings), await _to_do(settings, db, chosen, standings)))
                if once and await _all_ended(settings, chosen, standings):
                    break
                await asyncio.sleep(0.3)
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
    return await _report(settings, db, chosen)


def _habit(habits: dict[str, Habit], subject: str) -> Habit:
    return next((habit for number, habit in habits.items() if number in subject), Habit.WAIT)


def _table(chosen: list[Case], standings: dict[str, Standing]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("申请\nApplication", no_wrap=True)
    table.add_column("编号\nNumber", no_wrap=True)
    table.add_column("金额\nAmount", no_wrap=True, justify="right")
    table.add_column("环节\nStage")
    table.add_column("等待\nWaits for")
    for case in chosen:
        standing = standings.get(case.number)
        what = two_lines(case.zh, case.en)
        if standing is None:
            table.add_row(what, "—", "—", two_lines("未受理", "Not admitted", "red"), "—")
            continue
        asked = money(standing.asked_total, "zh")
        table.add_row(what, case.number, asked, where_in_two_lines(standing), waiting_units(standing))
    return table


async def _to_do(settings: Settings, db: Database, chosen: list[Case], standings: dict[str, Standing]) -> Group:
    """Return what the watcher can do now: whose mailbox to open for the application that waits for a person."""
    lines: list[Text] = []
    for case in chosen:
        standing = standings.get(case.number)
        if case.habit is Habit.WAIT and standing is not None:
            asked = await db.read(queries.asked_officers, standing.id)
            lines += invitation(f"http://{settings.host}:{settings.mailbox_port}", case, standing, asked)
    return Group(*lines)


def invitation(mailbox: str, case: Case, standing: Standing, asked: dict[str, list[str]]) -> list[Text]:
    """Return the lines that tell the watcher what to do next for the application that waits for a person."""
    stage, end = standing.open_stage, Text("按 Ctrl-C 结束演示 Ctrl-C ends the demo", "dim")
    if stage is None and standing.state is not ApplicationState.RETURNED:
        return [Text(f"您的一件已办结 Yours has ended: {where(standing)}", "bold green"), end]
    if stage is None:
        head, doors = "已退回申请人，等您修改 Returned: amend it as the applicant", [case.email]
    else:
        head = f"等您办理 Waits for you: {stage.name_zh} {stage.name_en}"
        doors = [address for addresses in asked.values() for address in addresses]
    how = "打开最新一封信中的链接并作决定 Open the newest letter there, follow its link, decide."
    links = [Text(f"  {mailbox}/{address}", "bold yellow", no_wrap=True) for address in doors]
    return [Text(head, "bold yellow"), *links, Text(f"  {how}"), end]


async def _all_ended(settings: Settings, chosen: list[Case], standings: dict[str, Standing]) -> bool:
    """Return whether each application has ended and its run in Prefect says so too."""
    mine = [standings[case.number] for case in chosen if case.number]
    if not all(s.state.ended and s.shown_version >= s.version for s in mine):
        return False
    return all([(await _run_state(settings, s))[0] == "COMPLETED" for s in mine])


async def _run_state(settings: Settings, standing: Standing) -> tuple[str, str]:
    """Return (type, name) of the state of the application's run in Prefect."""
    async with httpx.AsyncClient(base_url=settings.prefect_api) as client:
        state = (await client.get(f"/flow_runs/{standing.run_id}")).raise_for_status().json()["state"]
    return state["type"], state["name"]


async def _report(settings: Settings, db: Database, chosen: list[Case]) -> bool:
    """Print each application's trace and end; return whether all ended as they should."""
    fine = True
    for case in chosen:
        console.rule(f"{case.zh} {case.en} {case.number}".rstrip(), align="left")
        if case.ends is None or not case.number:
            console.print(case.refusal, style="red", soft_wrap=not console.is_terminal)
            fine &= case.ends is None and "10,000,000" in case.refusal
            continue
        standing = await db.read(queries.standing, case.number)
        for line in trace(standing):
            console.print(line, soft_wrap=True)
        kind, state = await _run_state(settings, standing)
        broken = await db.read(audit.verify, standing.id)
        console.print(f"Prefect: {state} ({kind})   事件链 chain: {broken.why if broken else '相符 verified'}")
        fine &= standing.state is case.ends and state == " ".join(NAMES[case.ends]) and broken is None
    console.rule()
    said = "全部如期办结 Every application ended as it should." if fine else "有申请未如期办结 Not as it should."
    console.print(
        said,
        style="bold green" if fine else "bold red",
    )
    return fine


def trace(s: Standing) -> list[str]:
    """Return who decided what, when and by which door, a line a decision, and the award."""
    lines = [f"{office_time(s.submitted_at)}  提交 Submitted  {s.applicant} · {money(s.asked_total, 'zh')}"]
    lines += [
        f"{office_time(t.decided_at)}  {stage.name_zh} {stage.name_en}: {t.named_zh} {name(t.outcome, 'zh')}"
        f"（{name(t.channel, 'zh')} {name(t.channel, 'en')}）"
        for stage in s.stages
        for t in stage.tasks
        if t.decided_at and t.outcome and t.channel
    ]
    if s.award is None:
        return [*lines, f"{name(s.state, 'zh')} {name(s.state, 'en')}"]
    shares = "，".join(f"{name(level, 'zh')} {money(fen, 'zh')}" for level, fen in s.award.items() if fen)
    return [*lines, f"{name(s.state, 'zh')} {name(s.state, 'en')}: {money(s.award_total or 0, 'zh')}（{shares}）"]
