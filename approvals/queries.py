"""Queries: where an application stands, for whoever shows it."""

from collections import defaultdict
from typing import Any

from sqlmodel import col, or_, select

from approvals import carry, overlaps, targets
from approvals.asked import pledges_of
from approvals.briefing import notes_of
from approvals.editions import policy_of
from approvals.money import ledger, paying
from approvals.stage_queries import stages_of
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_date
from models.case.facts import stated
from models.errors import UnknownApplication
from models.officer import Officer
from models.policy.policy import Policy
from models.recovery_standing import recoveries_of
from models.road.route import from_json
from models.road.standing import Standing
from models.states import ApplicationKind, ApplicationState, Level, Purpose, TaskState
from models.task import Task
from models.token import Token


def standing(tx: Transaction, which: str, sees: str = "") -> Standing:
    """Return where the application ``which`` (id or number) stands; blind, but for the task ``sees``.

    Raises:
        UnknownApplication: there is none.

    """
    app = tx.exec(select(Application).where(or_(Application.id == which, Application.number == which))).first()
    if app is None:
        raise UnknownApplication
    return _standing(tx, app, sees)


def standings(tx: Transaction, limit: int = 200) -> list[Standing]:
    """Return the newest applications, newest first."""
    newest = select(Application).order_by(col(Application.submitted_at).desc()).limit(limit)
    return [_standing(tx, app) for app in tx.exec(newest)]


def duties(tx: Transaction, limit: int = 200) -> list[Standing]:
    """Return the newest duties, newest first."""
    newest = select(Application).where(Application.kind == ApplicationKind.DUTY)
    return [_standing(tx, app) for app in tx.exec(newest.order_by(col(Application.submitted_at).desc()).limit(limit))]


def numbers(tx: Transaction) -> dict[str, ApplicationState]:
    """Return the state of every application by number, in the order of submission."""
    rows = tx.exec(select(Application.number, Application.state).order_by(col(Application.submitted_at)))
    return {number: ApplicationState(state) for number, state in rows}


def asked_officers(tx: Transaction, application_id: str) -> dict[str, list[str]]:
    """Return the addresses of the officers who were asked, by the unit of each task that is still open."""
    rows = tx.exec(
        select(Task.unit, Officer.email)
        .join(Token, col(Token.task_id) == Task.id)
        .join(Officer, col(Officer.id) == Token.officer_id)
        .where(Task.application_id == application_id, Task.state == TaskState.OPEN, Token.purpose == Purpose.DECIDE)
        .distinct()
        .order_by(Officer.email)
    )
    asked: dict[str, list[str]] = defaultdict(list)
    for unit, address in rows:
        asked[unit].append(address)
    return dict(asked)


def _standing(tx: Transaction, app: Application, sees: str = "") -> Standing:
    policy = policy_of(tx, app)
    measure = policy.measures[app.measure]
    about = _of_duty(tx, app, policy) if app.kind is ApplicationKind.DUTY else _of_claim(tx, app, policy)
    award = {level: getattr(app, f"award_{level.value}") for level in Level}
    return Standing(
        id=app.id,
        number=app.number,
        policy=app.policy,
        policy_title_zh=policy.title.zh,
        policy_title_en=policy.title.en,
        measure=app.measure,
        measure_title_zh=measure.title.zh,
        measure_title_en=measure.title.en,
        findings=tuple(app.trace),
        largest=app.largest,
        state=app.state,
        round=app.round,
        position=app.position,
        route=from_json(app.route),
        applicant=app.applicant,
        credit_code=app.credit_code,
        title=app.title,
        content_hash=app.content_hash,
        asked={level: app.asked(level) for level in Level},
        pledges=pledges_of(tx, app),
        award=award if app.state is ApplicationState.AWARDED else None,
        version=app.version,
        shown_version=app.shown_version,
        run_id=app.run_id,
        submitted_at=app.submitted_at,
        ended_at=app.ended_at,
        pieces=(batch["rows"], batch["total"]) if (batch := app.content.get("batch")) else None,
        unit_names={unit: policy.unit_name(unit) for stage in app.route for unit in stage["units"]},
        stages=stages_of(tx, app, policy, sees),
        kind=app.kind,
        passed_over=carry.passed_over(tx, app),
        **about,
    )


def _of_claim(tx: Transaction, app: Application, policy: Policy) -> dict[str, Any]:
    """Return what only a claim has: what is applied for, and where its applicant is."""
    measure, place = policy.measures[app.measure], policy.place(app.county)
    option, others = measure.options[app.option], overlaps.overlaps_of(tx, app)
    return {
        "option_zh": option.name.zh,
        "option_en": option.name.en,
        "gives": option.gives,
        "levels": option.levels,
        "words": option.words,
        "notes": notes_of(measure, option),
        "overlaps": others,
        "left": None if app.state.ended else overlaps.left(app, others),
        "overlap_words": policy.overlap.words,
        "overlap_note": policy.overlap.note,
        "facts": stated(app.content["facts"], measure),
        "summary": app.content["project"]["summary"],
        "cost_basis": app.content["project"]["cost_basis"],
        "city_zh": place.city.name.zh,
        "city_en": place.city.name.en,
        "county_zh": place.county.name.zh,
        "county_en": place.county.name.en,
        "release": paying.release_of(tx, app),
        "recoveries": recoveries_of(ledger.about(tx, app.id)) if app.state is ApplicationState.AWARDED else (),
    }


def _of_duty(tx: Transaction, app: Application, policy: Policy) -> dict[str, Any]:
    """Return what only a duty has: what units are told to do, and how far its targets are reached."""
    measure = policy.measures[app.measure]
    duty, nowhere = measure.duties[app.option], dict.fromkeys(("city_zh", "city_en", "county_zh", "county_en"), "")
    day = office_date(app.submitted_at)
    return nowhere | {
        "option_zh": duty.title.zh,
        "option_en": duty.title.en,
        "gives": "",
        "levels": (),
        "words": duty.words,
        "notes": (*measure.notes, *duty.notes),
        "overlaps": (),
        "left": None,
        "overlap_words": policy.overlap.words,
        "overlap_note": policy.overlap.note,
        "facts": (),
        "summary": "",
        "cost_basis": "",
        "period": app.content["period"],
        "opened_by": app.content["opened_by"],
        "targets": targets.of_duty(tx, policy, app.measure, app.option, day),
    }
