"""Duties: the lead's unit opens one, the listed units report, the lead accepts or sends back."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from approvals import asking, editions, letters, reports, stages
from approvals.answer import NotDecided
from approvals.asked import check, find
from approvals.chain import changed, record
from approvals.decide import record_foreign, refused
from approvals.office import Office
from approvals.submit import flush_or_duplicate, next_number, refuse_duplicate, sealed
from approvals.transaction import Transaction
from models.application import Application, Revision
from models.calendar import office_date
from models.case.project import project_key
from models.columns import plain
from models.errors import Fault, LiandongError, RefusedApplication, UnknownToken, WrongAnswer
from models.event import EventKind
from models.hashing import GENESIS, content_hash
from models.policy.duty import listed, place_units
from models.policy.measure import Measure
from models.policy.policy import Policy
from models.road.route import from_json, plan_duty, to_json
from models.states import ApplicationKind, ApplicationState, Channel, Level

#: Characters of the period, so that the title has room for it.
MAX_PERIOD = 60
MAX_WORKING_DAYS = 250


@dataclass(frozen=True)
class Opening:
    """Which duty is opened, for whom and until when."""

    measure: int
    #: The key of the duty; empty: the only one that the measure has.
    duty: str = ""
    #: What the reports are about: ``2026 年第四季度``. The same duty is opened once for one period.
    period: str = ""
    #: The places whose governments report, by code, name or unit; none: all that the duty lists.
    places: tuple[str, ...] = ()
    #: Until when; neither: the working days of the policy's road.
    due_day: dt.date | None = None
    working_days: int | None = None
    opened_by: str = ""
    policy: str = ""


@dataclass(frozen=True)
class Progressing:
    """What a unit says that is not done yet; its task stays open."""

    text: str
    figures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Reported:
    """The report counts."""

    number: str


def open_duty(tx: Transaction, office: Office, opening: Opening, now: dt.datetime) -> Application:
    """Open a duty: each of its units is asked to report.

    Raises:
        RefusedApplication: there is no such duty, it is open already, or its units or its day cannot be.

    """
    policy = editions.in_force(office.policies, opening.policy or office.policy, office_date(now))
    measure, key = _measure_and_key(policy, opening)
    places = _places(policy, measure, key, opening)
    _check_term(policy, opening, office_date(now))
    duty = measure.duties[key]
    route = plan_duty(policy, measure, duty, places, due_day=opening.due_day, working_days=opening.working_days)
    editions.keep(tx, policy, now)
    number = next_number(tx, f"{policy.prefix}{measure.number:02d}-D-{office_date(now).year}")
    content = _content(tx, office, policy, measure, key, opening) | {"units": list(route[0].units)}
    app = Application(
        number=number,
        policy=policy.key,
        policy_version=policy.version,
        state=ApplicationState.IN_PROGRESS,
        position=0,
        head=GENESIS,
        submitted_at=now,
        wake_at=now,
        content=content,
        content_hash=content_hash(content),
        route=to_json(route),
        trace=[],
        **columns_stated_in(content),
    )
    refuse_duplicate(tx, app)
    tx.add(app)
    flush_or_duplicate(tx, duty=True)
    tx.add(Revision(application_id=app.id, round=1, content=app.content, content_hash=app.content_hash, sent_at=now))
    record(
        tx, app, EventKind.DUTY_OPENED, now, number=app.number, policy=app.policy, measure=app.measure, **sealed(app)
    )
    changed(tx, app, now)
    letters.tell_applicant(tx, office, app, "submitted", now, units=len(route[0].units))
    stages.open_stage(tx, office, app, from_json(app.route)[0], now)
    return app


def report(
    tx: Transaction,
    office: Office,
    presented: str,
    said: Progressing,
    channel: Channel,
    now: dt.datetime,
    *,
    proof: str = "",
) -> Reported | NotDecided:
    """Record a report that is not done; the task stays open, and so do its link and its reply address.

    A unit that is done answers its task: see `approvals.decide`. ``proof``: what proved who sent a reply; the event
    of the report says it.
    """
    asked = find(tx, presented)
    if asked is None:
        return NotDecided(UnknownToken(), record_foreign(tx, presented, channel, now))
    text = plain(said.text)
    try:
        check(tx, asked, presented, channel, now)
        if asked.planned.act != "report":
            raise WrongAnswer
        reports.check(tx, asked, text, said.figures)
    except LiandongError as error:
        return refused(tx, asked, error, channel, now)
    reports.write(tx, asked, text, said.figures, channel, now, done=False, proof=proof)
    changed(tx, asked.app, now)
    return Reported(asked.app.number)


def columns_stated_in(content: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a duty that only repeat what stands in its content; the audit holds them against it."""
    title = content["title"]
    return {
        "kind": ApplicationKind.DUTY,
        "measure": content["measure"],
        "option": content["duty"],
        "county": "",
        "applicant": content["lead"]["name"],
        "credit_code": "",
        "contact": content["lead"]["contact"],
        "email": content["lead"]["email"],
        "language": content["lead"]["language"],
        "title": title,
        "project_key": project_key(f"{content['duty']} {content['period']}"),
        "cost_basis_key": "",
        **{f"asked_{level.value}": 0 for level in Level},
    }


