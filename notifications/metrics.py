"""Answer Prometheus: ``/metrics`` of one part on a port of its own, on this machine by default."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import CollectorRegistry, start_http_server

from models.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds between two looks at what is counted in the database.
EVERY = 5.0


async def show(settings: Settings, port: str, registry: CollectorRegistry, look: Callable[[], Awaitable[None]]) -> None:
    """Show ``registry`` on the port of the setting ``port`` until cancelled; ``look`` brings it up to date.

    Port 0 shows nothing. A port that is taken is said and changes nothing else; neither does a look in vain.
    """
    number = int(getattr(settings, port))
    if not number:
        return
    try:
        server, thread = await asyncio.to_thread(start_http_server, number, settings.metrics_host, registry=registry)
    except OSError as error:
        log.error(f"no metrics: LIANDONG_{port.upper()} cannot be listened on", why=str(error))
        return
    try:
        while True:
            try:
                await look()
            except Exception:
                log.exception("cannot count for Prometheus; looking again soon")
            await asyncio.sleep(EVERY)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
