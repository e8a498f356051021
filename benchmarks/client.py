"""The load client: 1 or 16 people who send their decisions one after the other.

Run as ``python -m benchmarks.client`` with a job as one line of JSON on standard input. It first opens every
page (GET), as a browser would, to get the cookie and the form's fields; says ``ready``; waits for ``go``; and
only then sends the decisions (POST) and measures. It answers with one line of JSON. The floor has no pages:
there it sends a form of the same size straight away.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlencode

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
COOKIE = re.compile(rb"set-cookie: ([^;\r]+)", re.IGNORECASE)
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
#: Somebody who waits longer than this for an answer or a letter has found a fault.
PATIENCE = 30.0
#: What the floor gets: it reads the form, and only reads it.
BLANK = urlencode({"csrf": "0" * 64, "outcome": "approve", "amount_county": "3,000,000", "opinion": ""})


class Connection:
    """HTTP/1.1 on one kept-open connection, no more than is needed."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> "Connection":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Return status, head and body of the answer to ``request``."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        body = await self.reader.readexactly(int(found[1])) if found else b""
        return int(head[9:12]), head, body


def post(token: str, form: str, cookie: str = "") -> bytes:
    cookie_line = f"Cookie: {cookie}\r\n" if cookie else ""
    return (
        f"POST /d/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie_line}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}"
    ).encode()


async def form_of(connection: Connection, token: str) -> bytes:
    """Open the page and return the request that approves as stated."""
    status, head, body = await connection.ask(f"GET /d/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    cookie = COOKIE.search(head)
    if status != 200 or cookie is None:
        raise RuntimeError(f"GET: {status} {body[:300]!r}")
    inputs = [dict(ATTRIBUTE.findall(one)) for one in INPUT.findall(body.decode())]
    given = {i["name"]: i.get("value", "") for i in inputs if "name" in i and i.get("type") != "radio"}
    form = "&".join(f"{k}={quote_plus(v)}" for k, v in (given | {"outcome": "approve", "opinion": ""}).items())
    return post(token, form, cookie[1].decode())


class Load:
    def __init__(self, job: dict[str, Any]) -> None:
        self.tokens: list[str] = job["tokens"]
        self.port, self.clients, self.pages, self.watch = job["port"], job["clients"], job["pages"], job["watch"]
        self.arrived: asyncio.Queue[int] = asyncio.Queue()
        self.answers: list[float] = []
        self.letters: list[float] = []

    async def run(self) -> None:
        connections = [await Connection(self.port).open() for _ in range(self.clients)]
        requests: list[bytes] = []
        if self.pages:
            left = iter(self.tokens)
            await asyncio.gather(*(self._open_pages(c, left, requests) for c in connections))
        else:
            requests = [post(token, BLANK) for token in self.tokens]
        watching = asyncio.create_task(self._watch()) if self.watch else None
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        cpu, start = time.process_time(), time.monotonic()
        todo = iter(requests)
        await asyncio.gather(*(self._decide(c, todo) for c in connections))
        end = time.monotonic()
        if watching is not None:
            watching.cancel()
        said = {"start": start, "end": end, "answers": self.answers, "letters": self.letters,
                "cpu": time.process_time() - cpu}  # fmt: skip
        print(json.dumps(said), flush=True)

    async def _open_pages(self, connection: Connection, left: Iterator[str], requests: list[bytes]) -> None:
        for token in left:
            requests.append(await form_of(connection, token))

    async def _decide(self, connection: Connection, todo: Iterator[bytes]) -> None:
        for request in todo:
            sent = time.monotonic_ns()
            status, _, body = await asyncio.wait_for(connection.ask(request), PATIENCE)
            if status != 303:
                raise RuntimeError(f"POST: {status} {body[:300]!r}")
            self.answers.append((time.monotonic_ns() - sent) / 1e6)
            if self.watch:
                while (arrived := await asyncio.wait_for(self.arrived.get(), PATIENCE)) < sent:
                    pass
                self.letters.append((arrived - sent) / 1e6)

    async def _watch(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.watch)
        writer.write(b"watch\n")
        await reader.readline()
        while line := await reader.readline():
            self.arrived.put_nowait(int(line))


if __name__ == "__main__":
    asyncio.run(Load(json.loads(sys.stdin.readline())).run())
