"""Mail for tests: a mailbox server that answers as it is told, and replies as officers would write them."""

import asyncio
import contextlib
import functools
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiosmtplib
from sqlmodel import col, select

from approvals.database import Database
from approvals.inbound import Reply
from approvals.transaction import Transaction
from models.authenticity import Authenticity
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.secrets import derive_token
from models.settings import Settings
from models.states import MailState, Purpose
from notifications.authentic.practice_key import FILE, SELECTOR, keep_key, new_key, practice_key
from notifications.practice.reply import sign, signed
from notifications.receiving.listening import Smtp, listening

_numbers = itertools.count(1)


@dataclass
class SmtpServer:
    """A real SMTP server that keeps what it takes; ``answer`` may refuse a letter or hang up on it."""

    #: Message -> the answer to DATA; None takes it.
    answer: Callable[[EmailMessage], str | None] = lambda _message: None
    #: Recipient -> the answer to RCPT; None takes it.
    answer_recipient: Callable[[str], str | None] = lambda _address: None
    taken: list[EmailMessage] = field(default_factory=list)
    #: Every message that was handed over, taken or not.
    tried: list[EmailMessage] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if refusal := self.answer_recipient(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message: EmailMessage = message_from_bytes(envelope.content, policy=policy.default)
        self.tried.append(message)
        refusal = self.answer(message)
        if refusal == "hang up":
            server.transport.abort()
            return "250 nobody hears this"
        if refusal:
            return refusal
        self.taken.append(message)
        return "250 OK"


@contextlib.asynccontextmanager
async def smtp_server(settings: Settings, **answers: Any) -> AsyncIterator[SmtpServer]:
    """Run an SMTP server on the port that ``settings`` send to."""
    server = SmtpServer(**answers)
    loop = asyncio.get_running_loop()
    async with listening(
        lambda: Smtp(server, hostname="mail.example", loop=loop), settings.smtp_host, settings.smtp_port
    ):
        yield server


@contextlib.asynccontextmanager
async def running(run: Callable[[asyncio.Event], Any]) -> AsyncIterator[None]:
    """Run a part until the block ends, then stop it as SIGTERM would."""
    stop = asyncio.Event()
    task = asyncio.create_task(run(stop))
    await asyncio.sleep(0.05)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], Any], seconds: float = 30) -> None:
    """Wait until ``condition`` holds; it may be a coroutine function."""
    async with asyncio.timeout(seconds):
        while True:
            held = condition()
            if held if not asyncio.iscoroutine(held) else await held:
                return
            await asyncio.sleep(0.01)


async def stored(db: Database) -> list[InboundMail]:
    """Return every message that was received, the oldest first."""

    def query(tx: Transaction) -> list[InboundMail]:
        return list(tx.exec(select(InboundMail).order_by(col(InboundMail.received_at))))

    return await db.read(query)


def reply_address(letter: Letter, settings: Settings) -> str:
    """Return the Reply-To address of a letter."""
    token = derive_token(settings.secret_key, Purpose.REPLY, letter.facts["reply_nonce"])
    return f"reply+{token}@{settings.mail_domain}"


def reply_to(letter: Letter, settings: Settings, text: str, **headers: str) -> EmailMessage:
    """Return an officer's reply to ``letter``; headers as keywords replace or add: ``From=...``."""
    message = EmailMessage()
    given = {
        "From": letter.address,
        "To": reply_address(letter, settings),
        "Subject": "回复：请答复",
        "Message-ID": f"<{next(_numbers)}@zj.example>",
    }
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    message.set_content(text)
    return message


@functools.cache
def session_key() -> bytes:
    """The practice key of this session: making one for each test would take longer than the tests."""
    return new_key(1024)


def as_sent(settings: Settings, message: EmailMessage) -> bytes:
    """Return ``message`` as its sender's mail server sends it on: signed; unsigned where it has no one sender."""
    have_key(settings)
    try:
        return signed(settings, message)
    except ValueError:  # no From that a mail server would sign for
        return message.as_bytes(policy=policy.SMTP)


def sign_raw(settings: Settings, raw: bytes, domain: str = "zj.example") -> bytes:
    """Return the bytes of a message as the mail server of ``domain`` sends them on."""
    have_key(settings)
    return sign(raw, domain, practice_key(settings.home), SELECTOR)


def have_key(settings: Settings) -> None:
    """Give an installation the practice key of this session."""
    settings.home.mkdir(parents=True, exist_ok=True)
    if not (settings.home / FILE).exists():
        keep_key(settings.home / FILE, session_key())


async def send(
    settings: Settings,
    message: EmailMessage | bytes,
    to: str = "",
    sender: str = "a@zj.example",
    *,
    as_is: bool = False,
) -> str:
    """Send a message to the receiver over a connection of its own; return what it said. Bytes go as they are."""
    if isinstance(message, bytes):
        raw = message
    else:
        raw = await asyncio.to_thread(as_sent, settings, message) if not as_is else message.as_bytes(policy=policy.SMTP)
    recipient = to or (str(message["To"]) if isinstance(message, EmailMessage) else "")
    async with aiosmtplib.SMTP(
        hostname=settings.host, port=settings.receiver_port, start_tls=False, local_hostname="zj.example"
    ) as smtp:
        _, said = await smtp.sendmail(sender, [recipient], raw)
    return said


async def judged(db: Database, count: int = 1) -> list[InboundMail]:
    """Wait until ``count`` messages were received and all were judged; return them, the oldest first."""

    async def all_judged() -> bool:
        found = await stored(db)
        return len(found) >= count and all(mail.state is not MailState.RECEIVED for mail in found)

    await until(all_judged)
    return await stored(db)


def proven(reply: Reply) -> Reply:
    """Return ``reply`` as one whose sender is proven: for tests of what follows."""
    return replace(reply, authenticity=Authenticity((), "dkim zj.example"))
