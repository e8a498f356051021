"""`liandong demo` and `liandong up` as a user starts and stops them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import free_ports

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
NAMES = "PORTAL_PORT SMTP_PORT RECEIVER_PORT MAILBOX_PORT PREFECT_PORT SENDER_BELL WORKER_BELL"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    names = [f"LIANDONG_{name}" for name in NAMES.split()]
    ports = map(str, free_ports(len(names)))
    home = {"LIANDONG_HOME": str(tmp_path / "home"), "HOME": str(tmp_path / "user"), "COLUMNS": "120"}
    return dict(os.environ) | home | dict(zip(names, ports, strict=True))


@pytest.fixture(autouse=True)
def _nothing_stays_behind(tmp_path: Path) -> Iterator[None]:
    yield
    left = running_in(tmp_path)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left, "processes were left behind"


def running_in(home: Path) -> list[int]:
    """Return the processes that were started with a data folder under ``home``."""
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _home_of(p).startswith(str(home))]


def _home_of(process: Path) -> str:
    try:
        lines = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    return next((line[14:].decode() for line in lines if line.startswith(b"LIANDONG_HOME=")), "")


def started(env: dict[str, str], out: Path, *words: str) -> subprocess.Popen[bytes]:
    with out.open("wb") as file:
        program = [sys.executable, "-m", "cli.main", *words]
        return subprocess.Popen(program, cwd=ROOT, env=env, stdout=file, stderr=file, start_new_session=True)


def until(out: Path, words: str, seconds: float = 90) -> None:
    """Wait until the command has said ``words``."""
    end = time.monotonic() + seconds
    while words not in out.read_text():
        assert time.monotonic() < end, out.read_text()
        time.sleep(0.1)


def test_the_demo_ends_by_itself_with_every_application_as_it_should(tmp_path: Path, env: dict[str, str]) -> None:
    # What daily use is set up with does not reach the demo: nothing would answer at these addresses.
    daily = {"LIANDONG_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "LIANDONG_SMTP_HOST": "192.0.2.1"}
    program = [sys.executable, "-m", "cli.main", "demo", "--once"]
    done = subprocess.run(program, cwd=ROOT, env=env | daily, capture_output=True, text=True, timeout=120)
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert "Traceback" not in done.stderr
    assert "Every application ended as it should" in said
    for number in ("ZJAI19-2026-00001", "ZJAI19-2026-00002", "ZJAI19-2026-00003"):
        trace = said.split(f"{number} ─")[1].lstrip("─").split("──")[0]
        decided = re.findall(r"^\d{4}-\d\d-\d\d .*: \S+ 同意（(\S+) \S+）$", trace, re.M)
        assert len(decided) == 6, trace
        assert set(decided) == ({"回信"} if number.endswith("2") else {"链接"})
        assert "已核定 Awarded: " in trace
        assert "COMPLETED" in trace
        assert "verified" in trace
    assert "over the limit of 10,000,000 yuan" in said
    assert not running_in(tmp_path)
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["demo"]
    assert (tmp_path / "home" / "demo" / "liandong.db").exists()


def test_everything_comes_up_the_doctor_is_content_and_one_signal_stops_it(tmp_path: Path, env: dict[str, str]) -> None:
    out = tmp_path / "up.out"
    up = started(env, out, "up")
    until(out, "Ctrl-C stops it")
    program = [sys.executable, "-m", "cli.main"]
    imported = [*program, "directory", "import", "samples/directory.csv"]
    subprocess.run(imported, cwd=ROOT, env=env, check=True, capture_output=True)
    looked = _content_doctor([*program, "doctor"], env)
    assert "✗" not in looked
    assert "All is well" in looked

    second = subprocess.run([*program, "up"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert "is taken by another program (or another `liandong up`)" in second.stderr
    assert json.loads(subprocess.check_output([*program, "status", "--json"], cwd=ROOT, env=env))

    assert len(running_in(tmp_path)) == 7
    os.killpg(up.pid, signal.SIGINT)  # as a terminal sends it
    assert up.wait(30) == 0
    assert not running_in(tmp_path)
    assert "Traceback" not in out.read_text()
    assert "已停止 Stopped" in out.read_text()


def test_when_up_is_killed_every_part_and_prefects_own_server_and_worker_end_by_themselves(
    tmp_path: Path, env: dict[str, str]
) -> None:
    out = tmp_path / "up.out"
    up = started(env | {"LIANDONG_WORK_POOL_TYPE": "process"}, out, "up")
    until(out, "Ctrl-C stops it")
    assert len(running_in(tmp_path)) >= 7
    up.kill()
    up.wait()
    end = time.monotonic() + 20
    while running_in(tmp_path) and time.monotonic() < end:
        time.sleep(0.2)
    assert not running_in(tmp_path)


def _content_doctor(program: list[str], env: dict[str, str]) -> str:
    """Return what the doctor says as soon as it finds nothing wrong: the worker listens a moment after its start."""
    for _ in range(20):
        looked = subprocess.run(program, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        if looked.returncode == 0:
            break
        time.sleep(0.5)
    return looked.stdout


@pytest.mark.parametrize("after", ["Starting", "Ctrl-C ends the demo"])
def test_ctrl_c_ends_the_demo_at_any_moment(tmp_path: Path, env: dict[str, str], after: str) -> None:
    out = tmp_path / "demo.out"
    demo = started(env | {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}, out, "demo")
    until(out, after)
    if after == "Starting":
        time.sleep(1)  # some parts run by now, others do not
    for _ in range(2):  # impatient people press it again
        os.killpg(demo.pid, signal.SIGINT)
        time.sleep(0.3)
    demo.wait(30)
    assert not running_in(tmp_path)
    said = out.read_text()
    assert "Traceback" not in said
    assert "已停止 Stopped" in said
    assert demo.returncode == 0
    if after != "Starting":
        assert f"http://127.0.0.1:{env['LIANDONG_MAILBOX_PORT']}/330782@zj.example" in said
