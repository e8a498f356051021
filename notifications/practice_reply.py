"""Answer a letter of the practice mailbox over real SMTP, as its reader's mail client would."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

import aiosmtplib

from models.settings import Settings
from notifications.practice_clients import Client, written


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


async def send_reply(settings: Settings, letter: bytes, text: str, client: Client = Client.PLAIN) -> None:
    """Send ``text`` as the reply to ``letter``, from the person it was written to, to our receiver.

    Raises:
        ConnectionError: the receiver is away or refused it; try again.

    """
    reply = compose_reply(letter, text, client)
    try:
        await aiosmtplib.send(reply, hostname=settings.host, port=settings.receiver_port, start_tls=False)
    except aiosmtplib.SMTPException as error:
        raise ConnectionError(f"the reply was not taken: {error}") from error
