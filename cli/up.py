"""`liandong up`: every part as a child process on this machine; a part that ends is started again."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import structlog
from pydantic import SecretStr
from rich.cells import cell_len

from cli.doctor import taken_ports
from cli.logs import set_up_logs
from cli.run import NotStarted, complain, configured, console, prepared, run, until_interrupted
from flows import lifeline
from flows.server import PrefectServer
from models.settings import Settings

log = structlog.get_logger(__name__)

#: The parts in the order in which they start; the worker comes last, when Prefect answers.
PARTS = ("mailbox", "sender", "receiver", "imap", "portal", "worker")
#: A part that ended is started again after this many seconds; twice as many after each quick end, up to ...
PAUSE, LONGEST_PAUSE = 1.0, 30.0
#: A part that ran this long did not end quickly.
STEADY_SECONDS = 60.0


class Part:
    """One child process: started, restarted when it ends, stopped by its own pid."""

    def __init__(self, name: str, settings: Settings, number: int = 1) -> None:
        self.name = name
        self.log = settings.home / "logs" / f"{_numbered(name, number)}.log"
        self._env = os.environ | environment(settings)
        self.process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the child and keep it running."""
        await self._spawn()
        self._keeping = asyncio.create_task(self._keep())

    async def _spawn(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        files, variables = lifeline.passed()
        with self.log.open("ab") as file:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "cli.main",
                self.name,
                env=self._env | variables,
                pass_fds=files,
                stdout=file,
                stderr=file,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )

    async def _keep(self) -> None:
        pause, clock = PAUSE / 2, asyncio.get_running_loop().time
        while self.process is not None:
            started = clock()
            code = await self.process.wait()
            pause = PAUSE if clock() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            log.warning("part ended and is started again", name=self.name, code=code, after=pause, log=str(self.log))
            await asyncio.sleep(pause)
            await self._spawn()

    async def stop(self, within_seconds: float = 8.0) -> None:
        """Ask the child to stop; insist after a while."""
        if self._keeping is not None:
            await _cancelled(self._keeping)
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), within_seconds)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that give a child process these settings."""
    said = settings.model_dump().items()
    return {f"LIANDONG_{key.upper()}": _said(value) for key, value in said if value is not None}


def _said(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


async def _cancelled(task: asyncio.Task[None]) -> None:
    """Cancel ``task`` and return when it has ended, so that it starts no process any more."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task


@asynccontextmanager
async def everything(settings: Settings, server: PrefectServer | None = None) -> AsyncIterator[dict[str, Part]]:
    """Run all parts and Prefect's server; on leaving, stop the parts, and the server last.

    Raises:
        NotStarted: something did not start; the sentence names its log.

    """
    await prepared(settings)
    _ = settings.secret_key  # made before any part needs it
    server = server or PrefectServer(settings, settings.home / "logs" / "prefect-server.log")
    parts = {name: Part(name, settings) for name in PARTS if _wanted(name, settings)} | _more_senders(settings)
    starting = asyncio.create_task(_start_server(settings, server))
    keeping = asyncio.create_task(_keep(server, starting))
    try:
        for part in parts.values():
            if part.name != "worker":
                await part.start()
        try:
            await answering(f"{settings.portal_here}/healthz", parts["portal"].log)
            await asyncio.shield(starting)
        except RuntimeError as error:
            raise NotStarted("启动失败。", str(error)) from error
        await parts["worker"].start()
        yield parts
    finally:
        await _cancelled(starting)
        await _cancelled(keeping)
        await asyncio.gather(*(part.stop() for part in parts.values()))
        await server.stop()


def _more_senders(settings: Settings) -> dict[str, Part]:
    """Return the senders beside the first, each with its figures on a port of its own."""
    port, found = settings.sender_metrics_port, {}
    for number in range(2, settings.senders + 1):
        own = settings.model_copy(update={"sender_metrics_port": port and port + number - 1})
        found[_numbered("sender", number)] = Part("sender", own, number)
    return found


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _wanted(part: str, settings: Settings) -> bool:
    """Tell whether the settings ask for a part that not every installation has."""
    return {"mailbox": settings.practice_mailbox, "imap": bool(settings.imap_host)}.get(part, True)


async def _start_server(settings: Settings, server: PrefectServer) -> None:
    """Start Prefect's server, unless the settings name another."""
    if not settings.prefect_api_url:
        await server.start()


async def _keep(server: PrefectServer, starting: asyncio.Task[None]) -> None:
    """Start Prefect's server again whenever it ends, once it has started for the first time."""
    await asyncio.wait({starting})
    while server.process is not None:
        code = await server.process.wait()
        log.warning("part ended and is started again", name="prefect-server", code=code, log=str(server.log))
        await asyncio.sleep(PAUSE)
        try:
            await server.start()
        except RuntimeError as error:
            log.warning("part did not start", name="prefect-server", why=str(error))


async def answering(url: str, log_file: Path, seconds: float = 60.0) -> None:
    """Return when ``url`` answers.

    Raises:
        RuntimeError: it did not answer in time; the message names the log.

    """
    async with httpx.AsyncClient() as client:
        for _ in range(int(seconds * 5)):
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)
    raise RuntimeError(f"{url} does not answer; see {log_file}")


def up() -> None:
    """启动 Start everything on this machine; Ctrl-C stops it."""
    settings = configured()
    set_up_logs("up")
    if taken := taken_ports(settings):
        complain("\n".join(f"{finding.what}: {finding.zh}\n  {finding.en}" for finding in taken))
    run(until_interrupted(_up(settings)))


async def _up(settings: Settings) -> None:
    console.print("正在启动 Starting ...")
    async with everything(settings):
        for line in addresses(settings):
            console.print(line, soft_wrap=True)
        console.print("按 Ctrl-C 停止 Ctrl-C stops it.")
        await asyncio.get_running_loop().create_future()  # until interrupted


def addresses(settings: Settings) -> list[str]:
    """Return where to look, a line each."""
    where = {"网页 Portal": settings.portal_url, "Prefect": settings.prefect_api.removesuffix("/api")}
    if settings.practice_mailbox:
        where["练习邮箱 Practice mail"] = f"http://{settings.host}:{settings.mailbox_port}"
    where["数据 Data"] = str(settings.home)
    widest = max(cell_len(what) for what in where)
    return [f"{what}{' ' * (widest - cell_len(what))}  {address}" for what, address in where.items()]
