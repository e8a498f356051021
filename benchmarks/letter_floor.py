"""What the letters of the sender are held against: the same bytes, made before, over connections that stay open.

Run as ``python -m benchmarks.letter_floor bare|pipelined SMTP_PORT CONNECTIONS FILE``; the file is a pickle of
``(return path, recipient, message)``. ``bare`` is aiosmtplib and nothing else. ``pipelined`` is a client written by
hand that sends MAIL, RCPT and DATA together (RFC 2920): it checks nothing, and is here only to see what that gains.
"""

import asyncio
import pickle
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiosmtplib

Letter = tuple[str, str, bytes]


async def bare(port: int, letters: list[Letter]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as smtp:
        while letters:
            path, to, message = letters.pop()
            await smtp.sendmail(path, [to], message)


async def pipelined(port: int, letters: list[Letter]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def heard() -> None:
        while (await reader.readline())[3:4] == b"-":
            pass

    await heard()
    writer.write(b"EHLO floor\r\n")
    await heard()
    while letters:
        path, to, message = letters.pop()
        writer.write(f"MAIL FROM:<{path}>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode())
        for _ in range(3):
            await heard()
        writer.write(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        await heard()
    writer.close()


async def main(way: Callable[[int, list[Letter]], Awaitable[None]], port: int, connections: int, file: Path) -> None:
    letters = pickle.loads(file.read_bytes())
    await asyncio.gather(*(way(port, letters) for _ in range(connections)))
    await asyncio.Event().wait()  # until it is ended: what it cost is read meanwhile


if __name__ == "__main__":
    ways = {"bare": bare, "pipelined": pipelined}
    asyncio.run(main(ways[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
