"""Messages in files: what they would do, or judged as if they had come in."""

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from approvals import inbound, mail_queries
from approvals.arrived import Arrived, would_arrive
from approvals.database import Database
from approvals.mail_queries import SHORT
from cli.run import opened
from models.settings import Settings
from models.states import MailState
from notifications.authentic import NameServer, Trust
from notifications.judging.judge import Judge
from notifications.judging.verdicts import Judged, Verdict, supposed, would_do
from notifications.reading import DEFAULT_LIMITS, headers
from notifications.receiving.marks import marks
from notifications.sending.bounce_address import letter_of

#: Where a mail server, or a person, writes whom a message is for; the first that is ours counts.
RECIPIENTS = ("delivered-to", "x-original-to", "to", "cc")
#: Questions in a row that a name server may leave open before the rest is judged without it.
SILENT = 2


@dataclass(frozen=True)
class Door:
    """Where messages are supposed to have come in; empty: as the database says."""

    officer: str = ""
    reply_to: str = ""
    authserv_id: str = ""
    act: str = ""


@dataclass(frozen=True)
class Ingested:
    """What became of one file."""

    stored: bool
    zh: str
    en: str


async def judge_files(settings: Settings, files: list[Path], door: Door) -> AsyncIterator[tuple[str, Judged, bool]]:
    """Give the name, the verdict, and whether it could be read, of each file in turn."""
    trust = Trust.of(settings)
    if door.authserv_id:
        trust = replace(trust, authserv_id=door.authserv_id.strip().lower())
    none = settings.dns_server.lower() == "none"
    server = None if none else NameServer(settings.dns_server, gives_up_after=SILENT)
    async with AsyncExitStack() as stack:
        arrival = await _arrival(settings, door, stack)
        for file in files:
            raw = await asyncio.to_thread(read_file, file)
            if isinstance(raw, str):
                yield str(file), Judged(Verdict.IGNORE, f"the file cannot be read: {raw}"), False
                continue
            came = await arrival(raw)
            yield str(file), await asyncio.to_thread(would_do, raw, came, trust, server), True


async def _arrival(settings: Settings, door: Door, stack: AsyncExitStack) -> Callable[[bytes], Awaitable[Arrived]]:
    """Return what says where a message came in: as supposed, or by the database."""
    if door.officer:

        async def as_supposed(_: bytes) -> Arrived:
            return supposed(door.officer, door.reply_to, door.act, dt.datetime.now(dt.UTC))

        return as_supposed
    db = await stack.enter_async_context(opened(settings))

    async def as_known(raw: bytes) -> Arrived:
        to, now = recipient_in(raw, settings), dt.datetime.now(dt.UTC)
        return await db.read(would_arrive, to, now) if to else Arrived("", now, "", refusal="no such reply address")

    return as_known


async def ingest_file(settings: Settings, db: Database, file: Path, to: str, now: dt.datetime) -> Ingested:
    """Store the message in ``file`` and judge it; ``to`` empty: it came to whom its headers name."""
    raw = await asyncio.to_thread(read_file, file)
    if isinstance(raw, str):
        return Ingested(False, f"无法读取：{raw}", f"The file cannot be read: {raw}")
    address = (to or recipient_in(raw, settings)).strip().lower()
    ours = _door(settings).fullmatch(address) or letter_of(settings, address)
    if not ours or not await db.read(inbound.is_known, address):
        return Ingested(False, "不是寄给本系统的回复或异议地址；可用 --to 指明", "It came to no address of ours.")
    sender, message_id, digest = await asyncio.to_thread(marks, raw)
    mail_id = await db.write(inbound.receive, raw, sender, address, message_id, digest, now)
    if mail_id is None:
        return Ingested(True, "此前已收到，不重复处理", "It is here already; nothing was done again.")
    state = await Judge(settings, db).judge(mail_id, now)
    found, _ = await db.read(mail_queries.mail, mail_id)
    waits = "（稍后再判）" if state is MailState.RECEIVED else ""
    return Ingested(
        True, f"已收入 {mail_id[:SHORT]}：{state.value}{waits}", f"Stored and judged: {state.value}. {found.why}"
    )


def read_file(file: Path) -> bytes | str:
    """Return the bytes of a file, one more than is ever read at most; or why it cannot be read."""
    try:
        if not file.is_file():
            return "it is no file" if file.exists() else "there is no such file"
        with file.open("rb") as opened_file:
            return opened_file.read(DEFAULT_LIMITS.max_bytes + 1)
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or type(error).__name__


def recipient_in(raw: bytes, settings: Settings) -> str:
    """Return the first address of ours that the headers name; empty where there is none."""
    head = re.split(rb"\r?\n\r?\n", raw[:200_000], maxsplit=1)[0]
    message: Message = message_from_bytes(head + b"\n\n")
    ours = _door(settings)
    for name in RECIPIENTS:
        for value in headers.values(message, name):
            for address in headers.addresses_in(value[: DEFAULT_LIMITS.max_header]):
                if ours.fullmatch(address) or letter_of(settings, address):
                    return address
    return ""


def _door(settings: Settings) -> re.Pattern[str]:
    return re.compile(rf"(?:reply\+[a-z2-7]{{40}}|object\+[a-z0-9-]{{5,40}})@{re.escape(settings.mail_domain.lower())}")
