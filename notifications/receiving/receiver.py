"""The receiver: takes mail by SMTP or LMTP, stores each message as it came, answers 250, and judges it.

Only our own addresses are taken, those of replies, objections and reports about letters, one a message: a program
that has more of them sends the message again for each. While the database is away the answer is 451, so that the
other side keeps the message and tries again.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog

from approvals.database import Database
from approvals.doorbell import Doorbell
from models.settings import Settings
from notifications.authentic.trust import is_peer
from notifications.receiving.backlog import Backlog
from notifications.receiving.gate import Gate
from notifications.receiving.intake import Answer, Intake
from notifications.receiving.listening import Lmtp, Smtp, listening, return_path
from notifications.receiving.mail_figures import MailFigures
from notifications.sending.sender import utc_now

log = structlog.get_logger(__name__)

NOT_HERE = "550 5.1.1 Only replies to our letters are taken here, at their Reply-To address, and objections to notices"
NOT_FROM_YOU = "550 5.7.1 Mail is taken from our own mail servers only; use those that our domain names (MX)"
TOO_OFTEN = "452 4.7.1 Too many messages to this address, try again in an hour"
TOO_LARGE = "552 5.3.4 Larger than {most} bytes: send it again with fewer files, or use the link in our letter"
TOO_FAST = "421 4.7.0 Too many messages in a minute, try again later"


class Receiver:
    """What aiosmtpd asks at each command, and the one task that judges."""

    def __init__(self, settings: Settings, db: Database, *, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self._settings = settings
        self._figures = MailFigures(settings, db, "receiver_metrics_port", settings.receiver_protocol)
        self._intake = Intake(settings, db, clock)
        self._judging = Backlog(settings, db, clock, self._figures)
        self._gate = Gate(
            settings.receiver_connections,
            settings.receiver_connections_per_host,
            settings.receiver_messages_per_minute,
        )
        self._figures.gauge("liandong_receiver_connections", "Open connections to the receiver", self._gate.count)
        self._arrived = Doorbell()
        #: Where it listens, once it does.
        self.port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self, stop: asyncio.Event) -> None:
        """Receive and judge until ``stop`` is set."""
        host, number = self._settings.receiver_host, self._settings.receiver_port
        async with self._figures.shown(), listening(self._protocol, host, number) as port:
            self.port.set_result(port)
            ending = asyncio.create_task(self._ring_at_the_end(stop))
            while not stop.is_set():
                await self._judging.judge_all()
                await self._arrived.wait(self._settings.look_every_seconds)
            await ending

    async def _ring_at_the_end(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._arrived.ring()

    def _protocol(self) -> Smtp | Lmtp:
        make = Lmtp if self._settings.receiver_protocol == "lmtp" else Smtp
        loop, most = asyncio.get_running_loop(), self._settings.mail_max_bytes
        protocol: Smtp | Lmtp = make(self, hostname=self._settings.mail_domain, data_size_limit=most, loop=loop)
        protocol.gate = self._gate
        protocol.turned_away = lambda: self._figures.came("too many connections")
        return protocol

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Begin a message, unless the machine has brought enough of them within a minute."""
        if not self._gate.message(str(session.peer[0]) if session.peer else "local"):
            return self._no("too many a minute", TOO_FAST)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the addresses of our letters, one at a time; an altered one too, so that its refusal is recorded.

        So are those of public notices, to which anybody may object, and the return paths of our letters.
        """
        if not is_peer(self._settings, str(session.peer[0]) if session.peer else ""):
            return self._no("not from our servers", NOT_FROM_YOU)
        if not self._intake.is_ours(address):
            return self._no("not ours", NOT_HERE)
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        try:
            answer = await self._intake.ask(address)
        except Exception:
            log.exception("cannot look up an address of ours; the message's sender was asked to try again")
            return self._no("database away", "451 4.3.0 Cannot look up the address now, try again")
        if answer is Answer.UNKNOWN:
            return self._no("not ours", NOT_HERE)
        if answer is Answer.LATER:
            return self._no("too many to one address", TOO_OFTEN)
        if server.too_large:
            return await self._refuse_size(address)
        envelope.rcpt_tos.append(address.lower())
        return "250 OK"

    async def handle_TOO_LARGE(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as aiosmtpd's
        """Refuse a message that was not announced to be as large as it is."""
        return await self._refuse_size(envelope.rcpt_tos[0])

    async def _refuse_size(self, address: str) -> str:
        """Refuse a message for its size; the chain of its task says so."""
        log.warning("message too large, refused")
        try:
            await self._intake.refuse_size(address)
        except Exception:
            log.exception("cannot record that a message was refused for its size")
        return self._no("too large", TOO_LARGE.format(most=self._settings.mail_max_bytes))

    def _no(self, why: str, answer: str) -> str:
        """Count a refusal; return what is said."""
        self._figures.came(why)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Store the message, and only then say that we have it."""
        raw = f"Return-Path: <{return_path(envelope.mail_from)}>\r\n".encode() + envelope.content
        try:
            stored = await self._intake.store(raw, envelope.rcpt_tos[0])
        except Exception:
            log.exception("cannot store a message; its sender was asked to try again")
            return self._no("database away", "451 4.3.0 Cannot store the message now, try again")
        self._figures.came("taken" if stored else "duplicate")
        self._arrived.ring()
        return "250 2.0.0 Stored"


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run one receiver with a database of its own."""
    db = Database(settings, connections=3)
    try:
        await Receiver(settings, db).run(stop)
    finally:
        await db.close()
