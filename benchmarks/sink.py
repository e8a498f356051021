"""An SMTP server that takes every letter at once and keeps only when the last one came.

Run as ``python -m benchmarks.sink SMTP_PORT CONTROL_PORT [DELAY_MS]``; each answer comes after the delay, as from a
server that is so far away, and commands may be pipelined (RFC 2920). Whoever connects to the control port and says
``count`` is told how many letters came and when the last did; whoever says ``watch`` is told the time of each
letter from then on, a line each (``time.monotonic_ns``, which all processes of a machine share).
"""

import asyncio
import sys
import time

#: What is answered to each command; DATA and QUIT are apart.
GREETING = b"220 sink\r\n"
FEATURES = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
OK = b"250 ok\r\n"


class Letters:
    def __init__(self) -> None:
        self.count, self.last = 0, 0
        self.watchers: list[asyncio.StreamWriter] = []

    def came(self) -> None:
        self.count, self.last = self.count + 1, time.monotonic_ns()
        for watcher in self.watchers:
            watcher.write(b"%d\n" % self.last)


class Smtp(asyncio.Protocol):
    """One connection."""

    def __init__(self, letters: Letters, delay: float = 0.0) -> None:
        self.letters, self.buffer, self.in_data, self.delay = letters, bytearray(), False, delay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._say(GREETING)

    def _say(self, answer: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, answer)
        else:
            self.transport.write(answer)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._next():
            pass

    def _next(self) -> bool:
        end = b"\r\n.\r\n" if self.in_data else b"\r\n"
        at = self.buffer.find(end)
        if at < 0:
            return False
        if self.in_data:
            self.in_data = False
            self.letters.came()  # accepted: the moment that the answer is written
            answer = OK
        else:
            answer = self._answer(bytes(self.buffer[:4]).upper())
        del self.buffer[: at + len(end)]
        self._say(answer)
        return True

    def _answer(self, command: bytes) -> bytes:
        if command == b"EHLO":
            return FEATURES
        if command == b"DATA":
            self.in_data = True
            return b"354 go on\r\n"
        if command == b"QUIT":
            return b"221 bye\r\n"
        return OK


async def control(letters: Letters, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.readline():
        if said == b"watch\n":
            letters.watchers.append(writer)
            writer.write(b"watching\n")
        else:
            writer.write(b"%d %d\n" % (letters.count, letters.last))
    if writer in letters.watchers:
        letters.watchers.remove(writer)
    writer.close()


async def serve(smtp_port: int, control_port: int, delay: float = 0.0) -> None:
    letters = Letters()
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: Smtp(letters, delay), "127.0.0.1", smtp_port)
    controls = await asyncio.start_server(lambda r, w: control(letters, r, w), "127.0.0.1", control_port)
    async with smtp, controls:
        await smtp.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0.0))
