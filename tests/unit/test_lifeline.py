"""A process that holds a lifeline ends when the one that started it is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PART = """
import subprocess, sys, time
from flows.lifeline import hold
hold()
own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(own.pid, flush=True)
time.sleep(60)
"""
PARENT = f"""
import os, subprocess, sys
from flows import lifeline
files, variables = lifeline.passed()
part = subprocess.Popen(
    [sys.executable, "-c", {PART!r}], env=os.environ | variables, pass_fds=files, start_new_session=True
)
print(part.pid, flush=True)
part.wait()
"""


def is_there(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes as Linux shows them")
def test_a_part_and_what_it_started_end_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pids = [int(parent.stdout.readline()) for _ in range(2)]  # the part, and what it has started
        try:
            assert all(map(is_there, pids))
            parent.kill()
            until = time.monotonic() + 10
            while any(map(is_there, pids)) and time.monotonic() < until:
                time.sleep(0.05)
            assert not any(map(is_there, pids))
        finally:
            for pid in filter(is_there, pids):
                os.kill(pid, signal.SIGKILL)
