"""Prefect's own server as a child process: quiet, offline, on this machine only."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path
from time import monotonic

import httpx

from flows import lifeline
from models.settings import Settings

#: What keeps Prefect from calling out of the house, and from noise on the page.
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT2M",  # not an hour of sweeps ahead
    "PREFECT_LOGGING_TO_API_ENABLED": "true",
}
PROGRAM = Path(__file__).with_name("prefect_server.py")
#: Fifths of a second that a leftover server has to end.
LEFTOVER_TRIES = 50


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that every process talking to this installation's Prefect needs."""
    return QUIET | {
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_API_URL": settings.prefect_api,
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",  # a worker may start before the server
    }


def server_environment(settings: Settings) -> dict[str, str]:
    """Return the further variables of the server itself."""
    ui = {"PREFECT_UI_API_URL": settings.prefect_api}
    if not settings.prefect_database_url:
        return ui
    return ui | {"PREFECT_API_DATABASE_CONNECTION_URL": settings.prefect_database_url}


class PrefectServer:
    """``prefect server start`` as a child: started, waited for, stopped by its own process id."""

    def __init__(self, settings: Settings, log: Path | None = None) -> None:
        self.settings = settings
        self.log = log or settings.home / "prefect-server.log"
        self.process: Process | None = None

    async def start(self, within_seconds: float = 90.0) -> None:
        """Start the server and return when it answers.

        Raises:
            RuntimeError: it ended or did not answer in time; the log's path is in the message.

        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        await self._end_leftover()
        files, variables = lifeline.passed()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._command(),
                env=self._env(os.environ) | variables,
                pass_fds=files,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self.process.pid))
        await self._until_healthy(monotonic() + within_seconds)

    async def stop(self, within_seconds: float = 10.0) -> None:
        """Ask the server to end; insist after ``within_seconds``."""
        if self.process is None or self.process.returncode is not None:
            return
        _signal_group(self.process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), within_seconds)
        except TimeoutError:
            _signal_group(self.process.pid, signal.SIGKILL)
            await self.process.wait()
        self._pid_file.unlink(missing_ok=True)

    async def _end_leftover(self) -> None:
        """End the server of a parent that was killed before it could stop it; it would keep the port."""
        pid = _server_in(self._pid_file)
        if pid is None:
            return
        _signal_group(pid, signal.SIGTERM)
        for _ in range(LEFTOVER_TRIES):
            await asyncio.sleep(0.2)
            if _server_in(self._pid_file) is None:
                return
        _signal_group(pid, signal.SIGKILL)

    @property
    def _pid_file(self) -> Path:
        return self.settings.home / "prefect-server.pid"

    def _command(self) -> list[str]:
        address = ["--host", self.settings.host, "--port", str(self.settings.prefect_port)]
        # -P: the rooms' own modules must not come before Prefect's and Python's
        return [sys.executable, "-P", str(PROGRAM), "server", "start", *address]

    def _env(self, base: Mapping[str, str]) -> dict[str, str]:
        return dict(base) | environment(self.settings) | server_environment(self.settings)

    async def _until_healthy(self, deadline: float) -> None:
        while monotonic() < deadline:
            if self.process is not None and self.process.returncode is not None:
                raise RuntimeError(f"The Prefect server ended at start; see {self.log}.")
            if await healthy(self.settings):
                return
            await asyncio.sleep(0.25)
        raise RuntimeError(f"The Prefect server did not answer in time; see {self.log}.")


async def healthy(settings: Settings) -> bool:
    """Return whether Prefect's API answers."""
    async with httpx.AsyncClient(timeout=2.0) as client:
        try:
            answer = await client.get(f"{settings.prefect_api}/health")
        except httpx.HTTPError:
            return False
    return answer.status_code == httpx.codes.OK


def _server_in(pid_file: Path) -> int | None:
    """Return the process id in ``pid_file`` if that process still is a Prefect server."""
    try:
        pid = int(pid_file.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"\0server\0start\0" in command else None


def _signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the group that ``start_new_session`` made, so that no grandchild stays behind."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
