"""The waker against real tables and a Prefect that does what a test wants."""

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from prefect import states
from prefect.client.schemas.objects import State
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

from approvals import waking
from approvals.late import late_stages
from flows import context
from flows.figures import WorkerFigures
from flows.waker import AFTER_FAILURE, ASK_EVERY, LONGEST_ASIDE, PATIENCE, Waker
from tests.support.desk import Desk

DEPLOYMENT = uuid4()


class Prefect:
    """As much of Prefect's API as the waker uses."""

    def __init__(self) -> None:
        self.states: dict[UUID, State] = {}
        self.keys: dict[str, UUID] = {}
        #: Runs that were resumed, in this order.
        self.resumed: list[UUID] = []
        #: Messages of earlier states, by run.
        self.messages: dict[UUID, str] = {}
        self.refuses_to_make = False
        self.deployed = True

    async def create_flow_run_from_deployment(self, _: UUID, *, idempotency_key: str, **__: Any) -> Any:
        if self.refuses_to_make:
            raise _http_error(500)
        id_ = self.keys.setdefault(idempotency_key, uuid4())
        self.states.setdefault(id_, states.Scheduled())
        return SimpleNamespace(id=id_)

    async def resume_flow_run(self, id_: UUID) -> Any:
        if id_ not in self.states:
            raise _http_error(500)
        if not self.states[id_].is_paused():
            return SimpleNamespace(status=SetStateStatus.REJECT)
        self.resumed.append(id_)
        self.states[id_] = states.Scheduled()
        return SimpleNamespace(status=SetStateStatus.ACCEPT)

    async def read_flow_run(self, id_: UUID) -> Any:
        if id_ not in self.states:
            raise ObjectNotFound(_http_error(404))
        return self._run(id_)

    async def read_flow_runs(self, *, flow_run_filter: Any, **_: Any) -> list[Any]:
        if flow_run_filter.id is not None:
            return [self._run(id_) for id_ in flow_run_filter.id.any_ if id_ in self.states]
        wanted = flow_run_filter.state.type.any_
        return [self._run(id_) for id_, state in self.states.items() if state.type in wanted]

    async def read_flow_run_states(self, id_: UUID) -> list[State]:
        return [states.Pending(message=self.messages.get(id_)), self.states[id_]]

    async def set_flow_run_state(self, id_: UUID, state: State, force: bool) -> None:
        assert force
        self.states[id_] = state

    async def read_deployment(self, id_: UUID) -> None:
        if not self.deployed:
            raise ObjectNotFound(_http_error(404))

    def _run(self, id_: UUID) -> Any:
        return SimpleNamespace(id=id_, state=self.states[id_])


def _http_error(status: int) -> PrefectHTTPStatusError:
    request = httpx.Request("POST", "http://prefect.example")
    return PrefectHTTPStatusError(str(status), request=request, response=httpx.Response(status, request=request))


@pytest.fixture
async def prefect(desk: Desk) -> Prefect:
    """A Prefect without runs; the code under test finds the desk's database."""
    context._databases[asyncio.get_running_loop()] = desk.db
    return Prefect()


@pytest.fixture
def waker(prefect: Prefect) -> Waker:
    """A waker that passes two wake-ups on at a time."""

    async def deploy() -> UUID:
        prefect.deployed = True
        return DEPLOYMENT

    return Waker(prefect, deploy, lambda: None, at_once=2)  # type: ignore[arg-type]


pytestmark = pytest.mark.usefixtures("prefect")


async def submitted(desk: Desk, prefect: Prefect, title: str, state: State) -> UUID:
    """Submit an application and give it a run in ``state``."""
    app = await desk.submit(project__title=title)
    run = uuid4()
    prefect.states[run] = state
    await desk.db.write(waking.adopt_run, app.id, str(run), desk.clock())
    return run


async def run_of(desk: Desk) -> str | None:
    return (await desk.standing()).run_id


async def due(desk: Desk) -> list[waking.Wake]:
    return await desk.db.read(waking.due, desk.clock())


def for_(seconds: float, desk: Desk, state: State) -> State:
    """Return ``state`` as it is when it has lasted for ``seconds``."""
    return state.model_copy(update={"timestamp": desk.clock() - dt.timedelta(seconds=seconds)})


async def test_an_application_gets_its_run(desk: Desk, prefect: Prefect, waker: Waker) -> None:
    await desk.submit()
    await waker.look(desk.clock.tick())
    assert await run_of(desk) == str(*prefect.states)


async def test_two_wakers_make_the_same_run(desk: Desk, prefect: Prefect, waker: Waker) -> None:
    await desk.submit()
    (wake,) = await due(desk)
    for _ in range(2):
        await waker.rebuild(desk.clock())
        await waker._make(wake, desk.clock())
    assert len(prefect.states) == 1


