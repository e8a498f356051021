"""Recount: a provisional deadline is counted again once the calendar knows more than when it was set."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.chain import changed
from approvals.late import clock
from approvals.late.calendars import calendar_of
from approvals.late.clock_moves import record_move, tell_moved
from approvals.late.reminders import IS_OPEN, locked
from approvals.office import Office
from approvals.transaction import Transaction
from models.calendar import Calendar, Deadline, deadline, office_date
from models.road.route import from_json
from models.stage import Stage
from models.states import StageState, TaskState
from models.task import Task

PROVISIONAL = select(Stage.id).where(IS_OPEN, col(Stage.due_provisional), col(Stage.suspended_at).is_(None))
#: Two ranges of one small index (an `or` of them would be a scan); both are empty while the calendar stays as it is.
OUTDATED = sa.union_all(
    PROVISIONAL.where(col(Stage.counted_by) < sa.bindparam("version")),
    PROVISIONAL.where(col(Stage.counted_by) > sa.bindparam("version")),
).limit(sa.bindparam("limit"))


def outdated(tx: Transaction, now: dt.datetime, limit: int = 200) -> list[str]:
    """Return the ids of open stages whose provisional date was counted by another calendar than today's."""
    version = calendar_of(tx, now).version
    return list(tx.execute(OUTDATED, {"version": version, "limit": limit}).scalars())


def recount(tx: Transaction, office: Office, stage_id: str, now: dt.datetime) -> bool:
    """Count a stage's provisional date again; where the day changed, tell those asked. Return whether it did.

    A date never moves into the past: whoever is asked has at least until the end of the next working day.
    """
    app, stage = locked(tx, stage_id)
    calendar = calendar_of(tx, now)
    if stage.state is not StageState.OPEN or stage.suspended_at is not None:
        return False
    if not stage.due_provisional or stage.counted_by == calendar.version:
        return False
    planned, was, was_provisional = from_json(app.route)[stage.position], stage.due_at, stage.due_provisional
    events = clock.events_of(tx, app, stage)
    due = _not_past(clock.counted(calendar, planned, stage, events), was, calendar, now)
    clock.set_due(tx, stage, planned, due, events, now)
    if (due.at, due.provisional) == (was, was_provisional):
        return False
    record_move(tx, app, stage, was, "放假安排已公布 public holidays became known", now, anew=False)
    moved = office_date(due.at) != office_date(was)
    if moved:
        tasks = tx.exec(select(Task).where(Task.stage_id == stage.id, Task.state == TaskState.OPEN)).all()
        tell_moved(tx, office, app, stage, planned, tasks, was, now, calendar=True)
    changed(tx, app, now)
    return moved


def _not_past(due: Deadline, was: dt.datetime, calendar: Calendar, now: dt.datetime) -> Deadline:
    return due if due.at > now or was <= now else deadline(calendar, now, 1)
