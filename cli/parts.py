"""Commands that run one part of Liandong in the foreground, each fit for a machine of its own."""

import asyncio
import os

from cli.logs import set_up_logs
from cli.run import complain, configured, opened, run, until_stopped
from models.settings import Settings


def portal() -> None:
    """网页 The pages: decide, status, amend."""
    set_up_logs("portal")
    run(_portal(configured()))


async def _portal(settings: Settings) -> None:
    from portal.app import create_app, server

    async with opened(settings) as db:
        await server(create_app(settings, db), settings.portal_host, settings.portal_port).serve()


def mailbox() -> None:
    """练习邮箱 Takes every letter and shows it; delivers none."""
    set_up_logs("mailbox")
    run(_mailbox(configured()))


async def _mailbox(settings: Settings) -> None:
    from notifications.practice.mailbox import PracticeMailbox
    from portal.app import server
    from portal.mailbox import create_mailbox_app

    async with PracticeMailbox(settings):
        await server(create_mailbox_app(settings), settings.host, settings.mailbox_port).serve()


def sender() -> None:
    """发信 Hand queued letters over to SMTP."""
    set_up_logs("sender")
    run(_sender(configured()))


async def _sender(settings: Settings) -> None:
    from notifications.sending.sender import Sender

    async with opened(settings) as db:
        await until_stopped(Sender(settings, db).run)


def receiver() -> None:
    """收信 Take replies in, and decide by them."""
    set_up_logs("receiver")
    run(_receiver(configured()))


async def _receiver(settings: Settings) -> None:
    from notifications.receiving.receiver import Receiver

    async with opened(settings) as db:
        await until_stopped(Receiver(settings, db).run)


def imap() -> None:
    """收信邮箱 Fetch replies from a mailbox, and decide by them; where LIANDONG_IMAP_HOST names a server."""
    settings = configured()
    if not settings.imap_host:
        complain("没有设置收信邮箱；请设置 LIANDONG_IMAP_HOST\nThere is no mailbox; set LIANDONG_IMAP_HOST")
    set_up_logs("imap")
    run(_imap(settings))


async def _imap(settings: Settings) -> None:
    from notifications.receiving.imap import Mailbox

    async with opened(settings) as db:
        await until_stopped(Mailbox(settings, db).run)


def worker() -> None:
    """流程 Make the passes of all runs, and wake them."""
    settings = configured()
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
