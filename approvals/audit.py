"""Audit: recompute every chain of events, and hold the tables against it."""

from dataclasses import dataclass

from sqlmodel import col, select

from approvals.chain import stamp
from approvals.database import Transaction
from models.application import Application, Revision
from models.event import Event, EventKind
from models.hashing import GENESIS, content_hash, event_hash
from models.task import Decision


@dataclass(frozen=True)
class Break:
    """The first thing that is wrong with one application's record."""

    number: str
    #: The event's number in the chain; 0 where a table disagrees with the chain.
    seq: int
    why: str


def verify(tx: Transaction, application_id: str) -> Break | None:
    """Return the first break in the chain of one application, or None where everything agrees."""
    app = tx.exec(select(Application).where(Application.id == application_id)).one()
    events = tx.exec(select(Event).where(Event.application_id == app.id).order_by(col(Event.seq))).all()
    return _verify_chain(app, list(events)) or _verify_tables(tx, app, list(events))


def applications(tx: Transaction) -> list[str]:
    """Return the ids of all applications in the order of their numbers."""
    return list(tx.exec(select(Application.id).order_by(Application.number)))


def _verify_chain(app: Application, events: list[Event]) -> Break | None:
    head = GENESIS
    for seq, event in enumerate(events, start=1):
        if event.seq != seq:
            return Break(app.number, seq, f"event {seq} is missing")
        if event.previous != head:
            return Break(app.number, seq, "does not follow the event before it")
        digest = event_hash(head, app.id, seq, event.kind.value, stamp(event.at), event.payload)
        if digest != event.hash:
            return Break(app.number, seq, f"its content was altered ({event.kind.value})")
        head = digest
    if (head, len(events)) != (app.head, app.event_count):
        return Break(app.number, len(events) + 1, f"the chain ends after {len(events)} of {app.event_count} events")
    return None


def _verify_tables(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold decisions and revisions, which people read, against what the chain sealed."""
    sealed = {e.payload["decision"]: e for e in events if e.kind is EventKind.DECIDED}
    decisions = tx.exec(select(Decision).where(Decision.application_id == app.id)).all()
    if missing := set(sealed) - {d.id for d in decisions}:
        return Break(app.number, sealed[missing.pop()].seq, "its decision is missing from the decisions")
    for decision in decisions:
        event = sealed.get(decision.id)
        if event is None:
            return Break(app.number, 0, f"decision {decision.id} is not on the chain")
        said = {
            "outcome": decision.outcome.value,
            "opinion": decision.opinion,
            "task": decision.task_id,
            "channel": decision.channel.value,
            "content_hash": decision.content_hash,
        }
        if any(event.payload[key] != value for key, value in said.items()) or event.at != decision.decided_at:
            return Break(app.number, event.seq, f"decision {decision.id} differs from what was sealed")
    for revision in tx.exec(select(Revision).where(Revision.application_id == app.id)):
        if content_hash(revision.content) != revision.content_hash:
            return Break(app.number, 0, f"the content of round {revision.round} was altered")
    return None
