"""The client of Prefect's API that everything in this process shares."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.context import AsyncClientContext

#: Pauses, in seconds, before a request that met a 503 is sent again; Prefect's own first pause is 2 s.
PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


class Persistent(httpx.AsyncBaseTransport):
    """Sends a request again soon when the server could not get at its database.

    On SQLite Prefect answers 503 whenever two of its transactions meet, which is often and over at once.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request``; after the last pause the 503 is Prefect's to deal with."""
        for pause in PAUSES:
            response = await self._inner.handle_async_request(request)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return response
            await response.aclose()
            await asyncio.sleep(pause)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


@asynccontextmanager
async def shared_client() -> AsyncIterator[PrefectClient]:
    """Make one client that every ``get_client()`` in this context finds.

    Without it each of them would build an SSL context of its own, tens of milliseconds of CPU.
    """
    context = AsyncClientContext(httpx_settings={"transport": Persistent(httpx.AsyncHTTPTransport(retries=3))})
    context._httpx_settings = None  # found by those who ask for no settings
    async with context:
        yield context.client
