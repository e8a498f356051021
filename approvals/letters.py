"""Write letters into the outbox, in the transaction that makes them due.

A letter here is facts, not words: `notifications/letters/<kind>` has the words.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlmodel import select

from approvals import duty_facts, tokens
from approvals.briefing import briefing, stated_award
from approvals.chain import stamp
from approvals.deputy.deputy_queries import deputies_of, said_of
from approvals.editions import policy_of
from approvals.held_back import held_back
from approvals.late import clock
from approvals.money import budgets, paying
from approvals.notice import objection_facts
from approvals.office import Office
from approvals.post import addresses
from approvals.transaction import Transaction
from models.application import Application
from models.columns import new_id
from models.letter import Letter
from models.officer import Officer
from models.panel.seats import EXPERT_PANEL
from models.policy.data import Bilingual
from models.policy.notice_rules import PUBLIC_NOTICE
from models.road.route import RouteStage, as_seen_by, from_json
from models.stage import Stage
from models.states import ApplicationKind, LetterState, Level, Purpose
from models.task import Task
from models.token import Token

STATUS_NONCE = select(Token.nonce).where(
    Token.application_id == sa.bindparam("application_id"), Token.purpose == Purpose.STATUS
)


def queue(
    tx: Transaction,
    office: Office,
    kind: str,
    key: str,
    to: tuple[str, str, str],
    facts: dict[str, Any],
    now: dt.datetime,
    application_id: str | None = None,
) -> str:
    """Queue one letter; ``to`` is (address, addressee, language). Return its id."""
    letter_id = new_id()
    address, addressee, language = to
    tx.insert(
        Letter,
        id=letter_id,
        key=key,
        application_id=application_id,
        kind=kind,
        language=language,
        address=address,
        addressee=addressee,
        facts=facts,
        message_id=f"{letter_id}@{office.mail_domain}",
        state=LetterState.QUEUED,
        written_at=now,
        next_try_at=now,
    )
    tx.bells.add("sender")
    return letter_id


def names(name: Bilingual) -> dict[str, str]:
    """Return a bilingual name as JSON."""
    return {"zh": name.zh, "en": name.en}


def facts_of(tx: Transaction, app: Application) -> dict[str, Any]:
    """Return what every letter about ``app`` may say: who, what, where and how much (fen)."""
    policy = policy_of(tx, app)
    if app.kind is ApplicationKind.DUTY:
        return duty_facts.facts_of(tx, app, policy)
    place = policy.place(app.county)
    measure = policy.measures[app.measure]
    option = measure.options[app.option]
    return {
        "number": app.number,
        "policy": app.policy,
        "applicant": app.applicant,
        "title": app.title,
        "measure": app.measure,
        "measure_title": names(measure.title),
        "option": names(option.name),
        "gives": option.gives,
        "policy_title": names(policy.title),
        "place": {"zh": place.name("zh"), "en": place.name("en")},
        "asked": {level.value: app.asked(level) for level in Level},
        "asked_total": app.asked_total,
        "round": app.round,
    } | _facts_of_release(tx, app)


def _facts_of_release(tx: Transaction, app: Application) -> dict[str, Any]:
    """Return what letters about a release say besides: which instalment, of what, and what is set off."""
    found = paying.release_of(tx, app)
    return {"release": found.as_json()} if found else {}


def stage_facts(app: Application, stage: Stage, route_stage: RouteStage) -> dict[str, Any]:
    """Return what a letter says about one stage: which, of how many, until when."""
    return {
        "stage": {"zh": route_stage.name_zh, "en": route_stage.name_en},
        "act": route_stage.act,
        "step": route_stage.position + 1,
        "steps": len(app.route),
        "due": stamp(stage.due_at),
        "due_provisional": stage.due_provisional,
        "share": route_stage.share,
        "version": app.version,
        "fixes_award": route_stage.fixes_award,
        "notice_days": _notice_days(app, route_stage),
    }


def _notice_days(app: Application, route_stage: RouteStage) -> int | None:
    """Return for how many working days what ``route_stage`` fixes is shown to everybody before it counts."""
    last = from_json(app.route)[-1]
    return last.working_days if route_stage.fixes_award and last.act == PUBLIC_NOTICE else None


def unit_facts(tx: Transaction, app: Application, task: Task, officer: Officer) -> dict[str, Any]:
    """Return for which unit ``officer`` is asked; where that is another than the officer's own, also ``instead``.

    An officer of the unit itself who comes after such a one is told of it: ``also_asked``. Where it is asked for an
    opinion only, ``counts`` is false.
    """
    policy = policy_of(tx, app)
    facts: dict[str, Any] = {"unit": names(policy.unit_name(task.unit)), "unit_key": task.unit}
    facts |= objection_facts.facts_of(tx, task)
    if not task.counts:
        facts["counts"] = False
    if officer.unit != task.unit:
        facts["instead"] = names(policy.unit_name(officer.unit))
    elif task.asked_instead is not None:
        facts["also_asked"] = names(policy.unit_name(task.asked_instead))
    return facts


def ask(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    route_stage: RouteStage,
    task: Task,
    officers: list[Officer],
    now: dt.datetime,
    *,
    kind: str = "ask",
    first: dt.datetime | None = None,
    deputies: list[tuple[Officer, Officer]] | None = None,
    **said: Any,
) -> None:
    """Ask each of ``officers`` and their deputies to answer ``task``, with a link and a reply address of their own.

    ``first`` is the first reminder past the date, where there is one; ``deputies`` are pairs of (deputy, for whom),
    by default those in force; ``said`` is for the letters.
    """
    seen = as_seen_by(route_stage, task.seat, counts=task.counts)
    shared = facts_of(tx, app) | stage_facts(app, stage, seen)
    shared |= clock.otherwise(tx, stage, route_stage, now, first)
    shared |= briefing(tx, app) | objection_facts.text_of(tx, task) | said
    shared |= budgets.facts(tx, app, seen, task.unit, now)
    if seen.fixes_award:
        shared |= stated_award(tx, app, seen)
    pairs = deputies
    if pairs is None:  # nobody stands in for an expert
        pairs = [] if route_stage.act == EXPERT_PANEL else deputies_of(tx, app, officers, now)
    standing_in = said_of(pairs)
    if task.undelivered_at is not None:
        task.undelivered_at = None
        tx.add(task)
    for officer in [*officers, *(deputy for deputy, _ in pairs)]:
        link = tokens.for_task(tx, office, Purpose.DECIDE, app, stage, task, officer, now)
        if held_back(tx, kind, officer, stage, now):
            continue
        reply = tokens.for_task(tx, office, Purpose.REPLY, app, stage, task, officer, now)
        queue(
            tx,
            office,
            kind,
            f"{kind}:{task.id}:{officer.id}:{stamp(stage.remind_at)}:{app.version}",
            (addresses.reachable(tx, officer, now), officer.name, officer.language),
            shared
            | unit_facts(tx, app, task, officer)
            | standing_in.get(officer.id, {})
            | {"link_nonce": link, "reply_nonce": reply},
            now,
            app.id,
        )


def tell_applicant(
    tx: Transaction, office: Office, app: Application, kind: str, now: dt.datetime, *, key: str = "", **facts: Any
) -> None:
    """Write to the applicant, with the link to the status page; ``key`` tells letters of one version apart."""
    queue(
        tx,
        office,
        kind,
        f"{kind}:{app.id}:{key or app.version}",
        (app.email, app.contact, app.language),
        facts_of(tx, app) | {"status_nonce": _status_nonce(tx, office, app, now)} | facts,
        now,
        app.id,
    )


def _status_nonce(tx: Transaction, office: Office, app: Application, now: dt.datetime) -> str:
    """Return the nonce of the applicant's status link; there is one for all letters."""
    found = tx.execute(STATUS_NONCE, {"application_id": app.id}).scalar()
    if found is not None:
        return str(found)
    return tokens.for_applicant(tx, office, Purpose.STATUS, app, now)


def tell_operator(
    tx: Transaction,
    office: Office,
    kind: str,
    key: str,
    facts: dict[str, Any],
    now: dt.datetime,
    application_id: str | None = None,
) -> None:
    """Write to the operator."""
    queue(tx, office, kind, key, (office.operator_email, "运行人员", "zh"), facts, now, application_id)
