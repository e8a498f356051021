"""Take back (拿回): a unit undoes its answer, until the next one has acted."""

import datetime as dt

from sqlmodel import col, select

from approvals import asking, letters, tasks
from approvals.answer import NotDecided
from approvals.asked import PURPOSE, Asked, Place, check_person, find, place_of, seats_of
from approvals.chain import changed, record
from approvals.decide import record_foreign, refused
from approvals.editions import policy_of
from approvals.late import clock_moves
from approvals.moves.mover import Moved, Mover, called, locked, no_panel, reason_of
from approvals.office import Office
from approvals.tokens import matches
from approvals.transaction import Transaction
from models.application import Application
from models.case.own import is_own
from models.errors import ExpiredToken, LiandongError, OwnApplication, Recused, UnknownToken
from models.event import EventKind
from models.road.quorum import Seat, evaluate
from models.road.route import from_json
from models.stage import Stage
from models.states import UNANSWERED, ApplicationState, Channel, StageState, TaskEnd, TaskKind, TaskState
from models.task import Decision, Task


class TooLate(LiandongError):
    """The next one has acted, or everything has ended."""

    zh = "后一环节已经办理，或该申请已经办结，答复不能再拿回；如有问题，请联系后一环节的单位或运行人员。"
    en = (
        "The next one has acted already, or the application has ended, and the answer can no longer be taken back; "
        "ask whoever is next, or the operator."
    )


class NothingAnswered(LiandongError):
    """The unit has given no answer that could be taken back."""

    def __init__(self, number: str, unit: str) -> None:
        super().__init__(
            f"{number} 中没有“{unit}”作出的答复；用 liandong status {number} 查看。",
            f"{unit!r} has answered nothing in {number}; `liandong status {number}` shows who has.",
        )


class NotYours(LiandongError):
    """Somebody else gave the answer."""

    zh = "只有作出该答复的经办人才能拿回。"
    en = "Only the officer who gave the answer can take it back."


def take_back(
    tx: Transaction,
    office: Office,
    presented: str,
    reason: str,
    channel: Channel,
    now: dt.datetime,
    *,
    proof: str = "",
) -> Moved | NotDecided:
    """Undo the answer given by the token ``presented``: its unit is asked again, and what followed is void.

    ``proof``: what proved who sent a reply; the event says it.
    """
    asked = find(tx, presented)
    if asked is None:
        return NotDecided(UnknownToken(), record_foreign(tx, presented, channel, now))
    try:
        _check(asked, presented, channel, now)
        check_person(tx, asked, now)
        _check_author(tx, asked)
        mover = Mover(asked, asked.officer.email, asked.officer, channel, proof)
        return _undo(tx, office, asked, mover.by, reason_of(reason), now, **mover.credentials)
    except LiandongError as error:
        return refused(tx, asked, error, channel, now)


def take_back_by_operator(
    tx: Transaction, office: Office, number: str, unit: str, operator: str, reason: str, now: dt.datetime
) -> Moved:
    """Undo the newest answer of ``unit`` (key or name) at its wish, taken down by an operator.

    Raises:
        UnknownApplication: there is no such application.
        NothingAnswered: the unit has not answered.
        TooLate: see ``take_back``.

    """
    app = locked(tx, number)
    policy = policy_of(tx, app)
    answered = select(Task).join(Decision, col(Decision.task_id) == Task.id)
    answered = answered.where(Task.application_id == app.id, Task.state == TaskState.DONE)
    newest = tx.exec(answered.order_by(col(Decision.decided_at).desc())).all()
    task = next((one for one in newest if unit in called(policy, one.unit)), None)
    if task is None:
        raise NothingAnswered(number, unit)
    place = place_of(tx, app, task.id)
    _check_task(place)
    return _undo(tx, office, place, f"operator:{operator}", reason_of(reason), now)


def why_not(tx: Transaction, asked: Asked) -> LiandongError | None:
    """Return why the answer to the task cannot be taken back; None where it can. Reads without a lock."""
    try:
        _check_who(asked)
        _check_author(tx, asked)
        _later_stages(tx, asked.app, asked.stage, asked.task)
    except LiandongError as error:
        return error
    return None


def _check(asked: Asked, presented: str, channel: Channel, now: dt.datetime) -> None:
    if not matches(asked.token, presented) or asked.token.purpose is not PURPOSE[channel]:
        raise UnknownToken
    if now >= asked.token.expires_at:
        raise ExpiredToken
    _check_who(asked)


def _check_who(asked: Asked) -> None:
    if asked.recused:
        raise Recused
    if is_own(asked.app, *asked.officer.addresses):
        raise OwnApplication
    _check_task(asked)


def _check_task(place: Place) -> None:
    no_panel(place)
    if place.app.state.ended or place.task.state is not TaskState.DONE or place.task.kind is TaskKind.CARRIED:
        raise TooLate


def _check_author(tx: Transaction, asked: Asked) -> None:
    """See that the officer gave the answer: a colleague did, or an operator in the unit's place, otherwise."""
    by = tx.exec(select(Decision.officer_id).where(Decision.id == asked.task.decision_id)).one()
    if by != asked.officer.id:
        raise NotYours


