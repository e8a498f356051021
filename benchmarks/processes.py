"""Child processes of a benchmark: started here, ended here by their own pid, and what they cost."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


class Child:
    """``python -m <module> <args>`` with its output in a log, for as long as the ``async with`` block lasts."""

    def __init__(self, log: Path, *args: str | Path, env: Mapping[str, str] | None = None, talks: bool = False) -> None:
        self.log, self.args, self.talks = log, args, talks
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("LIANDONG_")} | dict(env or {})
        self.process: Process | None = None

    async def __aenter__(self) -> Self:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *map(str, self.args), cwd=ROOT, env=self.env, start_new_session=True,
                stdin=PIPE if self.talks else DEVNULL, stdout=PIPE if self.talks else log, stderr=log,
                limit=2**24,
            )  # fmt: skip
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), 8)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def check(self) -> None:
        """Raise if the child has ended by itself."""
        if self.process is None or self.process.returncode is not None:
            raise RuntimeError(f"{' '.join(map(str, self.args))} ended:\n{self.log.read_text()[-1500:]}")

    async def say(self, line: str) -> None:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()

    async def hear(self, seconds: float) -> str:
        """Return the next line that the child says."""
        assert self.process is not None and self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), seconds)
        if not line:
            raise RuntimeError(f"{' '.join(map(str, self.args))} ended:\n{self.log.read_text()[-1500:]}")
        return line.decode()


async def listening(port: int, child: Child, seconds: float = 30.0) -> None:
    """Return when somebody listens on ``port``."""
    for _ in range(int(seconds * 20)):
        child.check()
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"nobody listens on {port}:\n{child.log.read_text()[-1500:]}")


class Sink:
    """The control connection to the SMTP sink."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def count(self) -> tuple[int, float]:
        """Return how many letters came, and when the last did (seconds, monotonic)."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"count\n")
        count, last = (await reader.readline()).split()
        writer.close()
        return int(count), int(last) / 1e9

    async def has(self, count: int, seconds: float = 60.0) -> float:
        """Return when the last letter came, once there are ``count``."""
        for _ in range(int(seconds * 50)):
            come, last = await self.count()
            if come >= count:
                return last
            await asyncio.sleep(0.02)
        raise RuntimeError(f"{come} of {count} letters arrived within {seconds:.0f} s")


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of ``pid``, its living descendants, and the dead ones that it has waited for."""
    return sum(_own(one) for one in tree(pid))


def busy_seconds() -> float:
    """Return the CPU time that the whole machine has spent on anything: what others take makes figures worse."""
    user, nice, system, _, _, irq, soft = map(int, Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + irq + soft) / TICKS


def tree(root: int) -> set[int]:
    """Return ``root`` and its living descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _own(pid: int) -> float:
    fields = _stat(pid)
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/<pid>/stat`` after the name: state, parent, ..."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []
