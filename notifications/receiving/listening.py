"""Listen for mail on a port, in this event loop, and hang up cleanly at the end."""

import asyncio
import contextlib
import re
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, syntax

from notifications.receiving.gate import Gate

#: Stands for the empty return path, which aiosmtpd does not take (RFC 5321, 4.5.5).
NOBODY = "nobody@null.invalid"
#: Some programs write a whole paragraph on one line; RFC 5321's 998 octets would refuse them.
LONGEST_LINE = 1_000_000
#: How a client announces the size of a message, and what aiosmtpd says of one that is larger than it may be.
_SIZE = re.compile(r"\s+SIZE=(\d{1,20})(?=\s|$)", re.IGNORECASE)
_TOO_MUCH = "552 Error: Too much mail data"

TOO_MANY = b"421 4.7.0 Too many connections, try again later\r\n"


def host_of(transport: asyncio.BaseTransport) -> str:
    """Return the address of the machine at the other end."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else "local"


class _TakesEverybody:
    """Takes an empty return path and long lines."""

    line_length_limit = LONGEST_LINE
    gate: Gate | None = None
    #: Called where the gate let a connection not in.
    turned_away: Callable[[], None] | None = None
    #: True where the client announced more than is taken (RFC 1870): each recipient is refused then, by name.
    too_large = False
    data_size_limit: int | None
    _host: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or hang up on a machine that has connections enough (RFC 5321, 3.8)."""
        host = host_of(transport)
        if self.gate is not None and not self.gate.enter(host):
            cast(asyncio.WriteTransport, transport).write(TOO_MANY)
            transport.close()
            if self.turned_away is not None:
                self.turned_away()
            return
        self._host = host
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        """End; one that was never let in has nothing to end."""
        if self._host is None:
            return
        if self.gate is not None:
            self.gate.leave(self._host)
        super().connection_lost(error)  # type: ignore[misc]

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Begin a message."""
        named = arg and re.sub(r"^(from:\s*)<>", rf"\1<{NOBODY}>", arg, flags=re.IGNORECASE)
        announced = _SIZE.search(named or "")
        self.too_large = bool(announced and self.data_size_limit and int(announced[1]) > self.data_size_limit)
        if self.too_large:
            named = _SIZE.sub("", named or "")
        await super().smtp_MAIL(named)  # type: ignore[misc]

    async def push(self, status: Any) -> None:
        """Answer; a message that turns out to be too large only now is refused in the handler's words."""
        if status == _TOO_MUCH:
            said = await self._call_handler_hook("TOO_LARGE")  # type: ignore[attr-defined]
            status = said if isinstance(said, str) else status
        await super().push(status)  # type: ignore[misc]


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
