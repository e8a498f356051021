"""The doorbell: a UDP datagram on the loopback that says "look now" to sender and worker.

It carries nothing and may be lost: whoever listens looks by itself every second as well (docs/adr/0005).
"""

import asyncio
import contextlib
import errno
import logging
import socket
from typing import Self

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
_socket.setblocking(False)


def ring(port: int) -> None:
    """Ring the bell on ``port``; nobody need be listening."""
    with contextlib.suppress(OSError):
        _socket.sendto(b"!", (LOOPBACK, port))


class Doorbell(asyncio.DatagramProtocol):
    """Listens on a port; ``wait`` returns when it rang or the time is over."""

    def __init__(self) -> None:
        self._rang = asyncio.Event()
        self._transport: asyncio.BaseTransport | None = None

    @classmethod
    async def listen(cls, port: int) -> Self:
        """Listen on ``port`` of the loopback; where another process has it, the bell rings only from inside."""
        bell = cls()
        loop = asyncio.get_running_loop()
        try:
            bell._transport, _ = await loop.create_datagram_endpoint(lambda: bell, (LOOPBACK, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            log.warning("port %d of the doorbell is taken: looking by itself from time to time", port)
        return bell

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Somebody rang from outside."""
        self._rang.set()

    def ring(self) -> None:
        """Ring from inside this process's event loop."""
        self._rang.set()

    async def wait(self, seconds: float) -> None:
        """Return as soon as the bell has rung since the last wait, at the latest after ``seconds``."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rang.wait(), seconds)
        self._rang.clear()

    def close(self) -> None:
        """Stop listening."""
        if self._transport is not None:
            self._transport.close()
