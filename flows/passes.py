"""The thread in which passes run: one event loop, one API client and one database for all of them."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from contextvars import Context, copy_context
from typing import Any, Self
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import run_flow_async
from prefect.utilities.callables import get_call_parameters, parameters_to_args_kwargs

from flows.api import shared_client
from flows.approval_chain import approval_chain
from flows.context import close_database
from flows.quiet import quiet
from flows.sweep import sweep

#: Every flow that this worker knows, by name.
FLOWS: dict[str, Flow[..., Any]] = {flow.name: flow for flow in (approval_chain, sweep)}


class PassThread:
    """A loop apart from the worker's: Prefect's engine blocks the loop it runs on, and polling must go on.

    In a thread that is not the main one the engine also leaves the process's signal handlers alone.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="passes", daemon=True)
        self._names: dict[UUID, str] = {}
        self._context = copy_context()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        quiet()
        self._thread.start()
        await self._there(self._stack.enter_async_context(shared_client()), self._context)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._there(self._close(), self._context)
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)

    async def run(self, flow_run: FlowRun) -> None:
        """Make one pass of ``flow_run``; returns when it has suspended or ended."""
        await self._there(self._pass(flow_run), self._context.copy())

    def flow_name(self, flow_run: FlowRun) -> str:
        """Return the name of the flow of ``flow_run``, once a pass of it was made; else an empty string."""
        return self._names.get(flow_run.flow_id, "")

    async def _there(self, work: Coroutine[Any, Any, Any], context: Context) -> None:
        """Run ``work`` in the thread's loop, in ``context``: the one API client is open in the thread's."""

        async def in_context() -> None:
            await self._loop.create_task(work, context=context)

        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(in_context(), self._loop))

    async def _close(self) -> None:
        await self._stack.aclose()
        await close_database()

    async def _pass(self, flow_run: FlowRun) -> None:
        flow = await self._flow(flow_run.flow_id)
        # Without the deployment's id the engine starts no suspension observer (a thread, a websocket and
        # up to 0.2 s of waiting for each pass); it reads the run again, with the id, before our code runs.
        unwatched = flow_run.model_copy(update={"deployment_id": None})
        try:
            await run_flow_async(flow, flow_run=unwatched, parameters=_parameters(flow, flow_run), return_type="state")
        except (Pause, Abort):  # both are BaseExceptions: a suspension would end the worker
            return

    async def _flow(self, flow_id: UUID) -> Flow[..., Any]:
        if flow_id not in self._names:
            async with get_client() as client:
                self._names[flow_id] = (await client.read_flow(flow_id)).name
        return FLOWS[self._names[flow_id]]


def _parameters(flow: Flow[..., Any], flow_run: FlowRun) -> dict[str, Any]:
    """Return the run's parameters with the flow's defaults filled in."""
    args, kwargs = parameters_to_args_kwargs(flow.fn, flow_run.parameters)
    return get_call_parameters(flow.fn, args, kwargs)
