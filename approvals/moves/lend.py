"""Lend (委派): a task waits for somebody's opinion, which is no vote; with it, or called back, it goes on."""

import datetime as dt

from approvals import letters, moved, tasks, turns
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.moves.mover import Moved, Mover, reason_of
from approvals.moves.seats import check_receiver
from approvals.moves.telling import tell_asked
from approvals.moves.whom import Whom, whom
from approvals.office import Office
from approvals.transaction import Transaction
from models.columns import plain
from models.errors import LiandongError, NotYourTurn
from models.event import EventKind
from models.states import ApplicationKind, TaskEnd, TaskKind, TaskState
from models.task import Task


class QuestionMissing(LiandongError):
    """Whoever lends says what about."""

    zh = "请写明要征求意见的问题。"
    en = "Say what you want to know."


class NothingLent(LiandongError):
    """No opinion is awaited."""

    zh = "此件没有在外征求意见，无需收回。"
    en = "No opinion is awaited for this, so there is nothing to call back."


class DutyIsNotLent(LiandongError):
    """A report is no opinion."""

    zh = "任务的报告和验收不能委派；请转办给本单位的同志办理。"
    en = "Reports on a duty, and their acceptance, are not lent; hand it over to a colleague instead."


def lend(tx: Transaction, office: Office, mover: Mover, to: str, question: str, now: dt.datetime) -> Moved:
    """Ask ``to`` for an opinion on ``question``: a unit, or one person; the task waits for it.

    Raises:
        LiandongError: there is nobody called so, the task waits already, or it is of a duty.

    """
    task, app = mover.task, mover.app
    if not plain(question):
        raise QuestionMissing
    asked = reason_of(question)
    if app.kind is ApplicationKind.DUTY:
        raise DutyIsNotLent
    if task.state is TaskState.WAITING:
        raise NotYourTurn
    receiver = whom(tx, app, to, task.unit)
    check_receiver(tx, mover, receiver)
    new = _make(tx, mover, receiver)
    about = {"stage": task.stage_id, "task": new.id, "lent": task.id, "unit": task.unit, "to": receiver.to}
    record(tx, app, EventKind.LENT, now, by=mover.by, reason=asked, **about, **mover.credentials)
    said, place = moved.facts(tx, app, EventKind.LENT, task.unit, mover.by, asked), mover.place
    tasks.ask(tx, office, app, place.stage, place.route_stage, new, receiver.officers, now, **said)
    changed(tx, app, now)
    policy = policy_of(tx, app)
    name, lender = receiver.name(policy), policy.unit_name(task.unit)
    if mover.officer is None:  # whoever was asked did not do it themselves
        told = said["moved"] | {"to": letters.names(name)}
        tell_asked(tx, office, place, [task], "lent_away", now, moved=told)
    return Moved(
        app.number,
        f"已委派{name.zh}提出意见；意见返回后由{lender.zh}继续办理。",
        f"{name.en} is asked for an opinion; with it the task comes back to {lender.en}.",
    )


def _make(tx: Transaction, mover: Mover, receiver: Whom) -> Task:
    """Make the task of the borrower, which takes the place of the lender's in the order of turns."""
    task = mover.task
    new = tasks.new(
        tx,
        mover.place.stage,
        receiver.unit,
        kind=TaskKind.LENT,
        state=TaskState.OPEN,
        seat=task.seat,
        counts=False,
        subject=task.subject,
        officer_id=receiver.officer_id,
        waits_for=task.waits_for,
        came_from=task.id,
    )
    tx.write_rows()
    task.state, task.waits_for = TaskState.WAITING, new.id
    tx.add(task)
    return new


def recall(tx: Transaction, office: Office, mover: Mover, reason: str, now: dt.datetime) -> Moved:
    """Call the task back before the opinion came; whoever was asked for it, or for one on it, is told.

    Raises:
        LiandongError: no opinion is awaited.

    """
    why, app, place = reason_of(reason), mover.app, mover.place
    task = _lent_task(mover)
    opinions = turns.opinions_for(place, task)
    if not opinions:
        raise NothingLent
    said = moved.facts(tx, app, EventKind.RECALLED, task.unit, mover.by, why)
    tasks.void(tx, office, app, place.stage, opinions, now, TaskEnd.RECALLED, **said)
    about = {"stage": task.stage_id, "task": task.id, "unit": task.unit, "to": opinions[0].unit}
    record(tx, app, EventKind.RECALLED, now, by=mover.by, reason=why, **about)
    turns.wait_or_open(tx, office, place, task, opinions[-1], now)
    changed(tx, app, now)
    name = policy_of(tx, app).unit_name(task.unit)
    return Moved(app.number, f"已收回委派，由{name.zh}继续办理。", f"Called back; {name.en} goes on with it.")


def _lent_task(mover: Mover) -> Task:
    """Return the task that was lent; an operator may name the borrower's as well."""
    task = mover.task
    if mover.officer is not None or turns.opinions_for(mover.place, task):
        return task
    lenders = turns.waiting_for(mover.place, task)
    return next((one for one in lenders if turns.is_opinion_for(task, one)), task)
