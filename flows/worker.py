"""The worker of the pool type ``liandong``: makes each pass inside its own process.

A stock process worker starts a Python process per pass, which takes seconds; here a pass takes a fraction of
one. What had to be learnt from Prefect 3.8 for that stands beside the lines that it explains.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import anyio.abc
import httpx
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Abort, Pause, PrefectException
from prefect.states import AwaitingRetry, Pending
from prefect.utilities.engine import propose_state
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from flows.figures import WorkerFigures
from flows.orphans import taken_by
from flows.passes import PassThread

log = logging.getLogger("liandong.worker")

#: Seconds between heartbeats to Prefect.
HEARTBEAT_SECONDS = 15
#: Tries and first pause, in seconds, to put a run back when Prefect's API failed in mid-pass.
PUT_BACK_TRIES, PUT_BACK_PAUSE = 6, 1.0

#: What the API answers when it is down, overloaded (503) or restarting.
API_ERRORS = (httpx.HTTPError, PrefectException, OSError)


class PassWorker(BaseWorker[BaseJobConfiguration, BaseVariables, BaseWorkerResult]):
    """Polls its pool, at once when poked, and runs at most ``passes_at_once`` passes side by side."""

    type = "liandong"
    job_configuration = BaseJobConfiguration
    _description = "Makes the passes of approval chains inside the worker's own process."

    def __init__(
        self,
        pool: str,
        name: str,
        passes: PassThread,
        *,
        at_once: int,
        poll_seconds: float,
        after_pass: Callable[[], None],
        figures: WorkerFigures | None = None,
    ) -> None:
        # No `limit`: a run that is resumed before its slot is freed would crash Prefect's limiter.
        super().__init__(pool, name=name, prefetch_seconds=0, heartbeat_interval_seconds=HEARTBEAT_SECONDS)
        self._passes = passes
        self._slots = asyncio.Semaphore(at_once)
        self._poll_seconds = poll_seconds
        self._poke = asyncio.Event()
        self._after_pass = after_pass
        self._figures = figures or WorkerFigures()

    def poke(self) -> None:
        """Poll at once."""
        self._poke.set()

    async def work(self) -> None:
        """Poll and report until cancelled; an API that is away is tried again for ever."""
        async with self, asyncio.TaskGroup() as loops:
            loops.create_task(self._forever(self._poll))
            loops.create_task(self._forever(self._report))

    async def _forever(self, one: Any) -> None:
        while True:
            try:
                await one()
            except API_ERRORS as error:
                self._figures.refused()
                log.warning("Prefect's API does not answer, trying again: %s", error)
                await asyncio.sleep(1.0)

    async def _poll(self) -> None:
        await self.get_and_submit_flow_runs()
        self._figures.polled()
        try:
            await asyncio.wait_for(self._poke.wait(), self._poll_seconds)
        except TimeoutError:
            return
        self._poke.clear()

    async def _report(self) -> None:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        await self.sync_with_backend()

    async def _submit_run(self, flow_run: FlowRun) -> None:
        """Take ``flow_run`` and make its pass: the base class would ask the API eight times more."""
        try:
            async with self._slots:
                if await self._take(flow_run):
                    await self._pass(flow_run)
        finally:
            self._submitting_flow_run_ids.discard(flow_run.id)
            self._after_pass()

    async def _take(self, flow_run: FlowRun) -> bool:
        """Take the run, unless another worker has or somebody cancelled it.

        A run that another worker has taken and brought to its next suspension since we polled answers ``Pause``;
        that and ``Abort`` are BaseExceptions, which would end this worker.
        """
        try:
            state = await propose_state(self.client, Pending(message=taken_by(self.name)), flow_run.id)
        except (Abort, Pause):
            return False
        except API_ERRORS as error:
            log.warning("run %s could not be taken, it is tried again: %s", flow_run.id, error)
            return False
        return state.is_pending()

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> BaseWorkerResult:
        """Make one pass, as Prefect's interface for workers wants it."""
        if task_status is not None:
            task_status.started(0)
        await self._pass(flow_run)
        return BaseWorkerResult(identifier=str(flow_run.id), status_code=0)

    async def _pass(self, flow_run: FlowRun) -> None:
        began = time.monotonic()
        with self._figures.at_work():
            result = await self._how_it_ended(flow_run)
        self._figures.passed(self._passes.flow_name(flow_run), result, time.monotonic() - began)

    async def _how_it_ended(self, flow_run: FlowRun) -> str:
        try:
            await self._passes.run(flow_run)
        except API_ERRORS as error:
            log.warning("pass of run %s broken off, putting it back: %s", flow_run.id, error)
            await self._put_back(flow_run.id)
            return "put back"
        except Exception:
            log.exception("pass of run %s failed", flow_run.id)
            return "failed"
        return "done"

    async def _put_back(self, run_id: UUID) -> None:
        """Schedule the run again; where even that fails, the sweep will."""
        for number in range(PUT_BACK_TRIES):
            await asyncio.sleep(PUT_BACK_PAUSE * 2**number)
            try:
                state = (await self.client.read_flow_run(run_id)).state
                if state is not None and (state.is_pending() or state.is_running()):
                    await self.client.set_flow_run_state(run_id, AwaitingRetry(), force=True)
                return
            except API_ERRORS:
                continue
