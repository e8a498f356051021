"""Kill -9 in the middle of it: nothing is lost, nothing is decided twice, every application ends."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from cli.robots import Habit, Robots
from models.states import ApplicationState
from tests.acceptance.test_the_chain import settings_for, small_consortium
from tests.support.installation import Installation, installation, until
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.acceptance

#: Who is killed, in this order, while the applications are on their way.
VICTIMS = ("worker", "sender", "portal", "receiver", "prefect", "worker", "sender")


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
async def test_an_application_ends_though_every_part_is_killed_on_the_way(
    tmp_path: Path, backend: str, postgres_server: PostgresServer
) -> None:
    url = postgres_server.create("crashes") if backend == "postgresql" else ""
    settings = settings_for(tmp_path / "home", database_url=url, stuck_seconds=5)
    async with installation(settings) as here:
        numbers = [(await here.submit(small_consortium(f"断电 {n}"))).number for n in range(6)]
        by_link = set(numbers[:3])
        robots = Robots(
            settings, lambda subject: Habit.LINK if any(n in subject for n in by_link) else Habit.REPLY, 0.3, tries=200
        )
        working = asyncio.create_task(robots.work())
        try:
            for victim in VICTIMS:
                await asyncio.sleep(1.2)
                _kill(here, victim)
            await until(lambda: _all_awarded(here, numbers, working), "every application is awarded", seconds=240)
            for number in numbers:
                await _ended_well(here, number)
        except AssertionError:
            print(await here.report(numbers))
            raise
        finally:
            working.cancel()


def _kill(here: Installation, victim: str) -> None:
    process = here.server.process if victim == "prefect" else here.parts[victim].process
    if process is not None and process.returncode is None:
        os.kill(process.pid, signal.SIGKILL)


async def _all_awarded(here: Installation, numbers: list[str], working: asyncio.Task[None]) -> bool | None:
    if working.done():
        working.result()  # why the robots stopped
    standings = [await here.standing(number) for number in numbers]
    return True if all(s.state is ApplicationState.AWARDED for s in standings) else None


async def _ended_well(here: Installation, number: str) -> None:
    run = await here.run_in_state(number, "COMPLETED")
    assert run["state"]["name"] == "已核定 Awarded"
    standing = await here.standing(number)
    assert [len(stage.tasks) for stage in standing.stages] == [1, 1, 1, 2, 1]
    assert all(task.outcome is not None for stage in standing.stages for task in stage.tasks)
    names = [step["name"] for step in await here.steps_of(run)]
    assert len(names) == len(set(names)), names
    await here.verify(number)
