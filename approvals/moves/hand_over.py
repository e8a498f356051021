"""Hand over (转办): a task goes to another unit or person for good, with its seat in the vote."""

import datetime as dt

from approvals import moved, tasks, turns
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.moves.mover import Moved, Mover, reason_of
from approvals.moves.seats import check_receiver, check_responsible
from approvals.moves.whom import Whom, whom
from approvals.office import Office
from approvals.transaction import Transaction
from models.event import EventKind
from models.states import TaskEnd, TaskKind, TaskState
from models.task import Task


def hand_over(tx: Transaction, office: Office, mover: Mover, to: str, reason: str, now: dt.datetime) -> Moved:
    """Give the task to ``to``: a unit, or one person of it; the old links say so.

    Raises:
        LiandongError: there is nobody called so, or the task cannot go there.

    """
    why, task, app = reason_of(reason), mover.task, mover.app
    receiver = whom(tx, app, to, task.unit)
    check_receiver(tx, mover, receiver)
    check_responsible(tx, mover, receiver)
    waiting = turns.waiting_for(mover.place, task)
    new = _replace(tx, office, mover, receiver, why, now)
    for one in waiting:
        one.waits_for = new.id
        tx.add(one)
    about = {"stage": task.stage_id, "task": new.id, "was": task.id, "unit": task.unit, "to": receiver.to}
    record(tx, app, EventKind.HANDED_OVER, now, by=mover.by, reason=why, **about, **mover.credentials)
    if new.state is TaskState.OPEN:
        said = moved.facts(tx, app, EventKind.HANDED_OVER, task.unit, mover.by, why)
        place = mover.place
        tasks.ask(tx, office, app, place.stage, place.route_stage, new, receiver.officers, now, **said)
    changed(tx, app, now)
    name = receiver.name(policy_of(tx, app))
    return Moved(app.number, f"已转办给{name.zh}。", f"Handed over to {name.en}.")


def _replace(tx: Transaction, office: Office, mover: Mover, receiver: Whom, why: str, now: dt.datetime) -> Task:
    """Void the task and make the one in its place; those who need not answer any more are told."""
    task, stage, state = mover.task, mover.place.stage, mover.task.state
    said = moved.facts(tx, mover.app, EventKind.HANDED_OVER, task.unit, mover.by, why)
    said["moved"]["to"] = receiver.name(policy_of(tx, mover.app)).model_dump()
    but = {one.id for one in receiver.officers} | ({mover.officer.id} if mover.officer else set())
    tasks.void(tx, office, mover.app, stage, [task], now, TaskEnd.HANDED_OVER, but=but, **said)
    tx.flush()  # the seat is free before it is taken again
    new = tasks.new(
        tx,
        stage,
        receiver.unit,
        kind=TaskKind.HANDED_OVER,
        state=state,
        seat=task.seat,
        counts=task.counts,
        subject=task.subject,
        officer_id=receiver.officer_id,
        waits_for=task.waits_for,
        came_from=task.id,
    )
    tx.write_rows()
    return new
