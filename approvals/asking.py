"""Asking: whose officers are asked for a unit's task, its own or those of a unit above, and who is told of it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import letters
from approvals.chain import record, stamp
from approvals.editions import policy_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.case.own import is_own
from models.deputy import Deputy
from models.event import EventKind
from models.officer import Officer
from models.policy.units import above
from models.road.route import RouteStage
from models.stage import Stage
from models.states import Purpose
from models.task import Recusal, Task
from models.token import Token

OFFICERS_OF = select(Officer).where(col(Officer.unit).in_(sa.bindparam("units", expanding=True)), col(Officer.active))

#: Who is no listed officer, and asked as somebody's deputy.
STANDS_IN = select(Deputy.id).where(Deputy.deputy_id == Officer.id, col(Deputy.revoked_at).is_(None)).exists()


def officers_of(tx: Transaction, units: Iterable[str]) -> dict[str, list[Officer]]:
    """Return the active officers of each of ``units``."""
    found: dict[str, list[Officer]] = {}
    for officer in tx.execute(OFFICERS_OF, {"units": list(units)}).scalars():
        found.setdefault(officer.unit, []).append(officer)
    return found


def who_answers(tx: Transaction, office: Office, app: Application, units: Iterable[str]) -> dict[str, list[Officer]]:
    """Return whom to ask for each of ``units``: its officers or, by the setting, those of the nearest unit above.

    A unit for which there is nobody is left out; so is whoever has recused, and the applicant.
    """
    barred = _recused(tx, app)
    found = _without(officers_of(tx, units), app, barred)
    if office.no_officer == "parent":
        found |= {unit: there for unit in units if unit not in found and (there := _above(tx, app, unit, barred))}
    return found


def officers_who_may(tx: Transaction, app: Application, units: Iterable[str]) -> dict[str, list[Officer]]:
    """Return the active officers of each of ``units``, but for the applicant and those who have recused."""
    return _without(officers_of(tx, units), app, _recused(tx, app))


def above_of(tx: Transaction, app: Application, unit: str) -> list[Officer]:
    """Return the officers of the nearest unit above ``unit`` that has any who may answer."""
    return _above(tx, app, unit, _recused(tx, app))


def _above(tx: Transaction, app: Application, unit: str, barred: set[str]) -> list[Officer]:
    policy = policy_of(tx, app)
    higher = list(above(policy, policy.measures[app.measure], unit))
    found = _without(officers_of(tx, higher), app, barred)
    return next((found[one] for one in higher if one in found), [])


def _without(found: dict[str, list[Officer]], app: Application, barred: set[str]) -> dict[str, list[Officer]]:
    may = {
        unit: [one for one in officers if barred.isdisjoint(one.addresses) and not is_own(app, *one.addresses)]
        for unit, officers in found.items()
    }
    return {unit: officers for unit, officers in may.items() if officers}


def _recused(tx: Transaction, app: Application) -> set[str]:
    return set(tx.exec(select(Recusal.address).where(Recusal.application_id == app.id)))


def named(task: Task, officers: list[Officer]) -> list[Officer]:
    """Return the one person whom ``task`` is for; where that one cannot answer any more, all of ``officers``."""
    return [one for one in officers if one.id == task.officer_id] or officers


def other_unit(unit: str, officers: Iterable[Officer]) -> str | None:
    """Return the unit that ``officers`` are of where it is not ``unit`` itself."""
    return next((officer.unit for officer in officers if officer.unit != unit), None)


def ask_late(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    task: Task,
    officers: list[Officer],
    now: dt.datetime,
    **said: Any,
) -> None:
    """Ask ``officers`` for a task that has waited; where they are another unit's than before, say so.

    ``said`` is for ``letters.ask``.
    """
    letters.ask(tx, office, app, stage, planned, task, officers, now, **said)
    instead = other_unit(task.unit, officers)
    if officers and instead != task.asked_instead:
        task.asked_instead = instead
        tx.add(task)
        if instead is not None:
            tell_missing(tx, office, app, task, officers, now)


def tell_missing(
    tx: Transaction, office: Office, app: Application, task: Task, officers: list[Officer], now: dt.datetime
) -> None:
    """Tell chain and operator that a unit has no officer, and whether its task waits or who was asked instead."""
    policy, instead = policy_of(tx, app), task.asked_instead
    asked = {} if instead is None else {"asked_instead": instead, "officers": [o.email for o in officers]}
    record(tx, app, EventKind.OFFICER_MISSING, now, task=task.id, unit=task.unit, **asked)
    facts = letters.facts_of(tx, app) | {"unit": letters.names(policy.unit_name(task.unit)), "unit_key": task.unit}
    if instead is not None:
        facts["instead"] = letters.names(policy.unit_name(instead))
    key = f"officer_missing:{task.id}:{stamp(now)}"
    letters.tell_operator(tx, office, "officer_missing", key, facts, now, app.id)


def were_asked(tx: Transaction, tasks: Iterable[Task]) -> dict[str, list[Officer]]:
    """Return the active officers who were asked for each of ``tasks``, and deputies, by the task's id."""
    rows = tx.execute(
        sa.select(col(Token.task_id), Officer)
        .join(Officer, col(Officer.id) == Token.officer_id)
        .where(
            col(Token.task_id).in_([task.id for task in tasks]),
            col(Token.purpose) == Purpose.DECIDE,
            col(Officer.active) | STANDS_IN,
        )
        .distinct()
        .order_by(col(Officer.email))
    )
    found: dict[str, list[Officer]] = {}
    for task_id, officer in rows:
        found.setdefault(task_id, []).append(officer)
    return found
