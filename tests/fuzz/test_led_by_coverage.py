"""The fuzzer that is led by coverage starts, runs the whole corpus and some changes of it, and finds nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNS = 1_500


@pytest.mark.fuzz
def test_the_fuzzer_finds_nothing_in_its_first_runs(tmp_path: Path) -> None:
    pytest.importorskip("atheris")  # there is none for every Python and system
    run = [sys.executable, "-m", "tests.fuzz.read_with_atheris", str(tmp_path), "tests/corpus", f"-runs={RUNS}"]
    done = subprocess.run(
        [*run, "-seed=1", "-timeout=20", "-rss_limit_mb=1024", f"-artifact_prefix={tmp_path}/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    assert f"Done {RUNS} runs" in done.stderr