def _undo(
    tx: Transaction, office: Office, place: Place, by: str, reason: str, now: dt.datetime, **credentials: str
) -> Moved:
    app, stage, task = place.app, place.stage, place.task
    later, was_returned = _later_stages(tx, app, stage, task), app.state is ApplicationState.RETURNED
    about = {"stage": stage.id, "task": task.id, "unit": task.unit, "decision": task.decision_id}
    record(tx, app, EventKind.TAKEN_BACK, now, by=by, reason=reason, **about, **credentials)
    _void_what_followed(tx, office, app, later, now)
    _reopen(tx, office, app, stage, task, now)
    changed(tx, app, now)
    name = policy_of(tx, app).unit_name(task.unit)
    if was_returned:
        letters.tell_applicant(tx, office, app, "return_undone", now, unit=letters.names(name))
    return Moved(
        app.number, f"已拿回{name.zh}的答复，请重新答复。", f"The answer of {name.en} is taken back; answer anew."
    )


def _later_stages(tx: Transaction, app: Application, stage: Stage, task: Task) -> list[Stage]:
    """Return the stages that opened because this one closed.

    Raises:
        TooLate: somebody in them, or whoever's turn came after the task, has acted; or the applicant has amended; or
            the stage fixed an award, or is decided without this answer.

    """
    after = select(Stage).where(Stage.application_id == app.id, Stage.id != stage.id, Stage.state != StageState.VOID)
    later = [
        one
        for one in tx.exec(after.execution_options(populate_existing=True))
        if (one.round, one.position) > (stage.round, stage.position)
    ]
    acted = select(Decision.id).join(Task, col(Task.id) == Decision.task_id).where(Task.state == TaskState.DONE)
    next_one = (col(Task.stage_id).in_([one.id for one in later])) | (col(Task.waits_for) == task.id)
    if (
        app.content_round > stage.round
        or tx.exec(acted.where(next_one).limit(1)).first()
        or any(one.suspended_at for one in (*later, stage))
        or _is_decided_without(tx, app, stage, task)
    ):
        raise TooLate
    return later


def _is_decided_without(tx: Transaction, app: Application, stage: Stage, task: Task) -> bool:
    """Tell whether the stage fixed an award, or would stay closed although this answer is taken away."""
    place = place_of(tx, app, task.id)
    seats = seats_of([(one, made) for one, made in place.tasks if one.id != task.id])
    if place.planned.fixes_award or task.subject:  # an answer to an objection has been mailed to whoever made it
        return True
    undecided = [*seats, Seat(task.seat)] if task.counts else seats
    return evaluate(place.planned.quorum, undecided).outcome is not None


def _void_what_followed(
    tx: Transaction, office: Office, app: Application, later: list[Stage], now: dt.datetime
) -> None:
    for one in later:
        undone = tx.exec(select(Task).where(Task.stage_id == one.id, Task.state != TaskState.VOID)).all()
        tasks.void(tx, office, app, one, list(undone), now, TaskEnd.UNDONE, outcome="taken_back")
        one.state, one.outcome, one.closed_at = StageState.VOID, None, now
        tx.add(one)
    tx.flush()


def _reopen(tx: Transaction, office: Office, app: Application, stage: Stage, task: Task, now: dt.datetime) -> None:
    """Open the stage again, and ask the unit itself and whoever had not answered when it closed."""
    was_closed = stage.state is StageState.CLOSED
    task.state, task.ended_as = TaskState.VOID, TaskEnd.TAKEN_BACK
    tx.add(task)
    if was_closed:
        stage.state, stage.outcome, stage.closed_at = StageState.OPEN, None, None
        app.state, app.position, app.round = ApplicationState.IN_PROGRESS, stage.position, stage.round
        clock_moves.start_anew(tx, office, app, stage, from_json(app.route)[stage.position], [], now)
    tx.flush()
    kept = {name: getattr(task, name) for name in ("seat", "counts", "officer_id", "subject", "waits_for")}
    how = {"kind": TaskKind.REOPENED, "state": TaskState.OPEN, "came_from": task.id}
    again = tasks.new(tx, stage, task.unit, **how, **kept)
    tx.write_rows()
    place = place_of(tx, app, again.id)
    to_ask = [place.task, *_reopen_others(tx, place, task, again)]
    found = asking.who_answers(tx, office, app, [one.unit for one in to_ask])
    for one in to_ask:
        officers = asking.named(one, found.get(one.unit, []))
        tasks.ask(tx, office, app, place.stage, place.route_stage, one, officers, now, reopened=True)


def _reopen_others(tx: Transaction, place: Place, task: Task, again: Task) -> list[Task]:
    """Give back their places to the tasks that the closing had voided; return those that are to be asked now."""
    done = {one.id for one, _ in place.tasks if one.state is TaskState.DONE}
    others = [
        one
        for one, _ in place.tasks
        if one.ended_as is TaskEnd.CLOSED or (one.waits_for == task.id and one.state in UNANSWERED)
    ]
    for one in others:
        if one.waits_for == task.id:
            one.waits_for = again.id
        waits = one.waits_for is not None and one.waits_for not in done
        one.state, one.ended_as = (TaskState.WAITING if waits else TaskState.OPEN), None
        tx.add(one)
    return [one for one in others if one.state is TaskState.OPEN]
