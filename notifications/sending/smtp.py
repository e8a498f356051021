"""One kept-open SMTP connection, and what an answer means for the letter."""

import asyncio
import contextlib
import re

import aiosmtplib

from models.settings import Settings
from notifications.sending.smtp_door import NotLetIn, enter

#: The server wants a login of us (RFC 4954, 6): no fault of the letter or its addressee.
NOT_LET_IN = {530, 534, 535, 538}
#: The answer to MAIL that is about the letter (RFC 1870, 6.1); every other refusal there is about us.
TOO_LARGE = 552
START_INPUT, COMPLETED = 354, 250
#: The server asks for less from us: it closes (RFC 5321, 3.8), or its policy puts us off (RFC 3463, 3.8).
_LESS = re.compile(r"4\.7\.\d{1,3}\b")


class PutOff(Exception):
    """The letter was not taken this time: a 4xx answer, or no connection. Try again later."""

    def __init__(self, why: str, *, slow_down: bool = False) -> None:
        super().__init__(why)
        #: Whether other letters to the same domain had better wait as well.
        self.slow_down = slow_down


class Refused(Exception):
    """The letter will never be taken: a 5xx answer."""


class Connection:
    """Connects when it has something to send, and stays connected."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        protection = settings.smtp_protection
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=None,  # each letter as a whole has its time, see `_send`
            local_hostname=settings.mail_domain,
            use_tls=protection == "tls",
            start_tls=protection == "starttls",
        )
        #: Whether the server has heard of the letter that is being handed over.
        self._begun = False

    @property
    def is_open(self) -> bool:
        """Whether somebody is there, as far as we know."""
        return self._smtp.is_connected

    async def open(self) -> None:
        """Connect and log in.

        Raises:
            PutOff: with the reason, and where it is known what to do.

        """
        try:
            await enter(self._smtp, self._settings)
        except NotLetIn as error:
            self._smtp.close()
            raise PutOff(str(error)) from error

    async def send(self, sender: str, address: str, message: bytes) -> None:
        """Hand ``message`` over; a connection that was lost while it idled is made anew at once.

        One that is lost when the letter has begun is not: whether it arrived is not known, and a server that
        hangs up on a letter is given time.

        Raises:
            PutOff: try again later.
            Refused: never try again.

        """
        idled = self._smtp.is_connected
        try:
            await self._send(sender, address, message)
        except aiosmtplib.SMTPServerDisconnected as error:
            if not idled or self._begun:
                raise PutOff(f"the server hung up: {error}") from error
            await self._send_anew(sender, address, message)

    async def _send_anew(self, sender: str, address: str, message: bytes) -> None:
        try:
            await self._send(sender, address, message)
        except aiosmtplib.SMTPServerDisconnected as error:
            raise PutOff(f"the server hung up: {error}") from error

    async def _send(self, sender: str, address: str, message: bytes) -> None:
        try:
            async with asyncio.timeout(self._settings.smtp_timeout_seconds):
                if not self._smtp.is_connected:
                    await self.open()
                await self._hand_over(sender, address, message)
        except aiosmtplib.SMTPServerDisconnected:
            self._smtp.close()
            raise
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPHeloError) as error:
            self._smtp.close()  # it is us that the server does not take
            if error.code == TOO_LARGE:
                raise Refused(f"{error.code} {error.message}") from error
            raise PutOff(f"{error.code} {error.message}", slow_down=asks_for_less(error.code, error.message)) from error
        except aiosmtplib.SMTPResponseException as error:
            await self._start_over(error.code)
            raise _verdict(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            self._smtp.close()
            raise PutOff(f"{type(error).__name__}: {error}") from error

    async def _hand_over(self, sender: str, address: str, message: bytes) -> None:
        """Do one transaction (RFC 5321, 3.3), with the size where the server wants to know it (RFC 1870)."""
        self._begun = False
        size = [f"size={len(message)}"] if self._smtp.supports_extension("size") else []
        await self._smtp.mail(sender, options=size)
        self._begun = True
        await self._smtp.rcpt(address)
        await self._data(message)

    async def _data(self, message: bytes) -> None:
        """Send the letter itself, dots doubled (RFC 5321, 4.5.2).

        aiosmtplib's ``data`` rewrites every line end of it, which takes half of the time that a letter takes it;
        ours end in CRLF already. Should one not, it is rewritten after all: a bare line end may smuggle a letter.
        """
        protocol, lines = self._smtp.protocol, message.count(b"\r\n")
        if protocol is None or not message.count(b"\r") == message.count(b"\n") == lines or message[-2:] != b"\r\n":
            await self._smtp.data(message)
            return
        answer = await self._smtp.execute_command(b"DATA")
        if answer.code == START_INPUT:
            dotted = message.replace(b"\r\n.", b"\r\n..")
            protocol.write((b"." if message[:1] == b"." else b"") + dotted + b".\r\n")
            answer = await protocol.read_response()
        if answer.code != COMPLETED:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)

    async def _start_over(self, code: int) -> None:
        """Forget the letter that was refused; where a login is wanted, the next letter connects and logs in anew."""
        if code in NOT_LET_IN:
            self._smtp.close()
            return
        try:
            async with asyncio.timeout(self._settings.smtp_timeout_seconds):
                await self._smtp.rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            self._smtp.close()

    async def close(self) -> None:
        """Say goodbye if somebody is there."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            if self._smtp.is_connected:
                async with asyncio.timeout(1):
                    await self._smtp.quit()
        self._smtp.close()


def asks_for_less(code: int, message: str) -> bool:
    """Tell whether an answer means the domain as a whole: 421, or a status of 4.7.x."""
    return code == 421 or (400 <= code < 500 and bool(_LESS.match(message)))


def _verdict(code: int, message: str) -> PutOff | Refused:
    said = f"{code} {message}"
    if 500 <= code < 600 and code not in NOT_LET_IN:
        return Refused(said)
    return PutOff(said, slow_down=asks_for_less(code, message))
