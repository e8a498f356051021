"""What a worker counts, for Prometheus: its passes and polls, and what waits in the tables.

What an operator alarms on: nothing polled for a minute, no sweep for several of its periods, wake-ups that wait.
"""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from approvals import waking
from approvals.late import late_stages
from flows.context import database
from models.settings import Settings
from notifications.metrics import show

SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)


class WorkerFigures:
    """The figures of one worker process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._passes = Counter(
            "liandong_passes",
            "Passes, by flow (approval-chain, sweep) and by how they ended: done, put back, failed",
            ("flow", "result"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "liandong_pass_seconds", "Seconds that a pass took", ("flow",), buckets=SECONDS, registry=self.registry
        )
        self._at_work = self._gauge("liandong_passes_at_work", "Passes under way")
        self._polled = self._gauge("liandong_worker_polled_seconds", "When Prefect was polled last, seconds since 1970")
        self._swept = self._gauge("liandong_swept_seconds", "When this worker ended a sweep last, seconds since 1970")
        self._refused = Counter(
            "liandong_prefect_errors", "Requests that Prefect's API did not answer", registry=self.registry
        )
        self._wakes = self._gauge("liandong_wakes_waiting", "Runs that do not show the newest state yet")
        self._oldest = self._gauge("liandong_wakes_oldest_seconds", "How long the oldest of them is due")
        self._open = self._gauge("liandong_stages_open", "Stages that wait for an answer, suspended ones left out")
        self._late = self._gauge("liandong_stages_late", "Those of them whose date has passed")

    def _gauge(self, name: str, says: str) -> Gauge:
        return Gauge(name, says, registry=self.registry)

    def polled(self) -> None:
        """Note that Prefect was asked for runs, and answered."""
        self._polled.set(time.time())

    def refused(self) -> None:
        """Count that Prefect's API did not answer."""
        self._refused.inc()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count a pass while the block runs."""
        with self._at_work.track_inprogress():
            yield

    def passed(self, flow: str, result: str, seconds: float) -> None:
        """Count one pass."""
        self._passes.labels(flow, result).inc()
        self._seconds.labels(flow).observe(seconds)
        if (flow, result) == ("sweep", "done"):
            self._swept.set(time.time())

    async def show(self, settings: Settings) -> None:
        """Answer Prometheus until cancelled."""
        await show(settings, "worker_metrics_port", self.registry, self._look)

    async def _look(self) -> None:
        now = dt.datetime.now(dt.UTC)
        count, oldest = await database().read(waking.waiting)
        self._wakes.set(count)
        self._oldest.set(max(0.0, (now - oldest).total_seconds()) if oldest else 0)
        waits, late = await database().read(late_stages.count, now)
        self._open.set(waits)
        self._late.set(late)