def _content(
    tx: Transaction, office: Office, policy: Policy, measure: Measure, key: str, opening: Opening
) -> dict[str, Any]:
    """Return what the chain seals of a duty: what is to be done, for which period, opened by whom."""
    lead, period = policy.unit_name(measure.lead).zh, plain(opening.period)
    officers = sorted(asking.officers_of(tx, [measure.lead]).get(measure.lead, []), key=lambda one: one.email)
    contact = {"contact": lead, "email": office.operator_email, "language": "zh"}
    if officers:
        contact = {"contact": officers[0].name, "email": officers[0].email, "language": officers[0].language}
    return {
        "kind": ApplicationKind.DUTY.value,
        "measure": measure.number,
        "duty": key,
        "period": period,
        "title": f"{measure.duties[key].title.zh}（{period}）"[:200],
        "due_day": opening.due_day.isoformat() if opening.due_day else None,
        "working_days": opening.working_days,
        "opened_by": plain(opening.opened_by),
        "lead": {"unit": measure.lead, "name": lead, **contact},
    }


def _measure_and_key(policy: Policy, opening: Opening) -> tuple[Measure, str]:
    measure = policy.measures.get(opening.measure)
    if measure is None or not measure.duties:
        found = ", ".join(str(number) for number, one in policy.measures.items() if one.duties)
        raise _fault(
            "measure", f"措施 {opening.measure} 没有任务；可选：{found}", f"has no duties; choose from: {found}"
        )
    known = ", ".join(measure.duties)
    key = opening.duty or (known if len(measure.duties) == 1 else "")
    if key not in measure.duties:
        raise _fault("duty", f"没有任务“{key}”；可选：{known}", f"there is no duty {key!r}; choose from: {known}")
    return measure, key


def _places(policy: Policy, measure: Measure, key: str, opening: Opening) -> tuple[str, ...]:
    """Return the units of the places that were chosen."""
    units, reporting = place_units(policy), listed(measure, measure.duties[key])
    chosen = []
    for place in opening.places:
        unit = units.get(place.strip())
        if unit is None or unit.partition(":")[0] not in reporting:
            zh, en = f"“{place}”不是该任务的报告单位", f"{place!r} is no place whose government reports on this duty"
            raise _fault("places", zh, en)
        chosen.append(unit)
    return tuple(dict.fromkeys(chosen))


def _check_term(policy: Policy, opening: Opening, day: dt.date) -> None:
    window, period = policy.window, plain(opening.period)
    if not 1 <= len(period) <= MAX_PERIOD or not period.isprintable():
        zh, en = f"须为 1 至 {MAX_PERIOD} 字", f"must have 1 to {MAX_PERIOD} characters"
        raise _fault("period", zh, en)
    if not window.first_day <= day <= window.last_day:
        term = f"{window.first_day} – {window.last_day}"
        raise _fault("policy", f"政策实施期为 {term}，今天不在其内", f"is in force {term}; today is outside")
    if opening.due_day is not None and opening.working_days is not None:
        raise _fault("due", "期限请只写日期或只写工作日数", "give a day or a number of working days, not both")
    if opening.due_day is not None and opening.due_day <= day:
        raise _fault("due", f"{opening.due_day} 不晚于今天", f"{opening.due_day} is not after today")
    if opening.working_days is not None and not 1 <= opening.working_days <= MAX_WORKING_DAYS:
        raise _fault("due", f"须为 1 至 {MAX_WORKING_DAYS} 个工作日", f"must be 1 to {MAX_WORKING_DAYS} working days")


def _fault(where: str, zh: str, en: str) -> RefusedApplication:
    return RefusedApplication([Fault(where, zh, en)])
