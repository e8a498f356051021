"""Answers to objections: not upheld, and the clock goes on; or upheld, and the notice ends."""

import datetime as dt

from sqlmodel import col, select

from approvals import letters, stages, turns
from approvals.asked import Place
from approvals.chain import changed, stamp
from approvals.editions import policy_of
from approvals.late import clock
from approvals.late.calendars import calendar_of
from approvals.notice import notice_stage
from approvals.office import Office
from approvals.transaction import Transaction
from models.calendar import deadline
from models.objection import Objection, ObjectionResult
from models.policy.data import Bilingual
from models.road.quorum import Verdict
from models.road.step import Back
from models.states import Outcome

#: What an answer of the unit that decided means for an objection.
RESULTS = {
    Outcome.APPROVE: ObjectionResult.NOT_UPHELD,
    Outcome.RETURN: ObjectionResult.RETURNED,
    Outcome.REFUSE: ObjectionResult.REFUSED,
}
#: Why a notice closed before its time.
UPHELD = Bilingual(zh="异议成立，公示中止", en="an objection was upheld")


def answered(
    tx: Transaction,
    office: Office,
    place: Place,
    outcome: Outcome,
    opinion: str,
    back: Back,
    by: str,
    now: dt.datetime,
) -> Outcome | None:
    """Do what the unit that decided answers to an objection; return how the notice closed, None where it goes on.

    An opinion that was asked for besides answers nothing; whoever waited for it is asked.
    """
    app, stage, task = place.app, place.stage, place.task
    if not task.subject or not task.counts:
        turns.next_turn(tx, office, place, now)
        changed(tx, app, now)
        return None
    objection = tx.exec(select(Objection).where(Objection.id == task.subject)).one()
    waiting = [one for one in notice_stage.unanswered(tx, objection.notice_id) if one.id != objection.id]
    resumed = {} if waiting or outcome is not Outcome.APPROVE else _resume(tx, place, objection.notice_id, now)
    notice_stage.answer(
        tx, office, app, objection, RESULTS[outcome], opinion, now, unit=task.unit, by=by, task=task.id, **resumed
    )
    if outcome is Outcome.APPROVE:
        changed(tx, app, now)
        return None
    name, tasks = policy_of(tx, app).unit_name(task.unit), [one for one, _ in place.tasks]
    step = stages.close_stage(tx, office, app, stage, Verdict(outcome, UPHELD), tasks, now, back)
    stages.take(tx, office, app, step, now, unit=letters.names(name), opinion=opinion, upheld=True)
    return outcome


def _resume(tx: Transaction, place: Place, notice_id: str, now: dt.datetime) -> dict[str, object]:
    """Let the clock of the notice go on with the working days that it had left when it stopped."""
    stopped = select(Objection.days_left).where(Objection.notice_id == notice_id, col(Objection.days_left).is_not(None))
    left = tx.exec(stopped.order_by(col(Objection.seq).desc()).limit(1)).one()
    due = deadline(calendar_of(tx, now), now, left or 1)
    clock.set_due(tx, place.stage, place.planned, due, [], now)
    return {"anew": True, "days": left or 1, "due": stamp(due.at)}
