"""Urge (催办): the applicant or the operator asks those whose answer is awaited to answer, at most once a day."""

import datetime as dt

from sqlmodel import select

from approvals.chain import changed, record
from approvals.moves import telling
from approvals.moves.mover import Moved, locked
from approvals.office import Office
from approvals.resubmit import find_by_token
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_date
from models.errors import LiandongError, Suspended
from models.event import EventKind
from models.stage import Stage
from models.states import Purpose, StageState
from models.urging import Urging


class NothingToUrge(LiandongError):
    """No answer is awaited of anybody."""

    zh = "该申请当前没有待答复的单位（已办结、已退回申请人或尚无经办人），无可催办。"
    en = "Nobody can be urged: the application has ended, was returned to its applicant, or its unit has no officer."


class UrgedToday(LiandongError):
    """Once a day is enough."""

    zh = "今天已经催办过一次；每个工作件每天至多催办一次，请明天再试。"
    en = "This was urged once today already; an application is urged at most once a day. Try again tomorrow."


def urge_by_applicant(
    tx: Transaction, office: Office, presented_status_token: str, note: str, now: dt.datetime
) -> Moved:
    """Urge at the wish of the applicant, given on the status page.

    Raises:
        UnknownToken, ExpiredToken: the token does not open this door.
        NothingToUrge, UrgedToday, Suspended, OpinionTooLong: nobody is urged.

    """
    _, app = find_by_token(tx, presented_status_token, Purpose.STATUS, now)
    return _urge(tx, office, app, telling.APPLICANT, {"zh": "申请人", "en": "the applicant"}, note, now)


def urge_by_operator(tx: Transaction, office: Office, number: str, operator: str, note: str, now: dt.datetime) -> Moved:
    """Urge at the wish of the operator; raises as ``urge_by_applicant`` does, and UnknownApplication."""
    by = telling.operator_by(operator)
    return _urge(tx, office, locked(tx, number), by, telling.operator_said(by), note, now)


def _urge(
    tx: Transaction, office: Office, app: Application, by: str, who: dict[str, str], note: str, now: dt.datetime
) -> Moved:
    words, today = telling.note_of(note), office_date(now)
    stage = tx.exec(
        select(Stage)
        .where(Stage.application_id == app.id, Stage.state == StageState.OPEN)
        .execution_options(populate_existing=True)
    ).first()
    if stage is None:
        raise NothingToUrge
    if stage.suspended_at is not None:
        raise Suspended
    if tx.exec(select(Urging).where(Urging.application_id == app.id, Urging.day == today)).first():
        raise UrgedToday
    tx.insert(Urging, application_id=app.id, day=today, by=by, urged_at=now)
    record(tx, app, EventKind.URGED, now, stage=stage.id, by=by, reason=words)
    changed(tx, app, now)
    if not telling.ask_anew(tx, office, app, stage, "urge", now, who=who, opinion=words):
        raise NothingToUrge
    return Moved(app.number, "已催办，各待答复单位均已收到新函。", "Urged; whoever is asked was written to again.")
