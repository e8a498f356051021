"""Commands about releases: open one, list the instalments of an award, show one."""

import datetime as dt
import getpass
from typing import Annotated

import typer

from approvals import queries
from approvals.money import releases
from approvals.money.releases import Part, ReleaseOpening
from approvals.office import Office
from cli import release_page
from cli.applications import overview, where
from cli.run import configured, console, opened, printable, run
from models.errors import UnknownApplication
from models.road.standing import Standing
from models.states import NAMES

app = typer.Typer(help="拨付 Releases: an award is paid in instalments, all levels or none.", no_args_is_help=True)


@app.command("open")
def open_(
    number: Annotated[str, typer.Argument(help="核定编号 The number of the award.")],
    evidence: Annotated[str, typer.Option(help="依据 What shows that the milestone is reached.")],
    milestone: Annotated[str, typer.Option(help="期 The instalment (liandong release list NUMBER).")] = "",
    by: Annotated[str, typer.Option(help="经办人 Who opens it.")] = "",
) -> None:
    """启动拨付 Open a release of one instalment: everybody who pays a part of it is asked."""
    made = run(_open(ReleaseOpening(number, milestone, evidence, by or getpass.getuser())))
    console.print(f"已启动 Opened: {made}   liandong release show {made}", soft_wrap=True)


async def _open(opening: ReleaseOpening) -> str:
    settings = configured()
    async with opened(settings) as db:
        app = await db.write(releases.open_release, Office.of(settings), opening, dt.datetime.now(dt.UTC))
        return app.number


@app.command("list")
def list_(
    number: Annotated[str, typer.Argument(help="核定编号 The award; none: every release.", show_default=False)] = "",
) -> None:
    """拨付一览 The instalments of an award and where each stands; or every release."""
    if number:
        console.print(release_page.parts(run(_parts(number))))
        return
    found = run(_releases())
    console.print(overview(found) if found else "没有拨付 No release has been opened.")


async def _parts(number: str) -> list[Part]:
    async with opened(configured()) as db:
        return await db.read(releases.parts_by_number, number)


async def _releases() -> list[Standing]:
    async with opened(configured()) as db:
        return [await db.read(queries.standing, number) for number in await db.read(releases.numbers)]


@app.command("show")
def show(number: Annotated[str, typer.Argument(help="拨付编号 The release's number.")]) -> None:
    """一次拨付 What a release pays, and who has agreed."""
    s = run(_show(number))
    console.print(f"{s.number}  {where(s)}", style="bold")
    if s.release:
        for part in release_page.release(s.release):
            console.print(part)
    for stage in s.stages:
        for task in stage.tasks:
            said = s.unit_names[task.unit].zh if task.unit in s.unit_names else task.unit
            answer = " ".join(NAMES[task.outcome]) if task.outcome else "待办理 waits"
            console.print(f"{said}  {answer}  {printable(task.opinion)}")


async def _show(number: str) -> Standing:
    async with opened(configured()) as db:
        standing = await db.read(queries.standing, number)
    if standing.release is None:
        raise UnknownApplication(
            "这不是拨付编号；用 liandong release list 查看。", "This is no release; see `liandong release list`."
        )
    return standing
