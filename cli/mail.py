"""Commands about mail that came in: judge without doing, ingest, list, show."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from approvals import mail_queries
from approvals.mail_queries import Mail
from cli.mail_attachment import attachment
from cli.run import complain, configured, console, opened, run
from models.states import MailState

if TYPE_CHECKING:
    from cli.mail_files import Door, Ingested

app = typer.Typer(help="来信 Mail that came in: who sent it, what it says, what became of it.", no_args_is_help=True)


@app.command("judge")
def judge(
    files: Annotated[list[Path], typer.Argument(help="邮件文件 Messages as files (.eml).")],
    as_json: Annotated[bool, typer.Option("--json", help="机器可读，每封一行 For machines, one line each.")] = False,
    officer: Annotated[str, typer.Option(help="假定被征询人的邮箱 As if this address had been asked.")] = "",
    reply_to: Annotated[str, typer.Option(help="假定的专用回复地址 As if this were the secret address.")] = "",
    authserv_id: Annotated[str, typer.Option(help="信任的邮件服务器名称 Whose Authentication-Results count.")] = "",
    act: Annotated[str, typer.Option(help="假定的环节类型 As if in a stage of this act, e.g. report.")] = "",
) -> None:
    """研判来信 Say what messages would do and why, without doing it."""
    from cli.mail_files import Door

    if bool(officer) != bool(reply_to):
        complain("--officer 和 --reply-to 须同时给出\nGive both --officer and --reply-to, or neither.")
    door = Door(officer, reply_to, authserv_id, act)
    unread = run(_judge(files, door, as_json=as_json))
    if unread:
        raise typer.Exit(1)


async def _judge(files: list[Path], door: "Door", *, as_json: bool) -> int:
    """Print each verdict as it is reached; return how many files could not be read."""
    from cli import mail_page
    from cli.mail_files import judge_files

    unread = 0
    async for name, judged, was_read in judge_files(configured(), files, door):
        unread += not was_read
        if as_json:
            line = json.dumps(judged.as_json(name), ensure_ascii=False)
            sys.stdout.write(line.encode("utf-8", "backslashreplace").decode() + "\n")  # half a character in a name
        else:
            for shown in mail_page.verdict(name, judged):
                console.print(shown, soft_wrap=True)
    sys.stdout.flush()
    return unread


@app.command("ingest")
def ingest(
    files: Annotated[list[Path], typer.Argument(help="邮件文件 Messages as files (.eml).")],
    to: Annotated[str, typer.Option("--to", help="收件地址 The address that it came to.")] = "",
) -> None:
    """收入来信 Store messages and judge them as if they had come in."""
    wrong = 0
    for file, done in run(_ingest(files, to)):
        console.print(f"{file}  {done.zh}\n{done.en}", soft_wrap=True)
        wrong += not done.stored
    if wrong:
        raise typer.Exit(1)


async def _ingest(files: list[Path], to: str) -> list[tuple[Path, "Ingested"]]:
    from cli.mail_files import ingest_file

    settings = configured()
    async with opened(settings) as db:
        return [(file, await ingest_file(settings, db, file, to, dt.datetime.now(dt.UTC))) for file in files]


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="状态，如 parked In this state, e.g. parked.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="最多几封 At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 For machines.")] = False,
) -> None:
    """来信一览 Messages that came in, the newest first."""
    from cli import mail_page

    if state and state not in {one.value for one in MailState}:
        known = ", ".join(one.value for one in MailState)
        complain(f"没有状态“{state}”；可选：{known}\nThere is no state {state!r}; choose from: {known}")
    found = run(_list(MailState(state) if state else None, limit))
    if as_json:
        print(json.dumps([mail_page.as_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    console.print(mail_page.overview(found) if found else "没有来信 There are no messages.")


async def _list(state: MailState | None, limit: int) -> list[Mail]:
    async with opened(configured()) as db:
        return await db.read(mail_queries.mails, state, limit)


@app.command("show")
def show(
    mail: Annotated[str, typer.Argument(help="来信编号（前几位即可）Its id, or the beginning of it.")],
) -> None:
    """查看来信 Headers, checks, why it was judged so, and its text."""
    from cli import mail_page

    found, raw = run(_show(mail))
    for line in mail_page.whole(found, raw):
        console.print(line, soft_wrap=True)


async def _show(mail: str) -> tuple[Mail, bytes]:
    async with opened(configured()) as db:
        return await db.read(mail_queries.mail, mail)


app.command("attachment")(attachment)
