"""One kept-open SMTP connection, and what an answer means for the letter."""

import asyncio
import contextlib

import aiosmtplib

from models.settings import Settings
from notifications.render import sender_address

#: The server wants a login of us (RFC 4954, 6): no fault of the letter or its addressee.
NOT_LET_IN = {530, 534, 535, 538}


class PutOff(Exception):
    """The letter was not taken this time: a 4xx answer, or no connection. Try again later."""


class Refused(Exception):
    """The letter will never be taken: a 5xx answer."""


class Connection:
    """Connects when it has something to send, and stays connected."""

    def __init__(self, settings: Settings) -> None:
        self._sender = sender_address(settings)
        self._timeout = settings.smtp_timeout_seconds
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=settings.smtp_timeout_seconds,
            local_hostname=settings.mail_domain,
        )

    async def send(self, address: str, message: bytes) -> None:
        """Hand ``message`` over; a connection that was lost while it idled is made anew at once.

        Raises:
            PutOff: try again later.
            Refused: never try again.

        """
        idled = self._smtp.is_connected
        try:
            await self._send(address, message)
        except aiosmtplib.SMTPServerDisconnected as error:
            if not idled:
                raise PutOff(str(error)) from error
            await self._send_anew(address, message)

    async def _send_anew(self, address: str, message: bytes) -> None:
        try:
            await self._send(address, message)
        except aiosmtplib.SMTPServerDisconnected as error:
            raise PutOff(str(error)) from error

    async def _send(self, address: str, message: bytes) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                if not self._smtp.is_connected:
                    await self._connect()
                await self._smtp.sendmail(self._sender, [address], message)
        except aiosmtplib.SMTPServerDisconnected:
            self._smtp.close()
            raise
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            raise _verdict(refusal.code, refusal.message) from error
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPHeloError) as error:
            self._smtp.close()
            raise PutOff(f"{error.code} {error.message}") from error  # it is us that the server does not take
        except aiosmtplib.SMTPResponseException as error:
            raise _verdict(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            self._smtp.close()
            raise PutOff(f"{type(error).__name__}: {error}") from error

    async def _connect(self) -> None:
        """Connect; a server that refuses the connection says nothing about the letter."""
        try:
            await self._smtp.connect()
        except aiosmtplib.SMTPResponseException as error:
            self._smtp.close()
            raise PutOff(f"{error.code} {error.message}") from error

    async def close(self) -> None:
        """Say goodbye if somebody is there."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            if self._smtp.is_connected:
                async with asyncio.timeout(1):
                    await self._smtp.quit()
        self._smtp.close()


def _verdict(code: int, message: str) -> PutOff | Refused:
    said = f"{code} {message}"
    return Refused(said) if 500 <= code < 600 and code not in NOT_LET_IN else PutOff(said)
