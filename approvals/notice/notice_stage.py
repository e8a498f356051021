"""The stage of a public notice: what is shown when it opens, and what becomes of it when its application leaves it."""

import datetime as dt

from sqlmodel import col, select

from approvals import letters
from approvals.chain import record, stamp
from approvals.editions import policy_of
from approvals.notice.fixed_awards import fixed_award
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import Deadline
from models.columns import new_id
from models.event import EventKind
from models.hashing import content_hash, sha256
from models.notice import Notice
from models.notice_text import NoticeFacts, csv_of, html_of
from models.objection import Objection, ObjectionAnswer, ObjectionResult
from models.policy.data import Bilingual
from models.road.route import RouteStage, ends_with_notice, fixing, from_json
from models.stage import Stage
from models.states import Level

#: What the reader of an answer is called: what objectors call themselves is never sent out by us.
OBJECTOR = {"zh": "异议人", "en": "Objector"}


def page_of(office: Office, number: str) -> str:
    """Return the address of the page of a notice."""
    return f"{office.portal_url}/notices/{number}"


def address_of(office: Office, number: str) -> str:
    """Return the address that takes objections by mail."""
    return f"object+{number}@{office.mail_domain}".lower()


def publish(
    tx: Transaction, office: Office, app: Application, stage: Stage, planned: RouteStage, now: dt.datetime
) -> None:
    """Show everybody what was fixed; keep what is shown, seal its hashes, and tell the applicant."""
    due = Deadline(stage.due_at, stage.due_provisional)
    facts = facts_of(tx, office, app, planned, due, now)
    html, csv = html_of(facts), csv_of(facts)
    notice_id = new_id()
    tx.insert(
        Notice,
        id=notice_id,
        application_id=app.id,
        round=app.round,
        stage_id=stage.id,
        headline=facts.headline,
        html=html,
        html_sha256=sha256(html),
        csv=csv,
        csv_sha256=sha256(csv),
        working_days=planned.working_days,
        published_at=now,
        ends_at=stage.due_at,
    )
    record(
        tx,
        app,
        EventKind.NOTICE_PUBLISHED,
        now,
        stage=stage.id,
        by="",
        notice=notice_id,
        html=sha256(html),
        csv=sha256(csv),
        headline=content_hash(facts.headline),
        until=stamp(stage.due_at),
        award={level.value: fen for level, fen in facts.amounts.items()},
    )
    letters.tell_applicant(
        tx,
        office,
        app,
        "notice_published",
        now,
        award={level.value: facts.amounts.get(level, 0) for level in Level},
        page=facts.page,
        until=stamp(stage.due_at),
        days=planned.working_days,
    )


def facts_of(
    tx: Transaction, office: Office, app: Application, planned: RouteStage, due: Deadline, now: dt.datetime
) -> NoticeFacts:
    """Return what the notice of ``app`` says; no contact is among it."""
    policy, fixed = policy_of(tx, app), fixed_award(tx, app)
    measure, place = policy.measures[app.measure], policy.place(app.county)
    option = measure.options[app.option]
    assert fixed is not None, f"{app.number} has no award to show"
    return NoticeFacts(
        number=app.number,
        round=app.round,
        policy_title=policy.title,
        measure=app.measure,
        measure_title=measure.title,
        option=option.name,
        gives=option.gives,
        applicant=app.applicant,
        title=app.title,
        place=Bilingual(zh=place.name("zh"), en=place.name("en")),
        amounts={level: fixed.share(level) for level in option.levels},
        unit=policy.unit_name(decides(app)),
        working_days=planned.working_days,
        published_at=now,
        ends_at=due.at,
        provisional=due.provisional,
        page=f"{page_of(office, app.number)}/object",
        address=address_of(office, app.number),
    )


def decides(app: Application) -> str:
    """Return the unit that fixed the award: it answers objections."""
    planned = fixing(from_json(app.route))
    assert planned is not None, f"{app.number} is no claim"
    return planned.units[0]


def unanswered(tx: Transaction, notice_id: str) -> list[Objection]:
    """Return the objections to a notice that wait for an answer, in the order in which they were made."""
    waiting = (
        select(Objection)
        .outerjoin(ObjectionAnswer, col(ObjectionAnswer.objection_id) == Objection.id)
        .where(Objection.notice_id == notice_id, col(ObjectionAnswer.objection_id).is_(None))
    )
    return list(tx.exec(waiting.order_by(col(Objection.seq))))


def left(tx: Transaction, office: Office, app: Application, now: dt.datetime) -> None:
    """Settle what waits on the notice of ``app``, which ends early: who objected is told."""
    if not ends_with_notice(from_json(app.route)):
        return
    tx.write_rows()  # the answer that ends it is among the answers
    shown = tx.exec(select(Notice.id).where(Notice.application_id == app.id)).all()
    for objection in [one for notice in shown for one in unanswered(tx, notice)]:
        answer(tx, office, app, objection, ObjectionResult.SETTLED, "", now, unit="", by="")


def answer(
    tx: Transaction,
    office: Office,
    app: Application,
    objection: Objection,
    result: ObjectionResult,
    opinion: str,
    now: dt.datetime,
    *,
    unit: str,
    by: str,
    **said: object,
) -> None:
    """Write what an objection got for an answer, seal it, and mail it where its contact is an address."""
    tx.insert(
        ObjectionAnswer,
        objection_id=objection.id,
        application_id=app.id,
        result=result,
        text=opinion,
        unit=unit,
        answered_at=now,
    )
    about = {"objection": objection.id, "number": objection.seq, "result": result.value, "text": opinion}
    stage = tx.exec(select(Notice.stage_id).where(Notice.id == objection.notice_id)).one()
    record(tx, app, EventKind.OBJECTION_ANSWERED, now, stage=stage, by=by, unit=unit, **about, **said)
    tell(tx, office, app, objection, "objection_answered", now, result=result.value, unit_key=unit, opinion=opinion)


def tell(
    tx: Transaction,
    office: Office,
    app: Application,
    objection: Objection,
    kind: str,
    now: dt.datetime,
    *,
    unit_key: str = "",
    **said: object,
) -> None:
    """Write to who objected, if by mail at all. What the objection itself says is not repeated: it may be forged."""
    if "@" not in objection.contact:
        return
    policy = policy_of(tx, app)
    facts = {
        "number": app.number,
        "title": app.title,
        "applicant": app.applicant,
        "policy_title": letters.names(policy.title),
        "seq": objection.seq,
        "received": stamp(objection.received_at),
        "page": page_of(office, app.number),
        "unit": letters.names(policy.unit_name(unit_key or decides(app))),
    }
    to = (objection.contact, OBJECTOR[objection.language], objection.language)
    letters.queue(tx, office, kind, f"{kind}:{objection.id}", to, facts | said, now, app.id)
