"""Figures of the parts that take mail in, as Prometheus would fetch them while they work."""

import asyncio

import aiosmtplib
import httpx
import pytest

from approvals.database import Database
from models.letter import Letter
from models.settings import Settings
from notifications.receiving.imap import Mailbox
from notifications.receiving.receiver import Receiver
from tests.integration.imap_fixtures import counts, raw
from tests.integration.mail_fixtures import judged, reply_to, running, send, until
from tests.support.desk import Desk
from tests.support.dovecot import DovecotServer
from tests.support.postgres import free_ports


async def scraped(port: int) -> list[str]:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/metrics")).text.splitlines()


async def says(port: int, *lines: str) -> None:
    """Wait until each of ``lines`` is shown."""

    async def so() -> bool:
        return set(lines) <= set(await scraped(port))

    try:
        await until(so, 20)
    except TimeoutError:
        shown = await scraped(port)
        raise AssertionError([line for line in lines if line not in shown], shown) from None


async def test_the_receiver_counts_what_it_took_refused_and_judged(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    (port,) = free_ports(1)
    few = settings.model_copy(update={"receiver_metrics_port": port, "mail_per_hour": 3})
    async with running(Receiver(few, db, clock=desk.clock).run):
        await send(few, reply_to(letter, few, "再想想\n", From="stranger@other.example"))
        again = reply_to(letter, few, "再想想\n")
        for _ in range(2):
            await send(few, again)
        await send(few, reply_to(letter, few, "同意\n"))
        for to, code in ((str(again["To"]), 452), ("nobody@zj.example", 550)):
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
                await send(few, again, to)
            assert refused.value.recipients[0].code == code
        await judged(db, 3)
        await says(
            port,
            'liandong_mail_total{door="smtp",result="taken"} 3.0',
            'liandong_mail_total{door="smtp",result="duplicate"} 1.0',
            'liandong_mail_total{door="smtp",result="too many to one address"} 1.0',
            'liandong_mail_total{door="smtp",result="not ours"} 1.0',
            'liandong_mail_judged_total{to="reply",verdict="forged"} 1.0',
            'liandong_mail_judged_total{to="reply",verdict="asked_again"} 1.0',
            'liandong_mail_judged_total{to="reply",verdict="decided"} 1.0',
            "liandong_mail_judged_seconds_count 3.0",
            "liandong_mail_waiting 0.0",
        )


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_mailbox_says_whether_it_is_open(
    letter: Letter, box: Settings, db: Database, desk: Desk, dovecot: DovecotServer, user: str
) -> None:
    (port,) = free_ports(1)
    shown = box.model_copy(update={"imap_metrics_port": port, "mail_max_bytes": 10_000})
    large = raw(letter, shown, "同意\n" + "很长的意见。\n" * 2000)
    other = b"To: nobody@liandong.example\r\n\r\nx\r\n"
    await asyncio.to_thread(dovecot.deliver, user, raw(letter, shown, "同意\n"), large, other)
    async with running(Mailbox(shown, db, clock=desk.clock).run):

        async def put_away() -> bool:
            return await counts(dovecot, shown) == (0, 1, 2)

        await until(put_away)
        await says(
            port,
            'liandong_mail_total{door="imap",result="taken"} 1.0',
            'liandong_mail_total{door="imap",result="too large"} 1.0',
            'liandong_mail_total{door="imap",result="not ours"} 1.0',
            'liandong_mail_judged_total{to="reply",verdict="decided"} 1.0',
            "liandong_imap_connected 1.0",
            "liandong_imap_lost_total 0.0",
        )
    closed = shown.model_copy(update={"imap_port": 1})
    async with running(Mailbox(closed, db, clock=desk.clock).run):
        await says(port, "liandong_imap_connected 0.0", "liandong_imap_lost_total 1.0")
