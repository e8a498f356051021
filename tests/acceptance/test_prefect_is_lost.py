"""Prefect's runs deleted, its database lost, the stock process pool: each stage is shown once."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from flows.server import healthy
from models.settings import Settings
from tests.acceptance.test_the_chain import CITY, COUNTY, KJT, settings_for, small_consortium
from tests.support.installation import Installation, installation, logs, until

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="module")]

UNTIL_COUNTY = ["0 受理核对 Intake", "1 县级推荐"]
UNTIL_CITY = [*UNTIL_COUNTY, "2 市级推荐"]
UNTIL_KJT = [*UNTIL_CITY, "3 "]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    async with installation(settings_for(tmp_path_factory.mktemp("lost"))) as made:
        yield made


async def test_a_run_deleted_in_prefect_is_made_again(here: Installation) -> None:
    number, run = await _at_the_city(here, "运行被删")
    await here.ask_prefect("DELETE", f"/flow_runs/{run['id']}")
    new = await here.run_in_state(number, "PAUSED", not_=run["id"])
    await _shows_once(here, new, UNTIL_CITY)
    await here.reply(await here.letter(CITY, number, "/d/"), "同意")
    await here.letter(KJT, number, "/d/")
    await _shows(here, number, UNTIL_KJT)


async def test_when_prefects_database_is_lost_every_live_run_is_made_again(here: Installation) -> None:
    fresh = (await here.submit(small_consortium("尚在县级"))).number
    before = {fresh: await here.run_in_state(fresh, "PAUSED")}
    under_way, before_city = await _at_the_city(here, "已到市级")
    before[under_way] = before_city
    worker = here.parts["worker"].process

    await _lose_prefects_database(here)

    for number, names in {fresh: UNTIL_COUNTY, under_way: UNTIL_CITY}.items():
        new = await here.run_in_state(number, "PAUSED", not_=before[number]["id"])
        await _shows_once(here, new, names)
    await here.reply(await here.letter(COUNTY, fresh, "/d/"), "同意")
    await here.letter(CITY, fresh, "/d/")
    await _shows(here, fresh, UNTIL_CITY)
    assert here.parts["worker"].process is worker, "the worker went on running"
    for number in before:
        await here.verify(number)


async def test_the_stock_process_pool_shows_each_stage_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PREFECT_WORKER_QUERY_SECONDS", "1")
        settings = settings_for(tmp_path_factory.mktemp("process"), work_pool_type="process")
        settings = settings.model_copy(update={"sweep_seconds": 600.0})  # each sweep is a process here
        async with installation(settings) as here:
            number, run = await _at_the_city(here, "进程池")
            await here.reply(await here.letter(CITY, number, "/d/"), "同意")
            await here.letter(KJT, number, "/d/")
            await _shows(here, number, UNTIL_KJT)
            assert (await here.run_of(number))["id"] == run["id"]
            assert run["work_pool_name"] == "liandong-process"


async def _at_the_city(here: Installation, title: str) -> tuple[str, dict[str, Any]]:
    """Submit an application, approve as its county, and return its number and its run at the city."""
    number = (await here.submit(small_consortium(title))).number
    await here.reply(await here.letter(COUNTY, number, "/d/"), "同意")
    await here.letter(CITY, number, "/d/")
    return number, await _shows(here, number, UNTIL_CITY)


async def _shows(here: Installation, number: str, names: list[str]) -> dict[str, Any]:
    """Wait until the application's run is suspended, assert what it shows, and return it."""
    try:
        run = await here.run_in_state(number, "PAUSED")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{logs(here.settings)}") from error
    await _shows_once(here, run, names)
    return run


async def _shows_once(here: Installation, run: dict[str, Any], names: list[str]) -> None:
    """Assert that the page of ``run`` has one step for each start of a name, and no others."""

    async def there() -> list[str] | None:  # the server folds events into rows in its own time
        shown = await _names(here, run)
        return shown if len(shown) >= len(names) else None

    shown = sorted(await until(there, f"steps {names}", 60))
    assert len(shown) == len(names), shown
    assert all(step.startswith(name) for step, name in zip(shown, names, strict=True)), shown


async def _names(here: Installation, run: dict[str, Any]) -> list[str]:
    return [step["name"] for step in await here.steps_of(run)]


async def _lose_prefects_database(here: Installation) -> None:
    """Stop the server, remove its database; `liandong up` starts it again."""
    server = here.server.process
    assert server is not None
    os.killpg(server.pid, signal.SIGKILL)
    await server.wait()
    lost = list((here.settings.home / "prefect").glob("prefect.db*"))
    assert lost
    for file in lost:
        file.unlink()
    await until(_answers(here.settings), "Prefect's server answers again")


def _answers(settings: Settings) -> Callable[[], Awaitable[bool | None]]:
    async def answers() -> bool | None:
        try:
            return True if await healthy(settings) else None
        except httpx.HTTPError:
            return None

    return answers