async def test_a_run_is_woken_once_and_once_more_when_it_shows_nothing(
    desk: Desk, prefect: Prefect, waker: Waker
) -> None:
    run = await submitted(desk, prefect, "一", states.Paused())
    await waker.look(desk.clock.tick())
    await waker.look(desk.clock.tick())
    assert prefect.resumed == [run]
    prefect.states[run] = states.Paused()
    await waker.look(desk.clock.tick(PATIENCE.total_seconds()))
    assert prefect.resumed == [run, run]


async def test_a_pass_just_under_way_is_waited_for(desk: Desk, prefect: Prefect, waker: Waker) -> None:
    run = await submitted(desk, prefect, "一", for_(0.5, desk, states.Running()))
    await waker.look(desk.clock())
    assert len(await due(desk)) == 1
    prefect.states[run] = states.Paused()
    await waker.look(desk.clock())
    assert prefect.resumed == [run]


async def test_runs_that_hang_do_not_hold_newer_wake_ups_back(desk: Desk, prefect: Prefect, waker: Waker) -> None:
    for n in range(7):
        await submitted(desk, prefect, f"挂起 {n}", for_(60, desk, states.Running()))
    new = await submitted(desk, prefect, "新", states.Paused())
    for _ in range(4):
        await waker.look(desk.clock())
    assert prefect.resumed == [new]
    assert len(await due(desk)) == 1
    desk.clock.tick(LONGEST_ASIDE.total_seconds())
    assert len(await due(desk)) == 8, "they are tried again"


async def test_a_wake_up_that_prefect_refuses_does_not_hold_the_others_back(
    desk: Desk, prefect: Prefect, waker: Waker
) -> None:
    for n in range(3):
        await desk.submit(project__title=f"不成 {n}")
    new = await submitted(desk, prefect, "新", states.Paused())
    prefect.refuses_to_make = True
    for _ in range(2):
        await waker.look(desk.clock())
    assert prefect.resumed == [new]


async def test_a_run_that_was_cancelled_or_deleted_is_followed_by_another(
    desk: Desk, prefect: Prefect, waker: Waker
) -> None:
    await desk.submit()
    await waker.look(desk.clock.tick())
    (first,) = prefect.states
    prefect.states[first] = states.Cancelled()
    await waker.look(desk.clock.tick(PATIENCE.total_seconds()))
    second = await run_of(desk)
    assert second != str(first)
    del prefect.states[UUID(second)]
    await waker.look(desk.clock.tick(PATIENCE.total_seconds()))
    assert await run_of(desk) not in (str(first), second)
    assert len(prefect.keys) == 3


@pytest.mark.parametrize("ended", [states.Failed(), states.Crashed()], ids=["failed", "crashed"])
async def test_a_run_whose_pass_failed_is_put_back_and_then_left_alone(
    desk: Desk, prefect: Prefect, waker: Waker, ended: State
) -> None:
    waker._chain, waker._ask_again = DEPLOYMENT, desk.clock() + dt.timedelta(days=1)
    run = await submitted(desk, prefect, "一", ended)
    await waker.look(desk.clock())
    assert prefect.states[run].is_scheduled()
    assert not await due(desk)
    desk.clock.tick(AFTER_FAILURE.total_seconds())
    assert await due(desk)


async def test_that_prefects_database_was_lost_is_noticed_soon(desk: Desk, prefect: Prefect, waker: Waker) -> None:
    await waker.look(desk.clock())
    await waker.look(desk.clock())
    prefect.deployed = False
    with pytest.raises(ObjectNotFound):
        await waker.look(desk.clock.tick(ASK_EVERY.total_seconds()))


async def test_after_a_loss_every_live_run_is_forgotten_and_made_anew(
    desk: Desk, prefect: Prefect, waker: Waker
) -> None:
    for n in range(3):
        await submitted(desk, prefect, f"在办 {n}", states.Paused())
    lost = set(prefect.states)
    prefect.states.clear()
    for _ in range(2):
        await waker.look(desk.clock())
        for wake in await due(desk):
            if wake.run_id:
                await desk.db.write(waking.mark_shown, wake.application_id, wake.version, wake.run_id)
    assert len(prefect.states) == 3 and not lost & set(prefect.states)


async def test_the_figures_say_what_waits_and_what_is_late(desk: Desk, prefect: Prefect) -> None:
    await submitted(desk, prefect, "甲", states.Paused())
    await desk.submit(project__title="乙")
    figures = WorkerFigures()
    await figures._look()
    shown = {name: figures.registry.get_sample_value(f"liandong_{name}") for name in ("wakes_waiting", "stages_open")}
    assert shown == {"wakes_waiting": 2, "stages_open": 2}
    assert await desk.db.read(late_stages.count, desk.clock()) == (2, 0)
    assert await desk.db.read(late_stages.count, desk.clock.tick(days=30)) == (2, 2)
