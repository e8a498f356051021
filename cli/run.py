"""How commands run: an event loop, the database, and errors as one sentence."""

import asyncio
import datetime as dt
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer
from asyncpg import InterfaceError, PostgresError
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from approvals import migrate
from approvals.database import Database
from approvals.editions import in_force
from models.calendar import office_date
from models.errors import LiandongError, RefusedApplication
from models.policy.policy import Policy
from models.settings import Settings

R = TypeVar("R")

# What people wrote is shown as they wrote it: no markup, no emoji names.
console = Console(markup=False, highlight=False, emoji=False)
complaints = Console(markup=False, highlight=False, emoji=False, stderr=True)


#: What drivers raise where there is no database, or not this one, or not for us.
UNREACHABLE = (SQLAlchemyError, OSError, PostgresError, InterfaceError)


class NotStarted(LiandongError):
    """A part or a server that this command needs cannot start or be reached; the sentence says what to do."""


def complain(sentence: str) -> NoReturn:
    """Print what is wrong and what to do, and end with exit code 1."""
    complaints.print(sentence, style="red", soft_wrap=not complaints.is_terminal)
    raise typer.Exit(1)


def configured() -> Settings:
    """Return the settings in the environment; a wrong one is named, with what is wrong with it."""
    try:
        return Settings()
    except ValidationError as error:
        complain("\n".join(f"LIANDONG_{str(e['loc'][0]).upper()}={e['input']}: {e['msg']}" for e in error.errors()))


def policy_today(settings: Settings) -> Policy:
    """Return the policy of the office as it is in force today."""
    return in_force(settings.policies, settings.policy, office_date(dt.datetime.now(dt.UTC)))


async def file_bytes(file: Path) -> bytes:
    """Return what is in ``file``, or end with why it cannot be read."""
    try:
        return await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        complain(f"无法读取文件 {file}\nThe file cannot be read: {file}: {error.strerror}")


def printable(text: str) -> str:
    """Return ``text`` without what would steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def run(work: Coroutine[Any, Any, R]) -> R:
    """Run one command's work; an error made for people is printed as its sentences."""
    try:
        return asyncio.run(work)
    except RefusedApplication as refusal:
        complain("\n".join(f"{fault.sentence('zh')}\n{fault.sentence('en')}" for fault in refusal.faults))
    except LiandongError as error:
        complain(f"{error.sentence('zh')}\n{error.sentence('en')}")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database, brought to the newest schema, for one command."""
    await prepared(settings)
    db = Database(settings)
    try:
        yield db
    finally:
        await db.close()


async def prepared(settings: Settings) -> None:
    """Bring the database to the newest schema.

    Raises:
        NotStarted: it cannot be reached.

    """
    try:
        await migrate.migrate(settings)
    except UNREACHABLE as error:
        why = str(error).splitlines()[0]
        raise NotStarted(
            f"无法打开数据库（{why}）；请检查 LIANDONG_DATABASE_URL 和 LIANDONG_HOME。",
            f"The database cannot be opened ({why}); check LIANDONG_DATABASE_URL and LIANDONG_HOME.",
        ) from error


async def until_stopped(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run a part until SIGTERM or SIGINT asks it to stop, or it fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(stop)
    sys.stdout.flush()


async def until_interrupted(work: Coroutine[Any, Any, R]) -> R | None:
    """Return what ``work`` returns; the first SIGTERM or SIGINT cancels it wherever it is, and then None.

    Further signals change nothing: what ``work`` cleans up (it stops child processes) is always finished.
    """
    task = asyncio.ensure_future(work)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            console.print("正在停止 Stopping ...")
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, interrupt)
    try:
        return await task
    except asyncio.CancelledError:
        if not interrupted:
            raise
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)  # the process is about to end by itself, and cleanly
        console.print("已停止 Stopped")
        return None
