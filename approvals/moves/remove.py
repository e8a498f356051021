"""Remove (减签): somebody who was added, and has not answered, is not asked any more; never the last one out."""

import datetime as dt

from approvals import moved, onward, tasks, turns
from approvals.asked import Place, seats_of
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.moves.mover import Moved, Mover, called, reason_of
from approvals.moves.seats import OneAnswers
from approvals.office import Office
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.event import EventKind
from models.road.quorum import evaluate, voters
from models.states import UNANSWERED, Outcome, TaskEnd, TaskKind
from models.task import Task


class NobodyToRemove(LiandongError):
    """The stage does not wait for a vote of such a unit, or it is the mover's own."""

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"本环节没有等待“{unit}”表决的其他事项，不能减签。",
            f"The stage waits for no vote of {unit!r} besides your own, so nobody can be removed.",
        )


class NotAddedByYou(LiandongError):
    """Somebody else added it, or the route asks it."""

    zh = "只能减去由贵单位加签的单位或人员；其他单位请联系运行人员。"
    en = "Your unit can remove only whom it added; ask the operator about others."


class LastOne(LiandongError):
    """Nobody would be left who could decide."""

    zh = "减签后本环节将无人可以决定，或无法通过，因此不能减签。"
    en = "Without it nobody could decide this stage, or it could not pass, so it cannot be removed."


class MoneyIsItsOwn(LiandongError):
    """Each level promises its own money."""

    zh = "该单位在本环节承诺或核定资金，不能减签；如需由他人办理，请转办。"
    en = "This unit promises or fixes the money of the stage and cannot be removed; hand its task over instead."


def remove(tx: Transaction, office: Office, mover: Mover, unit: str, reason: str, now: dt.datetime) -> Moved:
    """Take the seat of ``unit`` (key or name; empty: the operator's task itself) out of the stage's vote.

    Where the others have decided the stage already, it closes at once.

    Raises:
        LiandongError: there is no such seat, it is not the mover's to remove, or nobody would be left.

    """
    why, place, app = reason_of(reason), mover.place, mover.app
    task = _target(tx, mover, unit)
    _check(place, task)
    gone = [task, *turns.opinions_for(place, task)]
    waiting = turns.waiting_for(place, task)
    _void(tx, office, mover, gone, why, now)
    if _closed(tx, office, place, now) is None:
        for one in waiting:
            turns.wait_or_open(tx, office, place, one, gone[-1], now)
        changed(tx, app, now)
    name = policy_of(tx, app).unit_name(task.unit)
    return Moved(app.number, f"已减签{name.zh}。", f"{name.en} is removed.")


def _target(tx: Transaction, mover: Mover, unit: str) -> Task:
    policy, said = policy_of(tx, mover.app), " ".join(unit.split())
    if not said and mover.officer is None:
        return mover.task
    votes = [one for one, _ in mover.place.tasks if one.counts and one.state in UNANSWERED and not one.subject]
    fits = [one for one in votes if {said, said.lower()} & called(policy, one.unit)]
    if mover.officer is not None:
        fits = [one for one in fits if one is not mover.task]
    if not fits:
        raise NobodyToRemove(said)
    if mover.officer is not None and not _added_by(mover, fits[0]):
        raise NotAddedByYou
    return fits[0]


def _added_by(mover: Mover, task: Task) -> bool:
    """Tell whether the mover's unit added ``task``, whoever has it now."""
    known = {one.id: one for one, _ in mover.place.tasks}
    first = task
    while first.kind is not TaskKind.ADDED and first.came_from in known:
        first = known[first.came_from]
    by = known.get(first.came_from or "")
    if first.kind is not TaskKind.ADDED or by is None or not mover.task.counts:
        return False
    return mover.task.seat == by.seat


def _check(place: Place, task: Task) -> None:
    """See that the stage can do without ``task``."""
    planned = place.route_stage
    if task.subject:
        raise OneAnswers
    money = planned.share is not None or planned.fixes_award
    if planned.act == "release" or (money and task.seat in planned.units):
        raise MoneyIsItsOwn
    if not task.counts:
        raise NobodyToRemove(task.unit)
    seats = seats_of([(one, made) for one, made in place.tasks if one is not task])
    if not seats or not voters(planned.quorum, seats):
        raise LastOne
    passes = evaluate(planned.quorum, seats).outcome in (None, Outcome.APPROVE)
    if not passes and all(seat.answer in (None, Outcome.APPROVE) for seat in seats):
        raise LastOne


def _void(tx: Transaction, office: Office, mover: Mover, gone: list[Task], why: str, now: dt.datetime) -> None:
    app, stage, task = mover.app, mover.place.stage, gone[0]
    said = moved.facts(tx, app, EventKind.REMOVED, mover.task.unit, mover.by, why)
    tasks.void(tx, office, app, stage, [task], now, TaskEnd.REMOVED, **said)
    tasks.void(tx, office, app, stage, gone[1:], now, TaskEnd.RECALLED, **said)
    tx.flush()
    about = {"stage": stage.id, "task": task.id, "unit": mover.task.unit if mover.officer else "", "to": task.unit}
    record(tx, app, EventKind.REMOVED, now, by=mover.by, reason=why, **about)


def _closed(tx: Transaction, office: Office, place: Place, now: dt.datetime) -> Outcome | None:
    if not onward.answers_of(place):
        return None
    return onward.go_on(tx, office, place, None, onward.last_of(place), now)
