"""Answer a letter of the practice mailbox over real SMTP, as its reader's mail client and mail server would."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

import aiosmtplib
import dkim

from models.settings import Settings
from notifications.authentic.practice_key import SELECTOR, practice_key
from notifications.practice.clients import Client, written

#: What the signature covers; From twice, so that no second one can be added.
SIGNED = (b"from", b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")


def compose_reply(letter: bytes, text: str, client: Client = Client.PLAIN) -> EmailMessage:
    """Return a reply to ``letter``: ``text`` on top, the letter below as ``client`` quotes it."""
    asked = message_from_bytes(letter, policy=policy.default)
    sender = parseaddr(str(asked["To"]))[1]
    reply = EmailMessage()
    reply["From"] = sender
    reply["To"] = parseaddr(str(asked["Reply-To"]))[1]
    reply["Subject"] = f"回复：{asked['Subject']}"
    reply["Date"] = formatdate(localtime=False)
    reply["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    reply["In-Reply-To"] = str(asked["Message-ID"])
    reply.set_content(written(client, text, asked))
    return reply


def signed(settings: Settings, reply: EmailMessage) -> bytes:
    """Return ``reply`` as its sender's mail server would send it on: with a DKIM signature of the sender's domain."""
    raw = reply.as_bytes(policy=policy.SMTP)
    domain = parseaddr(str(reply["From"]))[1].rpartition("@")[2].lower()
    return sign(raw, domain, practice_key(settings.home), SELECTOR)


def sign(raw: bytes, domain: str, key: bytes, selector: str) -> bytes:
    """Return ``raw`` with a DKIM signature of ``domain`` (RFC 6376) on top; ``key`` is a private key in PEM."""
    header = dkim.sign(
        raw,
        selector.encode(),
        domain.encode("idna"),
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=list(SIGNED),
    )
    return bytes(header) + raw


async def send_reply(settings: Settings, letter: bytes, text: str, client: Client = Client.PLAIN) -> None:
    """Send ``text`` as the reply to ``letter``, from the person it was written to, to our receiver.

    Raises:
        ConnectionError: the receiver is away or refused it; try again.

    """
    reply = compose_reply(letter, text, client)
    sender, recipient = str(reply["From"]), str(reply["To"])
    raw = await asyncio.to_thread(signed, settings, reply)
    try:
        await aiosmtplib.send(
            raw,
            sender=sender,
            recipients=[recipient],
            hostname=settings.host,
            port=settings.receiver_port,
            start_tls=False,
        )
    except aiosmtplib.SMTPException as error:
        raise ConnectionError(f"the reply was not taken: {error}") from error
