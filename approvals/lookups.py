"""What the rules of a case look up: figures, registers, and what was awarded under their ceilings."""

import datetime as dt
from fractions import Fraction

from sqlmodel import col, or_, select

from approvals.transaction import Transaction
from models.case.case import Case
from models.case.judgement import Records
from models.case.project import project_key
from models.policy.expressions import Expression
from models.policy.rules import Ceiling
from models.records import Figure, Registration, Tally


def look_up(tx: Transaction, case: Case) -> Records:
    """Return the records that the rules of ``case`` need, as they stand now."""
    return Records(
        figures={
            (figure, day): value
            for figure, day in case.figures_needed()
            if (value := figure_on(tx, case.policy.key, figure, _places(case, figure), day)) is not None
        },
        listed=_listed(tx, case),
        used={rule.key: used(tx, case, rule) for rule in ceilings_of(case)},
    )


def _places(case: Case, figure: str) -> list[str]:
    """Return the places whose figure counts, the nearest first; everywhere is ''."""
    if not case.policy.figures[figure].local:
        return [""]
    try:
        place = case.policy.place(case.form.county)
    except KeyError:
        return []
    return [place.county.code, place.city.code]


def figure_on(tx: Transaction, policy: str, figure: str, places: list[str], day: dt.date) -> Fraction | None:
    """Return the value of ``figure`` on ``day`` in the first of ``places`` that has one; money in fen."""
    for place in places:
        newest = (
            select(Figure.value)
            .where(Figure.policy == policy, Figure.figure == figure, Figure.place == place, Figure.from_day <= day)
            .order_by(col(Figure.from_day).desc(), col(Figure.recorded_at).desc())
            .limit(1)
        )
        if (value := tx.exec(newest).first()) is not None:
            return Expression.parse(value).value({})
    return None


def _listed(tx: Transaction, case: Case) -> frozenset[str]:
    """Return the registers in which the applicant or the project is listed on the day of the case."""
    project = project_key(case.form.project.title)
    rows = tx.exec(
        select(Registration)
        .where(
            Registration.policy == case.policy.key,
            Registration.credit_code == case.form.applicant.credit_code,
            or_(Registration.project_key == "", Registration.project_key == project),
            Registration.from_day <= case.day,
        )
        .order_by(col(Registration.from_day), col(Registration.recorded_at))
    )
    newest = {row.register_key: row.listed for row in rows}
    return frozenset(register for register, listed in newest.items() if listed)


def ceilings_of(case: Case) -> list[Ceiling]:
    """Return the ceilings that bind ``case``, in one order for all."""
    found = [bound.rule for bound in case.rules if isinstance(bound.rule, Ceiling)]
    return sorted(found, key=lambda rule: rule.key)


def tally_of(case: Case, rule: Ceiling) -> str:
    """Return what the tally of ``rule`` is called in every edition of the policy: ``22.benchmarks``."""
    return f"{case.measure.number}.{rule.key}"


def scope_of(case: Case, rule: Ceiling) -> str:
    """Return whose awards ``rule`` adds up: a credit code, or '' for everyone's."""
    return case.form.applicant.credit_code if rule.per == "applicant" else ""


def used(tx: Transaction, case: Case, rule: Ceiling) -> int:
    """Return what was awarded so far under ``rule``: fen, or a number of awards."""
    row = select(Tally.used).where(
        Tally.policy == case.policy.key,
        Tally.ceiling == tally_of(case, rule),
        Tally.scope == scope_of(case, rule),
        Tally.year == case.year(rule, case.day),
    )
    return tx.exec(row).first() or 0
