"""The directory: who answers for which unit."""

import csv
import datetime as dt
import io

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, field_validator
from sqlmodel import col, select

from approvals import letters, stages
from approvals.chain import record
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.errors import Fault, RefusedApplication
from models.event import EventKind
from models.form import Line, MailAddress
from models.officer import Officer
from models.policy import Policy
from models.route import from_json
from models.stage import Stage
from models.states import TaskState
from models.task import Task
from models.token import Token


class Entry(BaseModel):
    """One line of a directory file."""

    model_config = ConfigDict(extra="forbid")

    unit: Line
    name: Line
    email: MailAddress
    language: str = "zh"

    @field_validator("email")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()

    @field_validator("language")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in ("zh", "en"):
            raise ValueError("must be zh or en")
        return value


def read_directory(data: bytes, policy: Policy) -> list[Entry]:
    """Return the entries of a CSV file with the columns unit, name, email, language.

    Raises:
        RefusedApplication: with every fault at once, each with its line.

    """
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise RefusedApplication([Fault("file", "不是 UTF-8 编码的 CSV 文件", "is not a CSV file in UTF-8")]) from None
    entries, faults = [], []
    for line, row in enumerate(rows, start=2):
        try:
            entry = TypeAdapter(Entry).validate_python(row)
            _check_unit(entry.unit, policy)
            entries.append(entry)
        except ValidationError as error:
            faults += [Fault(f"line {line}, {e['loc'][0]}", f"不合要求：{e['msg']}", e["msg"]) for e in error.errors()]
        except KeyError:
            faults.append(Fault(f"line {line}, unit", f"没有单位 {row['unit']}", f"there is no unit {row['unit']!r}"))
    if not rows:
        faults.append(Fault("file", "没有任何记录", "has no entries"))
    if faults:
        raise RefusedApplication(faults)
    return entries


def _check_unit(unit: str, policy: Policy) -> None:
    """Raise KeyError unless a route can ask ``unit``: ``kjt``, ``@city:330100``, ``@county:330110``."""
    key, _, code = unit.partition(":")
    known = policy.units[key]
    if key.startswith("@"):
        if policy.divisions[code].level is not known.level:
            raise KeyError(unit)
    elif unit != key:
        raise KeyError(unit)


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
            officer = Officer(unit=entry.unit, name=entry.name, email=entry.email, language=entry.language)
            new.append(officer)
            known[entry.unit, entry.email] = officer
        officer.name, officer.language, officer.active = entry.name, entry.language, True
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
    """Ask the officers of ``units`` to answer tasks for which nobody who still answers had been asked."""
    asked = (
        select(Token.task_id)
        .join(Officer, col(Officer.id) == Token.officer_id)
        .where(Token.task_id == Task.id, col(Officer.active))
    )
    waiting = tx.exec(
        select(Task, Stage, Application)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .join(Application, col(Application.id) == Task.application_id)
        .where(Task.state == TaskState.OPEN, col(Task.unit).in_(units), ~asked.exists())
        .order_by(col(Application.id))  # whoever locks several does so in this order
        .with_for_update(of=Application)
    ).all()
    for task, stage, app in waiting:
        # Another transaction may have voided it while this one waited for the lock.
        tx.refresh(task)
        if task.state is TaskState.OPEN:
            officers = stages.officers_of(tx, [task.unit])[task.unit]
            letters.ask(tx, office, app, stage, from_json(app.route)[stage.position], task, officers, now)
            record(tx, app, EventKind.OFFICERS_ASKED, now, task=task.id, officers=[o.email for o in officers])
