"""``python -m benchmarks.replies``: replies judged a second, against reading and proving alone in the same run.

Ours stores signed replies as the receiver does (intake), then judges them as the receiver does (backlog): each is read,
its signature calculated and its decision written, in a transaction of its own, with letters and events. The floor takes
the same bytes through the standard library's parser and dkimpy, and writes nothing. Nothing is asserted.
"""

import argparse
import asyncio
import logging
import os
import statistics
import time
from email import message_from_bytes, policy
from email.utils import parseaddr

import dkim
import structlog
from rich.console import Console
from rich.table import Table
from sqlmodel import select

from benchmarks.ground import Ground, opened
from benchmarks.report import NAMES
from benchmarks.run import postgres, scratch
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from notifications.authentic.practice_key import practice_record
from notifications.practice.reply import compose_reply, signed
from notifications.receiving.backlog import Backlog
from notifications.receiving.intake import Intake
from notifications.sending.outgoing import outgoing
from notifications.sending.sender import utc_now

APPLICATIONS, ROUNDS = 200, 3


async def _replies(settings: Settings) -> list[tuple[str, bytes]]:
    """Return the reply to each letter that asks: where it goes, and its bytes."""
    async with opened(settings) as db:
        letters = await db.read(lambda tx: list(tx.exec(select(Letter).where(Letter.kind == "ask"))))
    composed = [compose_reply(outgoing(letter, settings), "同意\n资料齐全，同意。") for letter in letters]
    return [(parseaddr(str(reply["To"]))[1], signed(settings, reply)) for reply in composed]


def _floor(settings: Settings, replies: list[tuple[str, bytes]]) -> float:
    """Return messages a second that are parsed and proven."""
    record = (practice_record(settings.home) or "").encode()
    start = time.perf_counter()
    for _, raw in replies:
        body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
        if body is None or not body.get_content() or not dkim.verify(raw, dnsfunc=lambda *_, **__: record):
            raise SystemExit("the floor could not read or prove a reply")
    return len(replies) / (time.perf_counter() - start)


async def _ours(settings: Settings, replies: list[tuple[str, bytes]]) -> tuple[float, float, float]:
    """Return messages a second that are stored, and that are judged, and CPU milliseconds for each judged."""
    async with opened(settings) as db:
        intake, backlog = Intake(settings, db, utc_now), Backlog(settings, db, utc_now)
        start = time.perf_counter()
        for address, raw in replies:
            await intake.store(raw, address)
        stored, cpu = time.perf_counter(), time.process_time()
        waiting = len(replies)
        while waiting:
            await backlog.judge_all()
            states = await db.read(lambda tx: list(tx.exec(select(InboundMail.state))))
            waiting = states.count(MailState.RECEIVED)
        judged, cpu = time.perf_counter(), time.process_time() - cpu
    if set(states) != {MailState.DECIDED}:
        raise SystemExit(f"not every reply decided: {sorted({state.value for state in states})}")
    return len(replies) / (stored - start), len(replies) / (judged - stored), cpu / len(replies) * 1000


async def bench(grounds: list[Ground], console: Console) -> None:
    for ground in grounds:
        await ground.prepare()
        rounds = []
        for _ in range(ROUNDS):
            settings = ground.fresh()
            replies = await _replies(settings)
            rounds.append((_floor(settings, replies), *await _ours(settings, replies)))
        floor, stored, judged, cpu = (statistics.median(column) for column in zip(*rounds, strict=True))
        shown = Table("", "replies/s", "of the floor", "CPU here a reply", title=NAMES[ground.backend])
        shown.add_row("parsed and proven (floor)", f"{floor:.0f}", "1.00 ×", f"{1000 / floor:.1f} ms")
        shown.add_row("Liandong: stored", f"{stored:.0f}", f"{stored / floor:.2f} ×", "")
        shown.add_row("Liandong: judged", f"{judged:.0f}", f"{judged / floor:.2f} ×", f"{cpu:.1f} ms")
        console.print(shown)


def main() -> None:
    parser = argparse.ArgumentParser(description="Replies judged a second, against reading and proving alone.")
    parser.add_argument("--quick", action="store_true", help="SQLite only")
    args = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("LIANDONG_")]:
        del os.environ[name]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console(width=max(Console().width, 100), highlight=False)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with scratch() as folder, postgres() as server:
        grounds = [Ground("postgresql", folder, server, APPLICATIONS)] if server and not args.quick else []
        grounds.append(Ground("sqlite", folder, None, APPLICATIONS))
        asyncio.run(bench(grounds, console))
    console.print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
