"""The receiver: takes replies and objections by SMTP or LMTP, stores each as it came, answers 250, and judges it.

Only our own addresses are taken, one a message: a program that has more of them sends the message again for
each. While the database is away the answer is 451, so that the other side keeps the message and tries again.
"""

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import structlog

from approvals import inbound
from approvals.database import Database
from approvals.doorbell import Doorbell
from models.settings import Settings
from models.states import MailState
from notifications.authentic.trust import is_peer
from notifications.judging import Judge
from notifications.listening import Lmtp, Smtp, listening, return_path
from notifications.marks import marks
from notifications.sender import utc_now

log = structlog.get_logger(__name__)

#: A reply is a few lines and the letter that it quotes; this leaves room for a scanned page.
MAX_BYTES = 5_000_000
NOT_HERE = "550 5.1.1 Only replies to our letters are taken here, at their Reply-To address, and objections to notices"
NOT_FROM_YOU = "550 5.7.1 Mail is taken from our own mail servers only; use those that our domain names (MX)"
#: A message that cannot be judged is left alone for so long; meanwhile others are judged.
TROUBLE_PAUSE = dt.timedelta(minutes=1)


class Receiver:
    """What aiosmtpd asks at each command, and the one task that judges."""

    def __init__(self, settings: Settings, db: Database, *, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self._settings, self._db, self._now = settings, db, clock
        self._judging = Judge(settings, db)
        doors = r"(?:reply\+[a-z2-7]{40}|object\+[a-z0-9-]{5,40})"
        self._address = re.compile(rf"{doors}@{re.escape(settings.mail_domain.lower())}")
        self._arrived = Doorbell()
        self._troubled: dict[str, dt.datetime] = {}
        #: Where it listens, once it does.
        self.port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self, stop: asyncio.Event) -> None:
        """Receive and judge until ``stop`` is set."""
        async with listening(self._protocol, self._settings.receiver_host, self._settings.receiver_port) as port:
            self.port.set_result(port)
            ending = asyncio.create_task(self._ring_at_the_end(stop))
            while not stop.is_set():
                await self._judge_all()
                await self._arrived.wait(self._settings.look_every_seconds)
            await ending

    async def _ring_at_the_end(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._arrived.ring()

    def _protocol(self) -> Smtp | Lmtp:
        make = Lmtp if self._settings.receiver_protocol == "lmtp" else Smtp
        loop = asyncio.get_running_loop()
        return make(self, hostname=self._settings.mail_domain, data_size_limit=MAX_BYTES, loop=loop)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the addresses of our letters, one at a time; an altered one too, so that its refusal is recorded.

        So are those of public notices, to which anybody may object.
        """
        if not is_peer(self._settings, str(session.peer[0]) if session.peer else ""):
            return NOT_FROM_YOU
        if not self._address.fullmatch(address.lower()):
            return NOT_HERE
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        try:
            if not await self._db.read(inbound.is_known, address):
                return NOT_HERE
        except Exception:
            log.exception("cannot look up a reply address; the message's sender was asked to try again")
            return "451 4.3.0 Cannot look up the address now, try again"
        envelope.rcpt_tos.append(address.lower())
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Store the message, and only then say that we have it."""
        raw = f"Return-Path: <{return_path(envelope.mail_from)}>\r\n".encode() + envelope.content
        try:
            sender, message_id, body_hash = await asyncio.to_thread(marks, raw)
            await self._db.write(inbound.receive, raw, sender, envelope.rcpt_tos[0], message_id, body_hash, self._now())
        except Exception:
            log.exception("cannot store a message; its sender was asked to try again")
            return "451 4.3.0 Cannot store the message now, try again"
        self._arrived.ring()
        return "250 2.0.0 Stored"

    async def _judge_all(self) -> None:
        """Judge what waits, in the order in which it came."""
        try:
            troubled = [mail_id for mail_id, until in self._troubled.items() if until > self._now()]
            waiting = await self._db.read(inbound.unjudged, troubled)
        except Exception:
            log.exception("cannot look for messages; looking again soon")
            return
        for mail_id in waiting:
            await self._judge(mail_id)

    async def _judge(self, mail_id: str) -> None:
        try:
            now = self._now()
            state = await self._judging.judge(mail_id, now)
            if state is MailState.RECEIVED:
                self._troubled[mail_id] = now + TROUBLE_PAUSE
                log.warning("the sender of a message cannot be looked up; trying again in a minute", mail=mail_id)
                return
            self._troubled.pop(mail_id, None)
            log.info("message judged", mail=mail_id, state=state.value)
        except Exception:
            self._troubled[mail_id] = self._now() + TROUBLE_PAUSE
            log.exception("cannot judge a message; trying again in a minute", mail=mail_id)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run one receiver with a database of its own."""
    db = Database(settings, connections=3)
    try:
        await Receiver(settings, db).run(stop)
    finally:
        await db.close()
