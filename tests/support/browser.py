"""The portal as a browser without a script would use it, over HTTP."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx
from fastapi import FastAPI

from portal.app import server

FIELD = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Browser:
    """Opens pages, keeps cookies, and sends forms with what the page gave it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def open(self, path: str) -> httpx.Response:
        """GET a page."""
        return await self.client.get(path)

    async def csrf(self, path: str) -> str:
        """Open the page at ``path`` and return its hidden field."""
        return self.csrf_in(await self.open(path))

    def csrf_in(self, page: httpx.Response) -> str:
        """Return the hidden field of a page."""
        found = FIELD.search(page.text)
        assert found, f"no form at {page.url.path}"
        return found[1]

    async def send(self, page: str, to: str = "", /, **fields: str) -> httpx.Response:
        """Open ``page`` and send its form with ``fields`` to ``page + to``; redirects are not followed."""
        return await self.client.post(page + to, data={"csrf": await self.csrf(page)} | fields)


@asynccontextmanager
async def browsing(app: FastAPI) -> AsyncIterator[Browser]:
    """Yield a browser that talks to ``app`` in this process."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8460") as client:
        yield Browser(client)


def errors_in(page: httpx.Response) -> list[str]:
    """Return the sentences of a page's error summary."""
    summary = re.search(r'<div class="errors".*?</div>', page.text, re.S)
    return [unescape(x) for x in re.findall(r'<a href="#[\w-]+">(.*?)</a>', summary[0])] if summary else []


@asynccontextmanager
async def serving(app: FastAPI, port: int) -> AsyncIterator[str]:
    """Serve ``app`` by uvicorn on ``port`` as the portal is served; yield its address."""
    running = server(app, "127.0.0.1", port)
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.02)
        assert not task.done(), f"uvicorn did not start on port {port}"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        await task
