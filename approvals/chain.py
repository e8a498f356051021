"""The chain of events of one application: each event seals all before it."""

import datetime as dt
from typing import Any

from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.hashing import event_hash


def record(tx: Transaction, app: Application, kind: EventKind, now: dt.datetime, **payload: Any) -> None:
    """Append an event to the chain of ``app``, whose row the transaction has locked."""
    seq = app.event_count + 1
    digest = event_hash(app.head, app.id, seq, kind.value, stamp(now), payload)
    tx.insert(Event, application_id=app.id, seq=seq, kind=kind, at=now, payload=payload, previous=app.head, hash=digest)
    app.event_count, app.head = seq, digest


def stamp(at: dt.datetime) -> str:
    """Return ``at`` as it is sealed: ISO 8601, UTC, microseconds."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def changed(tx: Transaction, app: Application, now: dt.datetime) -> None:
    """Mark that ``app`` has something new to show: its run is woken after the commit."""
    app.version += 1
    app.wake_at = now
    tx.bells.add("worker")
