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
from rich.live import Live
from rich.table import Table

from approvals import audit, queries
from approvals.database import Database
from approvals.directory import import_officers, read_directory
from approvals.office import Office
from approvals.submit import submit
from cli.applications import waits_for, where
from cli.logs import set_up_logs
from cli.parts import use_prefect
from cli.robots import Habit, Robots
from cli.run import console, run, until_stopped
from cli.up import addresses, everything
from models.calendar import office_time
from models.errors import RefusedApplication
from models.form_file import read_form
from models.money import money
from models.policy import load_policy
from models.settings import Settings
from models.standing import Standing
from models.states import NAMES, ApplicationState, name

#: The ports that the demo moves where they are taken.
PORTS = ("portal_port", "smtp_port", "receiver_port", "mailbox_port", "prefect_port", "sender_bell", "worker_bell")


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
    refusal: str = ""


def cases(once: bool) -> list[Case]:
    """Return the four applications; with ``once`` robots answer the fourth as well."""
    yours = Habit.LINK if once else Habit.WAIT
    return [
        Case("single.yaml", "单个项目，链接办理", "single, by link", Habit.LINK, ApplicationState.AWARDED),
        Case("consortium.yaml", "联合体，回信办理", "consortium, by reply", Habit.REPLY, ApplicationState.AWARDED),
        Case("over-limit.yaml", "超过上限", "over the limit", Habit.WAIT, None),
        Case("yours.yaml", "请您办理", "waits for you", yours, ApplicationState.AWARDED),
    ]


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="机器人全部办完后退出 Robots answer everything, then exit.")
    ] = False,
    samples: Annotated[Path, typer.Option(help="样例目录 Folder with the sample applications.")] = Path("samples"),
) -> None:
    """演示 Four applications travel the chain while you watch."""
    settings = _settings()
    use_prefect(settings)
    set_up_logs("demo")
    if not run(_demo(settings, samples, once)):
        raise typer.Exit(1)


def _settings() -> Settings:
    """Return the demo's settings: a fresh data folder, and free ports where the usual ones are taken."""
    home = Settings().home
    if (home / "demo").exists():
        shutil.rmtree(home / "demo")
    os.environ |= {"LIANDONG_HOME": str(home / "demo"), "LIANDONG_SWEEP_SECONDS": "15"}
    os.environ.pop("LIANDONG_DATABASE_URL", None)
    wanted = Settings()
    for port in PORTS:
        os.environ[f"LIANDONG_{port.upper()}"] = str(_free(getattr(wanted, port)))
    return Settings()


def _free(port: int) -> int:
    """Return ``port``, or a free one where another program holds it."""
    for candidate in (port, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", candidate))
            return int(probe.getsockname()[1])
    raise RuntimeError("no port is free on 127.0.0.1")


async def _demo(settings: Settings, samples: Path, once: bool) -> bool:
    """Run the demo; return whether every application ended as it should (without ``once``: True)."""
    chosen = cases(once)
    outcome = True

    async def work(stop: asyncio.Event) -> None:
        nonlocal outcome
        console.print("正在启动 Starting (SQLite, Prefect, portal, mail) ...")
        async with everything(settings):
            db = Database(settings)
            try:
                await _submit_all(settings, db, samples, chosen)
                outcome = await _watch(settings, db, chosen, once, stop)
            finally:
                await db.close()
            console.print("正在停止 Stopping ...")

    await until_stopped(work)
    return outcome


async def _submit_all(settings: Settings, db: Database, samples: Path, chosen: list[Case]) -> None:
    office, now = Office.of(settings), dt.datetime.now(dt.UTC)
    directory = await asyncio.to_thread((samples / "directory.csv").read_bytes)
    await db.write(import_officers, office, read_directory(directory, load_policy(settings.policy)), now)
    for case in chosen:
        form = read_form(await asyncio.to_thread((samples / case.file).read_bytes))
        try:
            case.number = (await db.write(submit, office, form, dt.datetime.now(dt.UTC))).number
        except RefusedApplication as refusal:
            case.refusal = refusal.sentence("zh") + "\n" + refusal.sentence("en")


async def _watch(settings: Settings, db: Database, chosen: list[Case], once: bool, stop: asyncio.Event) -> bool:
    """Show where each application stands, while robots answer; with ``once`` until all have ended."""
    habits = {case.number: case.habit for case in chosen if case.number}
    robots = Robots(settings, lambda subject: _habit(habits, subject), think_seconds=0.2 if once else 2.0)
    working = asyncio.create_task(robots.work())
    try:
        with Live(console=console, refresh_per_second=4, transient=once) as live:
            limit = asyncio.get_running_loop().time() + (90 if once else 10**9)
            while not stop.is_set() and asyncio.get_running_loop().time() < limit:
                standings = {s.number: s for s in await db.read(queries.standings)}
                live.update(_table(settings, chosen, standings))
                if once and await _all_ended(settings, chosen, standings):
                    break
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 0.3)
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
    return await _report(settings, db, chosen) if once else True


def _habit(habits: dict[str, Habit], subject: str) -> Habit:
    return next((habit for number, habit in habits.items() if number in subject), Habit.WAIT)


def _table(settings: Settings, chosen: list[Case], standings: dict[str, Standing]) -> Table:
    caption = "\n".join(addresses(settings))
    table = Table(
        title="联动 Liandong · 措施 19 Measure 19",
        title_justify="left",
        caption=caption,
        caption_justify="left",
        expand=False,
    )
    for heading in ("申请 Application", "编号 Number", "金额 Amount", "环节 Stage", "等待 Waits for"):
        table.add_column(heading, overflow="fold")
    for case in chosen:
        standing = standings.get(case.number)
        if standing is None:
            table.add_row(f"{case.zh}\n{case.en}", "—", "—", "[red]未受理 Not admitted[/]", case.refusal.split("\n")[0])
            continue
        style = "green" if standing.state is ApplicationState.AWARDED else "yellow"
        table.add_row(
            f"{case.zh}\n{case.en}",
            case.number,
            money(standing.asked_total, "zh"),
            f"[{style}]{where(standing)}[/]",
            waits_for(standing),
        )
    return table


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
        console.rule(f"{case.zh} {case.en} {case.number}", align="left")
        if case.ends is None or not case.number:
            console.print(case.refusal, style="red", highlight=False, soft_wrap=True)
            fine &= case.ends is None and "10,000,000" in case.refusal
            continue
        standing = await db.read(queries.standing, case.number)
        for line in trace(standing):
            console.print(line, highlight=False, soft_wrap=True)
        kind, state = await _run_state(settings, standing)
        broken = await db.read(audit.verify, standing.id)
        console.print(
            f"Prefect: {state} ({kind})   事件链 chain: {broken.why if broken else '相符 verified'}", highlight=False
        )
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
        f"{office_time(t.decided_at)}  {stage.name_zh} {stage.name_en}: {t.unit_zh} {name(t.outcome, 'zh')}"
        f"（{name(t.channel, 'zh')} {name(t.channel, 'en')}）"
        for stage in s.stages
        for t in stage.tasks
        if t.decided_at and t.outcome and t.channel
    ]
    if s.award is None:
        return [*lines, f"{name(s.state, 'zh')} {name(s.state, 'en')}"]
    shares = "，".join(f"{name(level, 'zh')} {money(fen, 'zh')}" for level, fen in s.award.items() if fen)
    return [*lines, f"{name(s.state, 'zh')} {name(s.state, 'en')}: {money(s.award_total or 0, 'zh')}（{shares}）"]
