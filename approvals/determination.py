"""The determination: what the award may be, and what follows from it elsewhere (tallies, registers)."""

import datetime as dt
from collections.abc import Mapping

from approvals import ceilings, overlaps
from approvals.asked import pledges_of
from approvals.editions import policy_of
from approvals.money import budgets
from approvals.notice import fixed_awards
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_date
from models.case import award
from models.case.case import Case, read_case
from models.case.form import ApplicationForm
from models.columns import new_id
from models.money import Fen
from models.policy.measure import Option
from models.records import Registration
from models.road.route import RouteStage, ends_with_notice, from_json
from models.states import ApplicationState, Level


def option_of(tx: Transaction, app: Application) -> Option:
    """Return what ``app`` applies for."""
    return policy_of(tx, app).measures[app.measure].options[app.option]


def bounds_of(tx: Transaction, app: Application, planned: RouteStage) -> award.Bounds:
    """Return what an award fixed at ``planned`` is held against."""
    return award.Bounds(
        asked={level: app.asked(level) for level in Level},
        pledges=pledges_of(tx, app),
        own=Level(planned.own) if planned.own else None,
        largest=app.largest,
        gives_money=bool(option_of(tx, app).levels),
        set_off=overlaps.awarded_before(overlaps.overlaps_of(tx, app)) > 0,
    )


def stated(bounds: award.Bounds) -> dict[Level, Fen]:
    """Return the award that a plain approval fixes."""
    return award.as_pledged(bounds.asked, bounds.pledges, bounds.own)


def check(
    tx: Transaction, app: Application, planned: RouteStage, amounts: Mapping[Level, Fen], now: dt.datetime
) -> dict[Level, Fen]:
    """Return the award with ``amounts`` in place of what is stated, if it may be fixed now.

    Raises:
        WrongAmount: it breaks a pledge, a limit, a ceiling, a budget, or pays something twice.

    """
    bounds = bounds_of(tx, app, planned)
    fixed = award.check_award(stated(bounds) | dict(amounts), bounds)
    total = Fen(sum(fixed.values()))
    overlaps.check(tx, app, total)
    ceilings.check(tx, _case(tx, app), total, now)
    budgets.check(tx, app, fixed, now)
    return fixed


def fix(tx: Transaction, app: Application, amounts: Mapping[Level, Fen], now: dt.datetime) -> None:
    """Fix what ``check`` returned: it is awarded at once, or kept and counted until its public notice ends."""
    if ends_with_notice(from_json(app.route)):
        fixed_awards.keep(tx, app, _case(tx, app), amounts, now)
        return
    app.award_province, app.award_city, app.award_county = (amounts[level] for level in Level)


def went_back(tx: Transaction, app: Application, now: dt.datetime) -> None:
    """Give back what a determination fixed, where the application leaves its road without an award."""
    if ends_with_notice(from_json(app.route)):
        fixed_awards.give_back(tx, app, _case(tx, app), now)


def ended(tx: Transaction, app: Application, now: dt.datetime) -> None:
    """Count an award under its ceilings, take it of its budgets, and enter who was awarded or refused in registers."""
    option = option_of(tx, app)
    if app.state is ApplicationState.AWARDED:
        _award(tx, app, now)
        _enter(tx, app, option.award_lists_in, now)
        return
    went_back(tx, app, now)
    if app.state is ApplicationState.REFUSED:
        _enter(tx, app, option.refusal_lists_in, now)


def _award(tx: Transaction, app: Application, now: dt.datetime) -> None:
    if ends_with_notice(from_json(app.route)):
        fixed_awards.become(tx, app)
        return
    award = {level: Fen(getattr(app, f"award_{level.value}")) for level in Level}
    ceilings.count(tx, _case(tx, app), Fen(sum(award.values())), now)
    budgets.reserve(tx, app, award, now)


def _enter(tx: Transaction, app: Application, register: str | None, now: dt.datetime) -> None:
    if register is None:
        return
    of_projects = policy_of(tx, app).registers[register].subject == "project"
    tx.insert(
        Registration,
        id=new_id(),
        policy=app.policy,
        register_key=register,
        credit_code=app.credit_code,
        project_key=app.project_key if of_projects else "",
        name=app.title if of_projects else app.applicant,
        listed=True,
        from_day=office_date(now),
        source=app.number,
        recorded_at=now,
    )


def _case(tx: Transaction, app: Application) -> Case:
    """Return the case as it was judged when its round was sent."""
    form = ApplicationForm.from_content(app.content)
    case, _ = read_case(form, policy_of(tx, app), office_date(app.submitted_at))
    assert case is not None, f"{app.number} was admitted under rules that are not there any more"
    return case
