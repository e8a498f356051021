"""Two workers on one PostgreSQL: each stage is shown once, and both have work."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.robots import Habit, Robots
from cli.up import Part
from flows.orphans import TAKEN_BY
from models.settings import Settings
from tests.acceptance.test_the_chain import settings_for, small_consortium
from tests.support.installation import Installation, installation, logs
from tests.support.postgres import PostgresServer, free_port

pytestmark = pytest.mark.acceptance


async def test_two_workers_on_postgresql_show_each_stage_once(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> None:
    url = postgres_server.create("prefect").replace("postgresql://", "postgresql+asyncpg://")
    settings = settings_for(tmp_path_factory.mktemp("two"), prefect_database_url=url, look_every_seconds=0.1)
    async with installation(settings) as here, _second_worker(settings), _robots(settings):
        numbers = [(await here.submit(small_consortium(f"两个进程 {n}"))).number for n in range(5)]
        workers: Counter[str] = Counter()
        for number in numbers:
            run = await here.run_in_state(number, "COMPLETED")
            assert run["state"]["name"] == "已核定 Awarded"
            steps = [step["name"] for step in await here.steps_of(run)]
            assert len(steps) == len(set(steps)) == 8
            histories = await _histories(here, number)
            assert len(histories) == 1, f"{histories}\n{logs(settings)}"
            workers.update(await _taken_by(here, run))
        assert len(workers) == 2, workers


async def _histories(here: Installation, number: str) -> list[list[str]]:
    """Return the states of each run of the application, the latest last."""
    runs = await here.ask_prefect("POST", "/flow_runs/filter", flow_runs={"name": {"like_": number}})
    found = [await here.ask_prefect("GET", f"/flow_run_states/?flow_run_id={run['id']}") for run in runs]
    return [[_said(s) for s in sorted(states, key=lambda s: str(s["timestamp"]))] for states in found]


def _said(state: dict[str, Any]) -> str:
    return f"{state['timestamp']} {state['name']}: {state['message']}"


async def _taken_by(here: Installation, run: dict[str, Any]) -> list[str]:
    states = await here.ask_prefect("GET", f"/flow_run_states/?flow_run_id={run['id']}")
    return [state["message"] for state in states if (state["message"] or "").startswith(TAKEN_BY)]


@asynccontextmanager
async def _second_worker(settings: Settings) -> AsyncIterator[Part]:
    part = Part("worker", settings.model_copy(update={"worker_bell": free_port()}))
    part.log = Path(settings.home / "logs" / "worker-2.log")
    await part.start()
    try:
        yield part
    finally:
        await part.stop()


@asynccontextmanager
async def _robots(settings: Settings) -> AsyncIterator[None]:
    working = asyncio.create_task(Robots(settings, lambda _: Habit.REPLY, 0.2).work())
    try:
        yield
    finally:
        working.cancel()
