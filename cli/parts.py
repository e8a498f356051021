"""Commands that run one part of Liandong in the foreground, each fit for a machine of its own."""

import asyncio
import os

import uvicorn

from cli.logs import set_up_logs
from cli.run import opened, run, until_stopped
from models.settings import Settings


def portal() -> None:
    """网页 The pages: decide, status, amend."""
    set_up_logs("portal")
    run(_portal(Settings()))


async def _portal(settings: Settings) -> None:
    from portal.app import create_app

    async with opened(settings) as db:
        await _serve(create_app(settings, db), settings.host, settings.portal_port)


def mailbox() -> None:
    """练习邮箱 The practice mailbox: takes every letter and shows it; delivers nothing."""
    set_up_logs("mailbox")
    run(_mailbox(Settings()))


async def _mailbox(settings: Settings) -> None:
    from notifications.practice import PracticeMailbox
    from portal.mailbox import create_mailbox_app

    async with PracticeMailbox(settings):
        await _serve(create_mailbox_app(settings), settings.host, settings.mailbox_port)


async def _serve(app: object, host: str, port: int) -> None:
    """Serve pages until SIGTERM or SIGINT. No access log: links carry secrets."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
    )
    await uvicorn.Server(config).serve()


def sender() -> None:
    """发信 Hand queued letters over to SMTP."""
    set_up_logs("sender")
    run(_sender(Settings()))


async def _sender(settings: Settings) -> None:
    from notifications.sender import Sender

    async with opened(settings) as db:
        await until_stopped(Sender(settings, db).run)


def receiver() -> None:
    """收信 Take replies in, and decide by them."""
    set_up_logs("receiver")
    run(_receiver(Settings()))


async def _receiver(settings: Settings) -> None:
    from notifications.receiver import Receiver

    async with opened(settings) as db:
        await until_stopped(Receiver(settings, db).run)


def worker() -> None:
    """流程 Make the passes of all runs, and wake them."""
    settings = Settings()
    use_prefect(settings)
    set_up_logs("worker")
    run(_worker(settings))


def use_prefect(settings: Settings) -> None:
    """Point this process at the installation's Prefect; before prefect is first imported."""
    from flows.server import environment

    os.environ.update(environment(settings))


async def _worker(settings: Settings) -> None:
    from flows.work import work

    async with opened(settings):
        await until_stopped(lambda stop: _until(stop, asyncio.create_task(work(settings))))


async def _until(stop: asyncio.Event, task: asyncio.Task[None]) -> None:
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
