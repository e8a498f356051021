"""The sweep and a new worker against real tables and a Prefect that does what a test wants."""

import logging
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from prefect import states
from prefect.client.schemas.objects import State

from approvals.office import Office
from approvals.transaction import Transaction
from flows import sweep
from flows.orphans import put_back_orphans, taken_by, worker_name
from flows.sweep import put_back_stuck, revive
from tests.integration.test_flows_waker import Prefect, due, for_, prefect, submitted
from tests.support.desk import Desk

__all__ = ["prefect"]
pytestmark = pytest.mark.usefixtures("prefect")


async def test_the_sweep_forgets_runs_that_make_no_pass_any_more_and_puts_crashed_ones_back(
    desk: Desk, prefect: Prefect
) -> None:
    kinds: list[State] = [states.Paused(), states.Running(), states.Failed(), states.Completed(), states.Crashed()]
    for state in kinds:
        await submitted(desk, prefect, state.name or "", state)
    deleted = await submitted(desk, prefect, "deleted", states.Paused())
    del prefect.states[deleted]
    assert await revive(prefect, desk.clock()) == 3  # type: ignore[arg-type]
    kept = {prefect.states[UUID(wake.run_id)].name for wake in await due(desk) if wake.run_id}
    assert kept == {"Paused", "Running", "Failed", "AwaitingRetry"}


async def test_the_sweep_puts_back_what_has_been_in_mid_pass_for_too_long(desk: Desk, prefect: Prefect) -> None:
    young, old, cancelling, waiting = (uuid4() for _ in range(4))
    prefect.states = {
        young: for_(5, desk, states.Running()),
        old: for_(500, desk, states.Pending()),
        cancelling: for_(500, desk, states.Cancelling()),
        waiting: for_(500, desk, states.Paused()),
    }
    assert await put_back_stuck(prefect, desk.clock()) == 2  # type: ignore[arg-type]
    names = [prefect.states[run].name for run in (young, old, cancelling, waiting)]
    assert names == ["Running", "AwaitingRetry", "Cancelled", "Paused"]


async def test_a_new_worker_puts_back_what_a_dead_one_of_its_machine_had_taken(prefect: Prefect) -> None:
    mine, dead, unknown = (uuid4() for _ in range(3))
    prefect.states = {run: states.Running() for run in (mine, dead, unknown)}
    prefect.messages = {mine: taken_by(worker_name()), dead: taken_by(f"{worker_name()[:-4]}zzzz")}
    assert await put_back_orphans(prefect) == 1  # type: ignore[arg-type]
    assert [prefect.states[run].is_running() for run in (mine, dead, unknown)] == [True, False, True]


async def test_the_sweep_sees_to_every_stage_whatever_fails_in_between(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [f"stage {n}" for n in range(450)]
    tried: list[str] = []

    def query(tx: Transaction, now: datetime) -> list[str]:
        return waiting[:200]

    def verb(tx: Transaction, office: Office, stage: str, now: datetime) -> bool:
        tried.append(stage)
        if stage == "stage 7":
            raise RuntimeError(stage)
        waiting.remove(stage)
        return True

    monkeypatch.setattr(sweep, "database", lambda: desk.db)
    monkeypatch.setattr(sweep, "office", lambda: desk.office)
    monkeypatch.setattr(sweep, "get_run_logger", lambda: logging.getLogger("sweep"))
    assert await sweep._each(query, verb, desk.clock()) == 449
    assert waiting == ["stage 7"]
    assert len(tried) == 450
