"""A program that draws a screen, in a pseudo-terminal: what it shows is waited for, and keys are pressed."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 20
#: What moves the cursor and colours letters (ECMA-48), which is nothing that somebody reads.
_CONTROL = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z@]|[()][A-Z0-9]|[=>78])")


class Terminal:
    """The screen and the keyboard of one program."""

    def __init__(self, process: "subprocess.Popen[bytes]", screen: int) -> None:
        self._process, self._screen, self._shown = process, screen, b""

    def shows(self, *words: str) -> str:
        """Wait until one of ``words`` was shown since the last key, and return which.

        Raises:
            RuntimeError: it was not shown, or the program ended; the message has what was.

        """
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            text = _CONTROL.sub("", self._shown.decode("utf-8", "replace"))
            for word in words:
                if word in text:
                    return word
            self._read(0.1)
        raise RuntimeError(f"never showed {words}:\n{_CONTROL.sub('', self._shown.decode('utf-8', 'replace'))[-3000:]}")

    def press(self, keys: str) -> None:
        """Press keys; what was shown before is forgotten."""
        self._read(0)
        self._shown = b""
        os.write(self._screen, keys.encode())

    def end(self) -> None:
        """Wait until the program has ended by itself.

        Raises:
            RuntimeError: it did not.

        """
        end = time.monotonic() + SECONDS
        while self._process.poll() is None:
            if time.monotonic() > end:
                raise RuntimeError(f"did not end:\n{self._shown[-3000:].decode(errors='replace')}")
            self._read(0.1)

    def _read(self, seconds: float) -> None:
        if select.select([self._screen], [], [], seconds)[0]:
            try:
                self._shown += os.read(self._screen, 65_536)
            except OSError:  # the program has closed its side
                time.sleep(0.05)


@contextmanager
def terminal(words: list[str], home: Path) -> Iterator[Terminal]:
    """Run a program until it ends, or the block does."""
    env = {"HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    env |= {"LINES": "50", "COLUMNS": "120"}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        words, cwd=home, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(ours)
