"""The directory: who answers for which unit."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import asking
from approvals.chain import record
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.files.directory_file import Entry
from models.officer import Officer
from models.panel.seats import EXPERT
from models.policy.data import Bilingual
from models.policy.policy import Policy
from models.policy.units import all_units
from models.road.route import from_json
from models.stage import Stage
from models.states import TaskState
from models.task import Task
from models.token import Token


@dataclass(frozen=True)
class Listed:
    """One unit with its active officers."""

    unit: str
    name: Bilingual
    officers: tuple[Officer, ...]
    #: False where only the directory knows it.
    known: bool = True


def listing(tx: Transaction, policy: Policy) -> list[Listed]:
    """Return every unit that the policy can ask, in its order; then units that only the directory knows.

    Experts are no unit: `approvals.panel.experts` lists them.
    """
    found: dict[str, list[Officer]] = defaultdict(list)
    listed = select(Officer).where(col(Officer.active), ~col(Officer.unit).startswith(EXPERT))
    for officer in tx.exec(listed.order_by(Officer.unit, Officer.email)):
        found[officer.unit].append(officer)
    known = [Listed(unit, policy.unit_name(unit), tuple(found.pop(unit, ()))) for unit in all_units(policy)]
    return known + [Listed(unit, Bilingual(zh=unit, en=unit), tuple(them), False) for unit, them in found.items()]


def shared_addresses(listed: Iterable[Listed]) -> dict[str, list[str]]:
    """Return the addresses that answer for several units, each with those units' names in Chinese."""
    units: dict[str, list[str]] = defaultdict(list)
    for one in listed:
        for officer in one.officers:
            units[officer.email].append(one.name.zh)
    return {address: names for address, names in units.items() if len(names) > 1}


def import_officers(
    tx: Transaction, office: Office, entries: list[Entry], now: dt.datetime, *, replace: bool = False
) -> int:
    """Add or rename the officers in ``entries``; ask those whose unit's task had nobody to ask.

    With ``replace``, the units in ``entries`` have no other officers any more: the links of the others die.
    Returns how many are new.
    """
    known = {(o.unit, o.email): o for o in tx.exec(select(Officer))}
    new = []
    for entry in entries:
        officer = known.get((entry.unit, entry.email))
        if officer is None:
            officer = Officer(**entry.model_dump(exclude={"letters", "other_emails"}))
            new.append(officer)
            known[entry.unit, entry.email] = officer
        officer.name, officer.role, officer.language, officer.active = entry.name, entry.role, entry.language, True
        officer.letters = entry.letters or officer.letters
        if entry.other_emails is not None:
            officer.other_emails = [one for one in entry.other_emails if one != officer.email]
        tx.add(officer)
    units = {entry.unit for entry in entries}
    if replace:
        listed = {(entry.unit, entry.email) for entry in entries}
        for key, officer in known.items():
            officer.active = officer.active and (officer.unit not in units or key in listed)
    tx.flush()
    _ask_for_waiting_tasks(tx, office, units, now)
    return len(new)


def _ask_for_waiting_tasks(tx: Transaction, office: Office, units: set[str], now: dt.datetime) -> None:
    """Ask the officers of ``units`` for tasks for which none of theirs had been asked who answers and can be reached.

    A task that was given to a unit above is asked of its own unit's officers as well. The links of those above
    still work: the first answer counts, for the database keeps one decision per task. By the setting, a task for
    which nobody at all had been asked goes to the unit above, now that there may be somebody.
    """
    asked = (
        select(Token.task_id)
        .join(Officer, col(Officer.id) == Token.officer_id)
        .where(Token.task_id == Task.id, col(Officer.active))
    )
    silent = ~asked.where(Officer.unit == Task.unit).exists() | col(Task.undelivered_at).is_not(None)
    wanted: sa.ColumnElement[bool] = col(Task.unit).in_(units) & silent
    if office.no_officer == "parent":
        wanted = sa.or_(wanted, ~asked.exists())
    waiting = tx.exec(
        select(Task, Stage, Application)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .join(Application, col(Application.id) == Task.application_id)
        .where(Task.state == TaskState.OPEN, wanted)
        .order_by(col(Application.id))  # whoever locks several does so in this order
        .with_for_update(of=Application)
    ).all()
    for task, stage, app in waiting:
        # Another transaction may have voided it while this one waited for the lock.
        tx.refresh(task)
        if task.state is TaskState.OPEN:
            _ask(tx, office, app, stage, task, now)


def _ask(tx: Transaction, office: Office, app: Application, stage: Stage, task: Task, now: dt.datetime) -> None:
    officers = asking.named(task, asking.who_answers(tx, office, app, [task.unit]).get(task.unit, []))
    if task.undelivered_at is not None:  # those whose mailboxes take nothing were asked already
        known = {one.id for one in asking.were_asked(tx, [task]).get(task.id, [])}
        officers = [one for one in officers if one.id not in known]
    asking.ask_late(tx, office, app, stage, from_json(app.route)[stage.position], task, officers, now)
    if officers:
        record(tx, app, EventKind.OFFICERS_ASKED, now, task=task.id, officers=[o.email for o in officers])
