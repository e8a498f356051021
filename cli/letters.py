"""Commands about our own letters: which went out, which were given up, one as it goes out, and once more."""

import datetime as dt
import getpass
import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from approvals import dead_letters
from approvals.dead_letters import ListedLetter
from cli.answers_page import two_lines
from cli.duties_page import table
from cli.run import complain, configured, console, opened, printable, run
from models.calendar import office_time
from models.states import LetterState

app = typer.Typer(no_args_is_help=True, help="信件 Letters: what went out, what was given up, and once more.")

Json = Annotated[bool, typer.Option("--json", help="机器可读 For machines.")]
NAMES = {
    LetterState.QUEUED: ("等待发出", "waiting"),
    LetterState.SENT: ("已发出", "sent"),
    LetterState.FAILED: ("已放弃", "given up"),
    LetterState.BOUNCED: ("被退回", "bounced"),
}
#: Of an id, what tells it apart for people.
SHORT = 12


@app.command("list")
def list_letters(
    state: Annotated[list[LetterState] | None, typer.Option(help="状态 In this state; may be repeated.")] = None,
    application: Annotated[str, typer.Option(help="申请编号 About this application.")] = "",
    as_json: Json = False,
) -> None:
    """信件一览 Letters, the newest first; --state failed: those that were given up."""
    found = run(_listed(state or (), application))
    if as_json:
        print(json.dumps({"letters": [one.as_json() for one in found]}, ensure_ascii=False, indent=2))
        return
    if not found:
        console.print("没有这样的信件。\nThere are no such letters.")
        return
    shown = table("编号\nId", "信件\nLetter", "收件人\nTo", "状态\nState", "次数\nTries", "原因\nWhy")
    for one in found:
        about = Text.assemble(one.kind, "\n", (one.number, "dim"))
        to = Text.assemble(printable(one.to), "\n", (office_time(one.written_at), "dim"))
        name = two_lines(*NAMES.get(one.state, (one.state.value, "")))
        shown.add_row(one.id[:SHORT], about, to, name, str(one.tries), printable(one.last_error))
    console.print(shown)


async def _listed(states: Sequence[LetterState], number: str) -> list[ListedLetter]:
    async with opened(configured()) as db:
        return await db.read(dead_letters.listing, states, number)


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="编号 The letter's id, or how it begins.")],
    raw: Annotated[bool, typer.Option("--raw", help="原文 The bytes that go to the mail server.")] = False,
    as_json: Json = False,
) -> None:
    """查看信件 One letter as it goes out: headers and text; --raw: every byte, with its signature."""
    from notifications.practice.mailbox import body_of, headers_of

    message = run(_as_it_goes_out(letter))
    if raw:
        sys.stdout.buffer.write(message)
        return
    headers, text = headers_of(message), body_of(message, "plain")
    if as_json:
        print(json.dumps({"headers": headers, "text": text}, ensure_ascii=False, indent=2))
        return
    for name, value in headers:
        console.print(printable(f"{name}: {value}"), soft_wrap=True)
    console.print(f"\n{printable(text)}", soft_wrap=True)


async def _as_it_goes_out(given: str) -> bytes:
    from notifications.papers.dossiers import Dossiers
    from notifications.sending.outgoing import outgoing

    settings = configured()
    async with opened(settings) as db:
        letter = await db.read(dead_letters.letter, given)
        dossier = await Dossiers(db, lambda: dt.datetime.now(dt.UTC)).of(letter) if settings.dossier_bytes else None
        return outgoing(letter, settings, dossier)


@app.command()
def retry(
    letters: Annotated[list[str] | None, typer.Argument(help="编号 Ids, or how they begin.")] = None,
    every: Annotated[bool, typer.Option("--all", help="全部 Every letter that was given up.")] = False,
    by: Annotated[str, typer.Option(help="经办人 Who sends them again.")] = "",
    as_json: Json = False,
) -> None:
    """重新发出 Send letters again that were given up: the same words, the same Message-ID."""
    if bool(letters) == every:
        complain("请给出信件编号，或用 --all\nName letters, or say --all")
    done = run(_again(letters or [], f"operator:{by or getpass.getuser()}"))
    if as_json:
        print(json.dumps({"queued": done}))
        return
    console.print(f"{len(done)} 封信件重新排队 {len(done)} letters wait to be sent again")


async def _again(given: Sequence[str], by: str) -> list[str]:
    now = dt.datetime.now(dt.UTC)
    async with opened(configured()) as db:
        if given:
            return await db.write(dead_letters.retry, given, by, now)
        return await db.write(dead_letters.retry_all, by, now)
