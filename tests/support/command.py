"""`liandong` as tests run it: in a process with settings of its own; its exit code, and what it says."""

import io
import multiprocessing
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import typer

from tests.support.postgres import free_ports

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
PORTS = "PORTAL_PORT SMTP_PORT RECEIVER_PORT MAILBOX_PORT PREFECT_PORT SENDER_BELL WORKER_BELL"
# Pytest's readline sets them for every child, behind Python's back; Rich would keep to them for good.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)
#: Starts processes that have imported the command already: that is most of a command's time.
READY = multiprocessing.get_context("forkserver")
READY.set_forkserver_preload([__name__, "cli.main"])


@dataclass
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    error: str


class Command:
    """`liandong` in a data folder of its own, on ports of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        names = [f"LIANDONG_{name}" for name in PORTS.split()]
        ports = map(str, free_ports(len(names)))
        self.env = {"LIANDONG_HOME": str(home), "COLUMNS": "120"} | dict(zip(names, ports, strict=True))

    def __call__(self, *words: str | Path, **settings: str) -> Said:
        """Run one command as a user's shell does."""
        program = [sys.executable, "-m", "cli.main", *words]
        env = os.environ | self.env | settings
        done = subprocess.run(program, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def each(self, *commands: list[str | Path]) -> list[Said]:
        """Run one command after the other in one process of their own."""
        words = [[str(word) for word in command] for command in commands]
        with ProcessPoolExecutor(1, READY) as process:
            return process.submit(run_each, os.environ | self.env, words).result(timeout=60)

    def port(self, name: str) -> int:
        return int(self.env[f"LIANDONG_{name}"])

    def sqlite(self) -> sqlite3.Connection:
        return sqlite3.connect(self.home / "liandong.db")


def run_each(env: dict[str, str], commands: list[list[str]]) -> list[Said]:
    """Run ``commands`` in this process."""
    from cli.main import app

    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    return [_run(app, words) for words in commands]


def _run(app: typer.Typer, words: list[str]) -> Said:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as error:
        try:
            app(words)
        except SystemExit as end:
            return Said(int(end.code or 0), out.getvalue(), error.getvalue())
    raise AssertionError("a command ends with its exit code")
