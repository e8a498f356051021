"""`liandong up`: every part as a child process on this machine; a part that ends is started again."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import structlog

from approvals import migrate
from cli.logs import set_up_logs
from cli.run import console, run, until_stopped
from flows.server import PrefectServer
from models.settings import Settings

log = structlog.get_logger(__name__)

#: The parts in the order in which they start; the worker comes last, when Prefect answers.
PARTS = ("mailbox", "sender", "receiver", "portal", "worker")
#: A part that ended is started again after this many seconds; twice as many after each quick end, up to ...
PAUSE, LONGEST_PAUSE = 1.0, 30.0
#: A part that ran this long did not end quickly.
STEADY_SECONDS = 60.0


class Part:
    """One child process: started, restarted when it ends, stopped by its own pid."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.log = settings.home / "logs" / f"{name}.log"
        self._env = os.environ | environment(settings)
        self.process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the child and keep it running."""
        await self._spawn()
        self._keeping = asyncio.create_task(self._keep())

    async def _spawn(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as file:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "cli.main",
                self.name,
                env=self._env,
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
            self._keeping.cancel()
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
    return {f"LIANDONG_{key.upper()}": str(value) for key, value in settings.model_dump().items()}


@asynccontextmanager
async def everything(settings: Settings, server: PrefectServer | None = None) -> AsyncIterator[dict[str, Part]]:
    """Run all parts and Prefect's server; on leaving, stop the parts, and the server last."""
    await migrate.migrate(settings)
    _ = settings.secret_key  # made before any part needs it
    server = server or PrefectServer(settings, settings.home / "logs" / "prefect-server.log")
    parts = {name: Part(name, settings) for name in PARTS if name != "mailbox" or settings.practice_mailbox}
    try:
        starting = asyncio.create_task(server.start())
        for part in parts.values():
            if part.name != "worker":
                await part.start()
        await answering(f"{settings.portal_url}/healthz", parts["portal"].log)
        await starting
        keeping = asyncio.create_task(_keep(server))
        await parts["worker"].start()
        try:
            yield parts
        finally:
            keeping.cancel()
    finally:
        await asyncio.gather(*(part.stop() for part in parts.values()))
        await server.stop()


async def _keep(server: PrefectServer) -> None:
    """Start Prefect's server again whenever it ends."""
    while server.process is not None:
        code = await server.process.wait()
        log.warning("part ended and is started again", name="prefect-server", code=code, log=str(server.log))
        await asyncio.sleep(PAUSE)
        await server.start()


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
    """启动 Start everything for daily use on this machine; Ctrl-C stops it."""
    set_up_logs("up")
    run(_up(Settings()))


async def _up(settings: Settings) -> None:
    async def work(stop: asyncio.Event) -> None:
        async with everything(settings):
            for line in addresses(settings):
                console.print(line, highlight=False)
            await stop.wait()
            console.print("正在停止 Stopping ...")

    await until_stopped(work)


def addresses(settings: Settings) -> list[str]:
    """Return where to look, a line each."""
    lines = [
        f"网页 Portal            {settings.portal_url}",
        f"Prefect              {settings.prefect_api.removesuffix('/api')}",
    ]
    if settings.practice_mailbox:
        lines.append(f"练习邮箱 Practice mail  http://{settings.host}:{settings.mailbox_port}")
    return [*lines, f"数据 Data              {settings.home}"]
