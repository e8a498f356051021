"""Add (加签): one more unit or person votes in a stage, before, beside or after the one who wants it."""

import datetime as dt
from typing import Any, Literal

from approvals import moved, tasks, turns
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.moves.mover import Moved, Mover, reason_of
from approvals.moves.seats import AnswersAlready, OneAnswers, check_receiver
from approvals.moves.whom import Whom, whom
from approvals.office import Office
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.event import EventKind
from models.road.route import RouteStage
from models.states import TaskKind, TaskState
from models.task import Task

Where = Literal["before", "beside", "after"]


class OpinionOnly(LiandongError):
    """Who is asked for an opinion has no vote to share."""

    zh = "贵单位在此件上只提出意见，不参加表决，不能加签；如需他人协助，请委派或转办。"
    en = "Your unit gives an opinion here and has no vote, so it cannot add one; lend it or hand it over."


class IsLent(LiandongError):
    """The task waits for an opinion."""

    zh = "此件正在征求意见；请等意见返回，或收回委派后再加签。"
    en = "This waits for an opinion; add somebody when it has come, or call it back first."


class ListedOnly(LiandongError):
    """The policy lists the units that report on a duty, and whoever pledged money releases it."""

    zh = "任务由政策列明的单位报告，资金由出资单位拨付，不能加签。"
    en = "The policy lists who reports on a duty, and who pays releases the money; nobody can be added."


class DecidesMoney(LiandongError):
    """The stage could close without the answer that promises or fixes its money."""

    zh = "本环节的资金须由政策列明的单位最后决定，此处不能这样加签；请选择前加签，或委派征求意见。"
    en = (
        "In this stage the unit that the policy lists decides on the money last, so nobody can be added in this way; "
        "add before it, or lend the task for an opinion."
    )


class InTurn(LiandongError):
    """Nobody answers at the same time in this stage."""

    zh = "本环节依次办理，不能并行加签；请选择前加签或后加签。"
    en = "This stage is answered one after the other; add before or after, not beside."


def add(tx: Transaction, office: Office, mover: Mover, to: str, where: Where, reason: str, now: dt.datetime) -> Moved:
    """Give ``to``, a unit or one person, a seat of its own in the stage, in its place beside the mover's.

    Raises:
        LiandongError: there is nobody called so, it has a seat, or the stage takes nobody more there.

    """
    why, task, app = reason_of(reason), mover.task, mover.app
    _check(mover, where)
    receiver = whom(tx, app, to, task.unit)
    if receiver.unit in (task.unit, task.seat):
        raise AnswersAlready(policy_of(tx, app).unit_name(receiver.unit))
    check_receiver(tx, mover, receiver)
    new = _insert(tx, mover, receiver, where)
    about: dict[str, Any] = {"stage": task.stage_id, "task": new.id, "beside": task.id, "where": where}
    record(tx, app, EventKind.ADDED, now, by=mover.by, reason=why, unit=task.unit, to=receiver.to, **about)
    if new.state is TaskState.OPEN:
        said, place = moved.facts(tx, app, EventKind.ADDED, task.unit, mover.by, why), mover.place
        tasks.ask(tx, office, app, place.stage, place.route_stage, new, receiver.officers, now, **said)
    changed(tx, app, now)
    return _said(tx, mover, receiver, where)


def _check(mover: Mover, where: Where) -> None:
    stage, task = mover.place.route_stage, mover.task
    if not task.counts:
        raise OpinionOnly
    if task.subject:
        raise OneAnswers
    if stage.act in ("report", "release"):
        raise ListedOnly
    if turns.opinions_for(mover.place, task):
        raise IsLent
    if _money_would_be_decided_without(stage, where):
        raise DecidesMoney
    if stage.quorum.in_turn and where == "beside":
        raise InTurn


def _money_would_be_decided_without(stage: RouteStage, where: Where) -> bool:
    """Tell whether the stage could close without the answer that promises its money, or after the one that fixes it."""
    if stage.fixes_award and where != "before":
        return True
    return (stage.fixes_award or stage.share is not None) and stage.quorum.at_least != "all"


def _insert(tx: Transaction, mover: Mover, receiver: Whom, where: Where) -> Task:
    """Make the task in its place in the order of turns; what comes after it waits for it."""
    task, stage = mover.task, mover.place.stage
    after = where == "after"
    follow = turns.waiting_for(mover.place, task) if after and mover.place.planned.quorum.in_turn else []
    new = tasks.new(
        tx,
        stage,
        receiver.unit,
        kind=TaskKind.ADDED,
        state=TaskState.WAITING if after else task.state,
        subject=task.subject,
        officer_id=receiver.officer_id,
        waits_for=task.id if after else task.waits_for,
        came_from=task.id,
    )
    tx.write_rows()
    if where == "before":
        task.state = TaskState.WAITING
        follow = [task]
    for one in follow:
        one.waits_for = new.id
        tx.add(one)
    return new


def _said(tx: Transaction, mover: Mover, receiver: Whom, where: Where) -> Moved:
    policy = policy_of(tx, mover.app)
    name, unit = receiver.name(policy), policy.unit_name(mover.task.unit)
    zh, en = {
        "before": (
            f"已前加签{name.zh}；其答复后再由{unit.zh}办理。",
            f"{name.en} is added and answers before {unit.en}.",
        ),
        "beside": (f"已并行加签{name.zh}。", f"{name.en} is added and answers beside {unit.en}."),
        "after": (f"已后加签{name.zh}；{unit.zh}答复后由其办理。", f"{name.en} is added and answers after {unit.en}."),
    }[where]
    return Moved(mover.app.number, zh, en)
