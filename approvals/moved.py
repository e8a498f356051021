"""Moved: what a letter says of the move that made somebody asked, or asked no more: what, by whom, why."""

from typing import Any

from sqlmodel import col, select

from approvals import asking, letters
from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.states import TaskKind
from models.task import Task

#: How a task came to be -> the event that says by whom and why.
EVENT = {
    TaskKind.HANDED_OVER: EventKind.HANDED_OVER,
    TaskKind.ADDED: EventKind.ADDED,
    TaskKind.LENT: EventKind.LENT,
}
OPERATOR = {"zh": "运行人员", "en": "The operator"}


def facts(tx: Transaction, app: Application, kind: EventKind, unit: str, by: str, reason: str) -> dict[str, Any]:
    """Return ``moved``: the move that ``unit``, or an operator (``by``), made."""
    who = OPERATOR if by.startswith("operator:") else letters.names(policy_of(tx, app).unit_name(unit))
    return {"moved": {"kind": kind.value, "by": who, "reason": reason}}


def why_asked(tx: Transaction, app: Application, task: Task) -> dict[str, Any]:
    """Return ``moved`` of a task that opens some time after the move that made it.

    Nothing where the route made it, or where those who answer it were told before.
    """
    if (kind := EVENT.get(task.kind)) is None or asking.were_asked(tx, [task]):
        return {}
    made = select(Event.payload).where(Event.application_id == app.id, Event.kind == kind)
    for said in tx.exec(made.order_by(col(Event.seq).desc())):
        if said["task"] == task.id:
            return facts(tx, app, kind, said["unit"], said["by"], said["reason"])
    return {}
