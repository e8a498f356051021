"""Listen for mail on a port, in this event loop, and hang up cleanly at the end."""

import asyncio
import contextlib
import re
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, syntax

#: Stands for the empty return path, which aiosmtpd does not take (RFC 5321, 4.5.5).
NOBODY = "nobody@null.invalid"
#: Some programs write a whole paragraph on one line; RFC 5321's 998 octets would refuse them.
LONGEST_LINE = 1_000_000


class _TakesEverybody:
    """Takes an empty return path and long lines."""

    line_length_limit = LONGEST_LINE

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Begin a message."""
        named = arg and re.sub(r"^(from:\s*)<>", rf"\1<{NOBODY}>", arg, flags=re.IGNORECASE)
        await super().smtp_MAIL(named)  # type: ignore[misc]


class Smtp(_TakesEverybody, SMTP):
    """SMTP as we speak it."""


class Lmtp(_TakesEverybody, LMTP):
    """LMTP as we speak it."""


def return_path(mail_from: str | None) -> str:
    """Return the return path that the client gave; empty where it gave an empty one."""
    return "" if mail_from in (None, NOBODY) else str(mail_from)


@contextlib.asynccontextmanager
async def listening(make: Callable[[], Any], host: str, port: int) -> AsyncIterator[int]:
    """Listen with protocols from ``make`` while the block runs; gives the port, which matters where 0 was asked."""
    protocols: weakref.WeakSet[Any] = weakref.WeakSet()

    def _make() -> Any:
        protocol = make()
        protocols.add(protocol)
        return protocol

    server = await asyncio.get_running_loop().create_server(_make, host, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for protocol in list(protocols):
            if protocol.transport is not None:
                protocol.transport.close()
        await asyncio.sleep(0)
