"""How commands run: an event loop, the database, and errors as one sentence."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeVar

import typer
from rich.console import Console

from approvals import migrate
from approvals.database import Database
from models.errors import LiandongError
from models.settings import Settings

R = TypeVar("R")

console = Console()
complaints = Console(stderr=True)


def complain(sentence: str) -> NoReturn:
    """Print what is wrong and what to do, and end with exit code 1."""
    complaints.print(sentence, style="red", markup=False, highlight=False)
    raise typer.Exit(1)


def run(work: Coroutine[Any, Any, R]) -> R:
    """Run one command's work; an error made for people is printed as its sentences."""
    try:
        return asyncio.run(work)
    except LiandongError as error:
        complain(f"{error.sentence('zh')}\n{error.sentence('en')}")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database, brought to the newest schema, for one command."""
    await migrate.migrate(settings)
    db = Database(settings)
    try:
        yield db
    finally:
        await db.close()


async def until_stopped(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run a part until SIGTERM or SIGINT asks it to stop, or it fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(stop)
    sys.stdout.flush()
