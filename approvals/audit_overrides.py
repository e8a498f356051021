"""Audit of overrides: who decided in place of a unit, and who consented, against what was sealed."""

from collections.abc import Iterable

from sqlmodel import select

from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.override import Override, OverrideState


def difference(tx: Transaction, app: Application, events: Iterable[Event]) -> tuple[int, str] | None:
    """Return the number of the event and what differs first; 0 where the table has what the chain has not."""
    sealed = {e.payload["override"]: e for e in events if e.kind is EventKind.OVERRIDDEN}
    rows = tx.exec(select(Override).where(Override.application_id == app.id, Override.state == OverrideState.TAKEN))
    taken = {one.id: one for one in rows}
    if differ := sealed.keys() ^ taken.keys():
        return 0, f"override {differ.pop()} is on the chain or in its table, and not in both"
    for one in taken.values():
        event = sealed[one.id]
        said = {
            "task": one.task_id,
            "outcome": one.outcome.value,
            "reason": one.reason,
            "proposer": one.proposer,
            "consenter": one.consenter,
        }
        if any(event.payload.get(key) != value for key, value in said.items()) or event.at != one.closed_at:
            return event.seq, f"override {one.id} differs from what was sealed"
    return None
