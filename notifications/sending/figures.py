"""What a sender counts, for Prometheus.

``domain`` is bounded: the first fifty that letters go to, and ``other``.
"""

import datetime as dt
from collections.abc import Sequence
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from approvals import outbox
from approvals.database import Database
from models.letter import Letter
from models.pace import domain_of
from models.settings import Settings
from notifications.metrics import show
from notifications.sending.smtp import Connection

DOMAINS = 50
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Figures:
    """The figures of one sender."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._letters = Counter(
            "liandong_letters",
            "Letters, by what became of one try: sent, put off, refused, or waits for the turn of its domain",
            ("kind", "domain", "result"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "liandong_letter_seconds",
            "Seconds from the beginning of a try to the answer of the SMTP server",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._waiting = self._gauge("liandong_letters_waiting", "Letters in the outbox that are not sent yet")
        self._oldest = self._gauge("liandong_letters_oldest_seconds", "Age of the oldest letter that is not sent yet")
        self._open = self._gauge("liandong_smtp_connections", "Open connections to the SMTP server")
        self._domains: set[str] = set()

    def _gauge(self, name: str, says: str) -> Gauge:
        return Gauge(name, says, registry=self.registry)

    def count(self, letter: Letter, result: str) -> None:
        """Count one try."""
        domain = domain_of(letter.address)
        if domain not in self._domains and len(self._domains) < DOMAINS:
            self._domains.add(domain)
        self._letters.labels(letter.kind, domain if domain in self._domains else "other", result).inc()

    async def show(self, settings: Settings, db: Database, connections: Sequence[Connection]) -> None:
        """Answer Prometheus until cancelled."""
        self._open.set_function(lambda: sum(connection.is_open for connection in connections))
        await show(settings, "sender_metrics_port", self.registry, partial(self._look, db))

    async def _look(self, db: Database) -> None:
        count, oldest = await db.read(outbox.waiting)
        self._waiting.set(count)
        self._oldest.set((dt.datetime.now(dt.UTC) - oldest).total_seconds() if oldest else 0)
