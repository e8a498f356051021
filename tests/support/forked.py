"""Parts in processes of their own that are there at once: a process that has imported everything forks them.

``with Nursery() as nursery`` starts it; ``nursery.start(settings, stop_at)`` gives one more process that reads a
mailbox by IMAP, and ``kill`` ends it as the machine would. What a part is to stop at, for ever, is a step of
``STEPS``; whoever waits for that calls ``until_at``.
"""

import asyncio
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cli.up import environment
from models.settings import Settings

ROOT = Path(__file__).parents[2]
#: Seconds within which a process is there, or is where it is to stop.
PATIENCE = 60.0
#: Where a part may be told to stand still: a method, by its module and class.
STEPS = {
    "judge": ("notifications.judging.judge", "Judge", "judge"),
    "flag": ("imapclient", "IMAPClient", "add_flags"),
    "move": ("imapclient", "IMAPClient", "move"),
}


class Forked:
    """One process with a part in it."""

    def __init__(self, pid: int, nursery: "Nursery") -> None:
        self.pid, self._nursery, self._alive = pid, nursery, True

    async def until_at(self, *steps: str) -> None:
        """Return when the part stands at each of ``steps``."""
        said = {await asyncio.to_thread(self._nursery.hear) for _ in steps}
        assert said == {f"{self.pid} {step}" for step in steps}

    def kill(self) -> None:
        """End it as nothing can be refused (-9), and wait until it has gone."""
        if self._alive:
            self._alive = False
            os.kill(self.pid, signal.SIGKILL)
            self._nursery.say({"gone": self.pid})
            while self._nursery.hear() != f"{self.pid} gone":
                pass  # a step that nobody waited for


class Nursery:
    """The process that forks them."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forked"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        assert self.hear() == "ready"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # it ends what it forked, and itself
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    @contextlib.asynccontextmanager
    async def start(self, settings: Settings, *stop_at: str) -> AsyncIterator[Forked]:
        """Run the part that reads the mailbox until the block ends, killed at the latest then."""
        self.say({"settings": environment(settings), "stop_at": stop_at})
        part = Forked(int(await asyncio.to_thread(self.hear)), self)
        try:
            yield part
        finally:
            part.kill()

    def say(self, what: dict[str, Any]) -> None:
        """Tell the process something, as a line of JSON."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    def hear(self) -> str:
        """Return the next line that it or a part of it says."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            assert ready.select(PATIENCE), "it says nothing"
        return self._process.stdout.readline().decode().strip()


def _say(*words: object) -> None:
    os.write(OUT, " ".join(map(str, words)).encode() + b"\n")


def _main() -> None:

    children: set[int] = set()
    _say("ready")
    for line in iter(sys.stdin.readline, ""):
        said = json.loads(line)
        if gone := said.get("gone"):
            os.waitpid(gone, 0)
            children.discard(gone)
            _say(gone, "gone")
            continue
        pid = os.fork()
        if pid == 0:
            _part(said["settings"], said["stop_at"])
        children.add(pid)
        _say(pid)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _part(variables: dict[str, str], stop_at: list[str]) -> None:
    """Be the part, and never come back."""
    from approvals.database import Database
    from notifications.receiving.imap import Mailbox
    from tests.support.clock import Clock

    os.environ.update(variables)
    for step in stop_at:
        _stand_still_at(step)

    async def run() -> None:
        settings = Settings()
        await Mailbox(settings, Database(settings), clock=Clock()).run(asyncio.Event())

    try:
        asyncio.run(run())
    finally:
        os._exit(1)


def _stand_still_at(step: str) -> None:
    module, name, method = STEPS[step]
    owner = getattr(sys.modules[module], name)

    def stand_still(*_: object, **__: object) -> None:
        _say(os.getpid(), step)
        time.sleep(PATIENCE * 10)

    async def awaited(*_: object) -> None:
        _say(os.getpid(), step)
        await asyncio.Event().wait()

    setattr(owner, method, awaited if asyncio.iscoroutinefunction(getattr(owner, method)) else stand_still)


if __name__ == "__main__":
    OUT = os.dup(1)
    os.dup2(2, 1)  # where the part's own log goes
    _main()
