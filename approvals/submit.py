"""Submit: an application enters the chain."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from approvals import editions, letters, overlaps, pieces, stages
from approvals.chain import changed, record
from approvals.lookups import look_up
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application, Revision
from models.calendar import office_date
from models.case.batch import Batch
from models.case.case import read_case
from models.case.eligibility import judge
from models.case.form import ApplicationForm
from models.case.judgement import Judgement
from models.case.project import project_key
from models.errors import Fault, RefusedApplication
from models.event import EventKind
from models.hashing import GENESIS, content_hash
from models.policy.data import Bilingual
from models.policy.policy import Policy
from models.road.route import plan, to_json
from models.states import ApplicationKind, ApplicationState


def submit(
    tx: Transaction,
    office: Office,
    form: ApplicationForm,
    now: dt.datetime,
    run_id: str | None = None,
    batch: Batch | None = None,
) -> Application:
    """Admit ``form``, with its ``batch`` where it is for many pieces; open its first stage and tell the applicant.

    With ``run_id`` (a run started from Prefect's form) the run becomes the application's own, and a second
    call with the same run gives the same application.

    Raises:
        RefusedApplication: the policy or an earlier submission stands against it; nothing is recorded.

    """
    if run_id and (known := _submitted_by(tx, run_id)):
        return known
    policy = editions.in_force(office.policies, form.policy or office.policy, office_date(now))
    judgement = judged(tx, form, policy, office_date(now), batch)
    if judgement.faults:
        raise RefusedApplication(list(judgement.faults))
    editions.keep(tx, policy, now)
    number = next_number(tx, f"{policy.prefix}{form.measure:02d}-{office_date(now).year}")
    if run_id and (known := _submitted_by(tx, run_id)):  # by another pass, while this one waited for its number
        return known
    app = _application(form, policy, judgement, batch, number, now)
    app.submitted_by_run = app.run_id = run_id
    app.runs = 1 if run_id else 0
    refuse_duplicate(tx, app)
    tx.add(app)
    flush_or_duplicate(tx)
    pieces.keep(tx, app, batch)
    tx.add(Revision(application_id=app.id, round=1, content=app.content, content_hash=app.content_hash, sent_at=now))
    record(tx, app, EventKind.SUBMITTED, now, number=app.number, policy=app.policy, measure=app.measure, **sealed(app))
    record_overlaps(tx, app, now)
    route = plan(policy, policy.measures[form.measure], policy.place(form.county))
    changed(tx, app, now)
    letters.tell_applicant(
        tx, office, app, "submitted", now, stage=letters.names(Bilingual(zh=route[0].name_zh, en=route[0].name_en))
    )
    stages.open_stage(tx, office, app, route[0], now)
    return app


def flush_or_duplicate(tx: Transaction, *, duty: bool = False) -> None:
    """Send what changed; the index of live projects says where another transaction was first."""
    try:
        tx.flush()
    except IntegrityError as error:
        if "one_live_application_per_project" in str(error) or "application.project_key" in str(error):
            raise _duplicate(duty=duty) from error
        raise


def _submitted_by(tx: Transaction, run_id: str) -> Application | None:
    return tx.exec(select(Application).where(Application.submitted_by_run == run_id)).first()


def judged(
    tx: Transaction, form: ApplicationForm, policy: Policy, day: dt.date, batch: Batch | None = None
) -> Judgement:
    """Return what the rules make of ``form`` with the records as they stand now."""
    case, faults = read_case(form, policy, day)
    return judge(form, policy, day, look_up(tx, case), batch) if case else Judgement(tuple(faults), ())


def sealed(app: Application) -> dict[str, Any]:
    """Return what the chain seals of a round: what was sent, and by which data it was judged with which result."""
    return {
        "content_hash": app.content_hash,
        "policy_version": app.policy_version,
        "largest": app.largest,
        "trace_hash": content_hash({"trace": app.trace}),
    }


def record_overlaps(tx: Transaction, app: Application, now: dt.datetime) -> None:
    """Record which other applications are for the same thing; reviewers see them."""
    if found := overlaps.overlaps_of(tx, app):
        record(tx, app, EventKind.OVERLAP_FOUND, now, numbers=[other.number for other in found])


def _application(
    form: ApplicationForm, policy: Policy, judgement: Judgement, batch: Batch | None, number: str, now: dt.datetime
) -> Application:
    return Application(
        number=number,
        policy=policy.key,
        policy_version=policy.version,
        state=ApplicationState.IN_PROGRESS,
        position=0,
        head=GENESIS,
        submitted_at=now,
        wake_at=now,
        **columns_of(form, policy, judgement, batch),
    )


def columns_of(form: ApplicationForm, policy: Policy, judgement: Judgement, batch: Batch | None) -> dict[str, Any]:
    """Return the columns that follow from what the applicant sent, the route included."""
    place = policy.place(form.county)
    content = form.content() | {"county": place.county.code} | ({"batch": batch.summary()} if batch else {})
    return columns_stated_in(content) | {
        "content": content,
        "content_hash": content_hash(content),
        "route": to_json(plan(policy, policy.measures[form.measure], place)),
        "trace": judgement.trace,
        "largest": judgement.largest,
    }


def columns_stated_in(content: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that only repeat what stands in the content; the audit holds them against it."""
    applicant, title, amounts = content["applicant"], content["project"]["title"], content["amounts"]
    return {
        "kind": ApplicationKind.CLAIM,
        "measure": content["measure"],
        "option": content["option"],
        "county": content["county"],
        "applicant": applicant["name"],
        "credit_code": applicant["credit_code"],
        "contact": applicant["contact"],
        "email": applicant["email"],
        "language": applicant["language"],
        "title": title,
        "project_key": project_key(title),
        "cost_basis_key": project_key(content["project"]["cost_basis"]),
        "asked_province": amounts["province"],
        "asked_city": amounts["city"],
        "asked_county": amounts["county"],
    }


#: One statement, so that two first submissions of a year cannot both start the count.
_COUNT_ON = sa.text(
    "INSERT INTO numbering (prefix, last) VALUES (:prefix, 1)"
    " ON CONFLICT (prefix) DO UPDATE SET last = numbering.last + 1 RETURNING last"
)


def next_number(tx: Transaction, prefix: str) -> str:
    """Return the next number after ``prefix``, e.g. ``ZJAI19-2026-00001``; its row is locked until the commit."""
    last = tx.execute(_COUNT_ON, {"prefix": prefix}).scalar_one()
    return f"{prefix}-{last:05d}"


def refuse_duplicate(tx: Transaction, app: Application) -> None:
    """Refuse kindly what the unique index would refuse anyway."""
    with tx.no_autoflush:
        twin = tx.exec(_twin_of(app)).first()
    if twin is not None:
        raise _duplicate(twin, duty=app.kind is ApplicationKind.DUTY)


def _twin_of(app: Application) -> SelectOfScalar[str]:
    """Return the query for the number of another live application for the same project."""
    return select(Application.number).where(
        Application.id != app.id,
        Application.policy == app.policy,
        Application.measure == app.measure,
        Application.credit_code == app.credit_code,
        Application.project_key == app.project_key,
        col(Application.state).not_in([ApplicationState.REFUSED, ApplicationState.WITHDRAWN]),
    )


def _duplicate(number: str = "", *, duty: bool = False) -> RefusedApplication:
    if duty:
        zh = f"同一任务、同一期间已经开展：{number}；请写明另一期间"
        en = f"this duty was opened for this period already: {number}; name another period"
        return RefusedApplication([Fault("period", zh, en)])
    return RefusedApplication(
        [
            Fault(
                "project.title",
                f"同一单位、同一项目、同一措施已有申请 {number}；请勿重复提交",
                f"the same applicant has applied for this project under this measure already: {number}; "
                "do not submit it twice",
            )
        ]
    )
