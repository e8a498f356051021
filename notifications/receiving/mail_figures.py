"""What a part that takes mail in counts for Prometheus: the receiver, or the part that reads a mailbox."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from approvals import mail_queries
from approvals.database import Database
from models.settings import Settings
from notifications.metrics import show

log = structlog.get_logger(__name__)

#: Seconds from storing to judging; a sender that cannot be looked up waits for hours.
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 600, 3600)


class MailFigures:
    """The figures of one part; ``port`` is the setting that has its port, ``door`` how its mail comes in."""

    def __init__(self, settings: Settings, db: Database, port: str, door: str) -> None:
        self.registry = CollectorRegistry()
        self._settings, self._db, self._port, self._door = settings, db, port, door
        self._came = Counter(
            "liandong_mail",
            "Messages that came to a door, by what it did: taken, here already, or why it was refused or put aside",
            ("door", "result"),
            registry=self.registry,
        )
        self._judged = Counter(
            "liandong_mail_judged",
            "Messages judged, by what they were to (reply, object, bounce) and what became of them",
            ("to", "verdict"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "liandong_mail_judged_seconds",
            "Seconds from storing a message to its judgement",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._waiting = self.gauge("liandong_mail_waiting", "Messages that are stored and not judged yet")
        self._oldest = self.gauge("liandong_mail_oldest_seconds", "Age of the oldest message that is not judged yet")

    def gauge(self, name: str, says: str, value: Callable[[], float] | None = None) -> Gauge:
        """Return a figure that goes up and down; ``value`` is asked for it whenever somebody looks."""
        made = Gauge(name, says, registry=self.registry)
        if value is not None:
            made.set_function(value)
        return made

    def came(self, result: str) -> None:
        """Count one message, or one that was refused."""
        self._came.labels(self._door, result).inc()

    async def judged(self, mail_id: str, trouble: str = "") -> None:
        """Count what became of one message; ``trouble`` where nothing has yet."""
        if not getattr(self._settings, self._port):
            return  # nobody looks
        try:
            done = await self._db.read(mail_queries.outcome, mail_id)
        except Exception:
            log.exception("cannot count what became of a message", mail=mail_id)
            return
        self._judged.labels(done.to, trouble or done.verdict).inc()
        if done.seconds is not None and not trouble:
            self._seconds.observe(done.seconds)

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Answer Prometheus while the block runs."""
        task = asyncio.create_task(show(self._settings, self._port, self.registry, self._look))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _look(self) -> None:
        count, oldest = await self._db.read(mail_queries.waiting)
        self._waiting.set(count)
        self._oldest.set((dt.datetime.now(dt.UTC) - oldest).total_seconds() if oldest else 0)
