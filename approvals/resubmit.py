"""Resubmit and withdraw: what the applicant can do after submission."""

import datetime as dt

from sqlmodel import col, select

from approvals import ends, letters, pieces, stages
from approvals import tasks as work
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.office import Office
from approvals.submit import columns_of, flush_or_duplicate, judged, record_overlaps, refuse_duplicate, sealed
from approvals.tokens import matches
from approvals.transaction import Transaction
from models.application import Application, Revision
from models.calendar import office_date
from models.case.batch import Batch
from models.case.form import ApplicationForm
from models.columns import plain
from models.errors import (
    ContentChanged,
    ExpiredToken,
    Fault,
    LiandongError,
    RefusedApplication,
    UnknownApplication,
    UnknownToken,
    WrongState,
)
from models.event import EventKind
from models.road.route import from_json
from models.road.step import OpenStage
from models.secrets import locator
from models.stage import Stage
from models.states import UNANSWERED, ApplicationState, Purpose, StageState, TaskEnd
from models.task import Task
from models.token import Token


def find_by_token(
    tx: Transaction, presented: str, purpose: Purpose, now: dt.datetime, *, lock: bool = True
) -> tuple[Token, Application]:
    """Return the application that an applicant's token opens, locked unless it is only looked at.

    Raises:
        UnknownToken: altered, cut, or for another door.
        ExpiredToken: too old.

    """
    statement = (
        select(Token, Application)
        .join(Application, col(Application.id) == Token.application_id)
        .where(Token.locator == locator(presented))
    )
    row = tx.exec(statement.with_for_update(of=Application) if lock else statement).first()
    if row is None:
        raise UnknownToken
    if row[0].purpose is not purpose or not matches(row[0], presented):
        raise UnknownToken
    if now >= row[0].expires_at:
        raise ExpiredToken
    return row[0], row[1]


def resubmit(
    tx: Transaction,
    office: Office,
    presented: str,
    form: ApplicationForm,
    now: dt.datetime,
    batch: Batch | None = None,
) -> Application:
    """Take an amended application into its next round: it walks the road again from the first stage.

    It is judged by the day of its first submission and by the edition of the policy that it came under then.
    Applicant, policy and measure stay what they were; so do the pieces of a batch where no other ``batch`` is given.

    Raises:
        LiandongError: the token does not open this door, or nothing was returned.
        RefusedApplication: the amended form breaks the policy; the application stays returned.

    """
    token, app = find_by_token(tx, presented, Purpose.AMEND, now)
    if token.round != app.round:
        raise ContentChanged
    if app.state is not ApplicationState.RETURNED:
        raise WrongState(
            "该申请当前不在退回状态，无需修改。", "This application was not returned; there is nothing to amend."
        )
    policy = policy_of(tx, app)
    batch = batch or pieces.batch_of(tx, app, policy.measures[app.measure])
    judgement = judged(tx, form, policy, office_date(app.submitted_at), batch)
    if found := _kept(app, form) + list(judgement.faults):
        raise RefusedApplication(found)
    for column, value in columns_of(form, policy, judgement, batch).items():
        setattr(app, column, value)
    refuse_duplicate(tx, app)
    app.round += 1
    app.content_round = app.round
    flush_or_duplicate(tx)
    pieces.keep(tx, app, batch)
    tx.add(
        Revision(
            application_id=app.id, round=app.round, content=app.content, content_hash=app.content_hash, sent_at=now
        )
    )
    record(tx, app, EventKind.RESUBMITTED, now, round=app.round, **sealed(app))
    record_overlaps(tx, app, now)
    stages.take(tx, office, app, OpenStage(from_json(app.route)[0]), now)
    here = from_json(app.route)[app.position or 0]  # past the stages whose answers stand
    letters.tell_applicant(tx, office, app, "submitted", now, stage={"zh": here.name_zh, "en": here.name_en})
    return app


def _kept(app: Application, form: ApplicationForm) -> list[Fault]:
    kept = [
        ("policy", app.policy, form.policy or app.policy),
        ("measure", str(app.measure), str(form.measure)),
        ("applicant.credit_code", app.credit_code, form.applicant.credit_code),
    ]
    return [
        Fault(
            field,
            f"修改稿不得变更此项，须为 {was}；如需变更请撤回后重新申请",
            f"an amended application keeps this: it must be {was}; withdraw and apply anew to change it",
        )
        for field, was, given in kept
        if was != given
    ]


def withdraw_by_token(tx: Transaction, office: Office, presented: str, reason: str, now: dt.datetime) -> Application:
    """End the application at its applicant's wish, given on the status page.

    Raises:
        LiandongError: the token does not open this door, or the application has ended.

    """
    _, app = find_by_token(tx, presented, Purpose.STATUS, now)
    return _withdraw(tx, office, app, reason, "applicant", now)


def withdraw(tx: Transaction, office: Office, number: str, reason: str, now: dt.datetime) -> Application:
    """End the application ``number`` at its applicant's wish, taken down by the operator.

    Raises:
        UnknownApplication: there is none with this number.
        WrongState: it has ended already.

    """
    app = tx.exec(select(Application).where(Application.number == number).with_for_update()).first()
    if app is None:
        raise UnknownApplication
    return _withdraw(tx, office, app, reason, "operator", now)


def _withdraw(tx: Transaction, office: Office, app: Application, reason: str, by: str, now: dt.datetime) -> Application:
    if app.state.ended:
        raise WrongState("该申请已经办结，不能撤回。", "This application has ended and cannot be withdrawn.")
    if not plain(reason):
        raise LiandongError("请填写撤回原因。", "Say why it is withdrawn.")
    stage = tx.exec(select(Stage).where(Stage.application_id == app.id, Stage.state == StageState.OPEN)).first()
    if stage is not None:
        stage.state, stage.closed_at = StageState.VOID, now
        tasks = tx.exec(select(Task).where(Task.stage_id == stage.id, col(Task.state).in_(UNANSWERED))).all()
        work.void(tx, office, app, stage, list(tasks), now, TaskEnd.WITHDRAWN, outcome="withdrawn")
    ends.end(tx, office, app, ApplicationState.WITHDRAWN, now, opinion=plain(reason), by=by)
    changed(tx, app, now)
    return app
