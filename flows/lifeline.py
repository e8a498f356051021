"""The lifeline: a pipe whose other end the starting process holds; when that process dies, however, the pipe ends.

Whoever starts a part gives it ``passed()``; the part calls ``hold()``, and ends soon after its parent, with whatever it
has started itself. Nothing is written. Of the standard library alone: Prefect's server holds one too.
"""

import contextlib
import os
import signal
import threading
import time
from functools import cache

VARIABLE = "LIANDONG_LIFELINE"
#: Seconds in which a part ends by itself.
GRACE = 8.0


@cache
def _ends() -> tuple[int, int]:
    """Return both ends of this process's pipe; the one for writing stays with it and is never closed."""
    return os.pipe()


def passed() -> tuple[tuple[int], dict[str, str]]:
    """Return what a child is given: the file descriptors to pass on, and the variable that says so."""
    reading, _ = _ends()
    return (reading,), {VARIABLE: str(reading)}


def hold() -> None:
    """End this process when the one that started it has died; nothing happens where it gave no lifeline."""
    given = os.environ.pop(VARIABLE, "")  # what this process starts has none of it
    if not given.isdigit():
        return
    os.set_inheritable(int(given), False)
    threading.Thread(target=_watch, args=(int(given),), name="lifeline", daemon=True).start()


def _watch(reading: int) -> None:
    os.read(reading, 1)  # returns at the end of the pipe
    _end(signal.SIGTERM)
    time.sleep(GRACE)
    _end(signal.SIGKILL)


def _end(number: signal.Signals) -> None:
    """Signal this process, and those that it has started where it leads them."""
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if os.getpgrp() == os.getpid() else os.kill)(os.getpid(), number)
