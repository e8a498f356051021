"""What the worker makes of runs, of other workers, and of its surroundings."""

import logging
import os
import socket
import subprocess
import sys

import pytest
from prefect import states
from prefect.client.schemas.objects import State

from flows import deploy, orphans, server
from flows.quiet import quiet
from flows.runs import Answer, condition
from models.settings import Settings


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (None, Answer.BUSY),
        (states.Scheduled(), Answer.BUSY),
        (states.Pending(), Answer.BUSY),
        (states.Running(), Answer.BUSY),
        (states.Paused(), Answer.BUSY),
        (states.Cancelling(), Answer.BUSY),
        (states.Failed(), Answer.FAILED),
        (states.Cancelled(), Answer.GONE),
        (states.Crashed(), Answer.FAILED),
        (states.Completed(), Answer.GONE),
    ],
)
def test_a_run_that_ended_is_gone_one_that_failed_is_tried_again_and_any_other_waits(
    state: State | None, answer: Answer
) -> None:
    assert condition(state) is answer


def test_a_worker_is_dead_when_its_process_is_gone() -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    assert orphans.is_dead(_worker(int(ended.stdout)), orphans.worker_name())


def test_a_worker_is_dead_when_this_process_got_its_id() -> None:
    assert orphans.is_dead(_worker(os.getpid(), birth="0000"), _worker(os.getpid(), birth="ffff"))


@pytest.mark.parametrize("worker", ["", "ProcessWorker 1234", "liandong@host", "liandong@elsewhere-999999-9f3c"])
def test_of_other_machines_and_other_workers_nobody_says_that_they_are_dead(worker: str) -> None:
    assert not orphans.is_dead(worker, orphans.worker_name())


def test_a_worker_that_lives_is_not_dead() -> None:
    assert not orphans.is_dead(orphans.worker_name(), orphans.worker_name())
    assert not orphans.is_dead(_worker(os.getppid()), orphans.worker_name())


def test_a_machines_name_may_have_hyphens() -> None:
    assert not orphans.is_dead("liandong@a-b-999999-9f3c", "liandong@a-1-9f3c")


def _worker(pid: int, birth: str = "9f3c") -> str:
    return f"liandong@{socket.gethostname()}-{pid}-{birth}"


def test_prefects_lines_about_each_pass_stay_out_of_a_runs_log(caplog: pytest.LogCaptureFixture) -> None:
    quiet()
    log = logging.getLogger("prefect.flow_runs")
    for line in ("Finished in state Suspended(...)", "Beginning flow run 'x'", "Finished in state Failed('x')"):
        kept = log.filter(logging.LogRecord("prefect.flow_runs", logging.ERROR, "", 0, line, None, None))
        assert bool(kept) is (line == "Finished in state Failed('x')"), line


def test_the_run_form_offers_the_application_without_the_choice_of_null() -> None:
    fields = deploy.form_schema()["properties"]
    assert set(fields) == {"application_id", "application"}
    assert fields["application_id"]["type"] == "string"
    assert fields["application"]["$ref"].endswith("/ApplicationForm")
    assert not any("anyOf" in field or "default" in field for field in fields.values())


def test_every_kind_of_work_pool_in_the_settings_is_known() -> None:
    assert set(deploy.POOLS) == {Settings(work_pool_type=kind).work_pool_type for kind in deploy.POOLS}


def test_prefect_neither_calls_home_nor_leaves_the_machine() -> None:
    settings = Settings()
    said = server.environment(settings)
    assert said["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false" and said["DO_NOT_TRACK"] == "1"
    assert said["PREFECT_API_URL"].startswith("http://127.0.0.1:")
    assert said["PREFECT_HOME"].startswith(str(settings.home))


def test_prefects_database_is_its_own_file_unless_the_settings_name_one() -> None:
    key = "PREFECT_API_DATABASE_CONNECTION_URL"
    assert key not in server.server_environment(Settings())
    url = "postgresql+asyncpg://prefect@db.example/prefect"
    assert server.server_environment(Settings(prefect_database_url=url))[key] == url
