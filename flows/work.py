"""The worker process: waker and worker together. ``liandong worker`` runs this."""

import asyncio
from functools import partial

from prefect.workers.process import ProcessWorker

from approvals.doorbell import Doorbell
from flows.api import shared_client
from flows.context import close_database
from flows.deploy import POOLS, deploy
from flows.figures import WorkerFigures
from flows.orphans import worker_name
from flows.passes import PassThread
from flows.waker import Waker
from flows.worker import PassWorker
from models.settings import Settings

#: How often the worker polls without being poked.
POLL_SECONDS = 0.5


async def work(settings: Settings) -> None:
    """Make passes and pass wake-ups on until cancelled; the server may come and go."""
    bell = await Doorbell.listen(settings.worker_bell)
    try:
        if settings.work_pool_type == "process":
            await _in_processes(settings, bell)
        else:
            await _in_this_process(settings, bell)
    finally:
        bell.close()
        await close_database()


async def _in_this_process(settings: Settings, bell: Doorbell) -> None:
    async with shared_client() as client, PassThread() as passes, asyncio.TaskGroup() as tasks:
        figures = WorkerFigures()
        worker = PassWorker(
            POOLS["liandong"][0],
            worker_name(),
            passes,
            at_once=settings.passes_at_once,
            poll_seconds=POLL_SECONDS,
            after_pass=bell.ring,
            figures=figures,
        )
        waker = Waker(client, partial(deploy, client, settings), worker.poke, settings.passes_at_once * 2)
        tasks.create_task(waker.forever(bell, settings.look_every_seconds))
        tasks.create_task(worker.work())
        tasks.create_task(figures.show(settings))


async def _in_processes(settings: Settings, bell: Doorbell) -> None:
    """Leave the passes to Prefect's stock worker, which starts a process for each."""
    async with shared_client() as client, asyncio.TaskGroup() as tasks:
        worker = ProcessWorker(POOLS["process"][0], name=worker_name(), limit=settings.passes_at_once)
        waker = Waker(client, partial(deploy, client, settings), lambda: None, settings.passes_at_once * 2)
        tasks.create_task(waker.forever(bell, settings.look_every_seconds))
        tasks.create_task(worker.start())
        tasks.create_task(WorkerFigures().show(settings))
