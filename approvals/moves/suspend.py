"""Suspend and resume (挂起、恢复): the clock of a stage stands still, and nobody may answer or move."""

import datetime as dt

from sqlmodel import col, select

from approvals import letters
from approvals.answer import NotDecided
from approvals.asked import Place, check, find
from approvals.chain import changed, record, stamp
from approvals.decide import record_foreign, refused
from approvals.editions import policy_of
from approvals.late import clock, reminders
from approvals.late.calendars import calendar_of
from approvals.moves import telling
from approvals.moves.mover import Moved, Mover, locked, no_panel, open_place, open_stage_of, reason_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import deadline
from models.errors import LiandongError, Suspended, UnknownToken
from models.event import EventKind
from models.stage import Stage
from models.states import Channel, StageState


class NotSuspended(LiandongError):
    """There is nothing to resume."""

    zh = "该申请当前的环节没有挂起，无需恢复。"
    en = "The open stage of this application is not suspended; there is nothing to resume."


def suspend(tx: Transaction, office: Office, mover: Mover, reason: str, now: dt.datetime) -> Moved:
    """Suspend the stage of the mover's task; who was asked, the applicant and the operator are told why.

    Raises:
        Suspended: it is suspended already.
        ReasonMissing, OpinionTooLong: see ``reason_of``.

    """
    unit = mover.place.task.unit if mover.officer is not None else ""
    said = telling.said_by(mover, tx)
    return _suspend(
        tx, office, mover.place.app, mover.place.stage, mover.by, said, reason, now, unit, mover.credentials
    )


def suspend_by_operator(
    tx: Transaction, office: Office, number: str, operator: str, reason: str, now: dt.datetime
) -> Moved:
    """Suspend the open stage of ``number``, whatever units it asks.

    Raises:
        LiandongError: there is no such application, no such stage, or it cannot be suspended.

    """
    app, by = locked(tx, number), telling.operator_by(operator)
    place = open_place(tx, app, whichever=True)
    no_panel(place)
    return _suspend(tx, office, app, place.stage, by, telling.operator_said(by), reason, now, "", {})


def _suspend(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    by: str,
    who: dict[str, str],
    reason: str,
    now: dt.datetime,
    unit: str,
    credentials: dict[str, str],
) -> Moved:
    if stage.suspended_at is not None:
        raise Suspended
    why = reason_of(reason)
    stage.suspended_at, stage.remind_at = now, _look_again(tx, app, now)
    tx.add(stage)
    about = {"stage": stage.id, "by": by, "reason": why, **({"unit": unit} if unit else {}), **credentials}
    record(tx, app, EventKind.SUSPENDED, now, **about)
    changed(tx, app, now)
    _tell(tx, office, app, stage, "suspended", now, who=who, opinion=why)
    return Moved(app.number, "已挂起，恢复办理前任何人不能答复。", "Suspended; nobody can answer until it is resumed.")


def _tell(
    tx: Transaction, office: Office, app: Application, stage: Stage, kind: str, now: dt.datetime, **said: object
) -> None:
    """Tell who is asked, the applicant and the operator; of a stage that goes on, who is asked gets a new letter."""
    planned = telling.planned_of(app, stage)
    if kind == "resumed":
        telling.ask_anew(tx, office, app, stage, kind, now, **said)
    else:
        asked = telling.open_tasks(tx, stage)
        for task in asked[:1]:
            telling.tell_asked(tx, office, Place(app, stage, task, planned, []), asked, kind, now, **said)
    facts = letters.stage_facts(app, stage, planned) | said
    letters.tell_applicant(tx, office, app, kind, now, **facts)
    key = f"{kind}:{stage.id}:operator:{app.event_count}"
    letters.tell_operator(tx, office, kind, key, letters.facts_of(tx, app) | facts, now, app.id)


def resume(tx: Transaction, office: Office, number: str, by: str, reason: str, now: dt.datetime) -> Moved:
    """Let the suspended stage of ``number`` go on; ``by`` is the operator's name.

    Raises:
        UnknownApplication, WrongState: there is no such application, or no open stage.
        NotSuspended: it is not suspended.

    """
    app, operator = locked(tx, number), telling.operator_by(by)
    said = telling.operator_said(operator)
    return _resume(tx, office, app, open_stage_of(tx, app), operator, said, reason, now, {})


def resume_by_token(
    tx: Transaction, office: Office, presented: str, channel: Channel, reason: str, now: dt.datetime
) -> Moved | NotDecided:
    """Let the suspended stage go on at the wish of an officer who is asked in it."""
    asked = find(tx, presented)
    if asked is None:
        return NotDecided(UnknownToken(), record_foreign(tx, presented, channel, now))
    try:
        check(tx, asked, presented, channel, now, though_suspended=True)
        no_panel(asked)
        mover = Mover(asked, asked.officer.email, asked.officer, channel)
        about = {"unit": asked.task.unit, **mover.credentials}
        return _resume(tx, office, asked.app, asked.stage, mover.by, telling.said_by(mover, tx), reason, now, about)
    except LiandongError as error:
        return refused(tx, asked, error, channel, now)


def _resume(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    by: str,
    who: dict[str, str],
    reason: str,
    now: dt.datetime,
    about: dict[str, str],
) -> Moved:
    if stage.suspended_at is None:
        raise NotSuspended
    why = reason_of(reason)
    since, stage.suspended_at = stage.suspended_at, None
    clock.resume(tx, app, stage, telling.planned_of(app, stage), since, now)
    tx.add(stage)
    record(tx, app, EventKind.RESUMED, now, stage=stage.id, by=by, reason=why, due=stamp(stage.due_at), **about)
    changed(tx, app, now)
    _tell(tx, office, app, stage, "resumed", now, who=who, opinion=why)
    return Moved(app.number, "已恢复办理，新的期限已通知各方。", "Resumed; everybody was told the new date.")


def _look_again(tx: Transaction, app: Application, now: dt.datetime) -> dt.datetime:
    every = policy_of(tx, app).house_rules.remind_suspended_every_working_days
    return deadline(calendar_of(tx, now), now, every).at


def long_suspended(tx: Transaction, now: dt.datetime, limit: int = 200) -> list[str]:
    """Return the ids of suspended stages of which the operator is to be told (one indexed query)."""
    due = select(Stage.id).where(reminders.IS_OPEN, Stage.remind_at <= now, col(Stage.suspended_at).is_not(None))
    return list(tx.exec(due.order_by(col(Stage.remind_at)).limit(limit)))


def tell_suspended(tx: Transaction, office: Office, stage_id: str, now: dt.datetime) -> bool:
    """Tell the operator that a stage still stands still; False where it went on or was told of in the meantime."""
    app, stage = reminders.locked(tx, stage_id)
    if stage.state is not StageState.OPEN or stage.suspended_at is None or stage.remind_at > now:
        return False
    stage.remind_at = _look_again(tx, app, now)
    record(tx, app, EventKind.STILL_SUSPENDED, now, stage=stage.id, by="sweep", since=stamp(stage.suspended_at))
    policy = policy_of(tx, app)
    waiting = [letters.names(policy.unit_name(task.unit)) for task in telling.open_tasks(tx, stage)]
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, telling.planned_of(app, stage))
    facts |= {"since": stamp(stage.suspended_at), "units": waiting}
    letters.tell_operator(tx, office, "still_suspended", f"still_suspended:{stage.id}:{stamp(now)}", facts, now, app.id)
    return True
