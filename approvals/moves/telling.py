"""Telling: who is written to when something happens to a stage, and how a letter names who did it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlmodel import col, select

from approvals import asking, letters
from approvals.asked import Place
from approvals.editions import policy_of
from approvals.moves.mover import Mover
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.columns import plain
from models.errors import OpinionTooLong
from models.officer import Officer
from models.road.route import RouteStage, from_json
from models.stage import Stage
from models.states import TaskState
from models.task import MAX_OPINION, Task

APPLICANT = "applicant"


def said_by(mover: Mover, tx: Transaction) -> dict[str, str]:
    """Return how a letter names who moves: an officer with the unit, or the operator."""
    if mover.officer is None:
        return operator_said(mover.by)
    unit = policy_of(tx, mover.app).unit_name(mover.officer.unit)
    name = mover.officer.name
    if name in (unit.zh, unit.en):
        return {"zh": unit.zh, "en": unit.en}
    if name.startswith(unit.zh) or name.startswith(unit.en):  # "省财政厅收文" says the unit already
        return {"zh": name, "en": name}
    return {"zh": f"{unit.zh}的{name}", "en": f"{name} of {unit.en}"}


def operator_said(by: str) -> dict[str, str]:
    """Return how a letter names the operator ``operator:NAME``."""
    name = by.removeprefix("operator:")
    return {"zh": f"运行人员 {name}", "en": f"the operator {name}"}


def operator_by(name: str) -> str:
    """Return how events name the operator called ``name``."""
    return f"operator:{plain(name).removeprefix('operator:')}"


def note_of(text: str) -> str:
    """Return the words that go with a move, which may be none; raises OpinionTooLong."""
    note = plain(text)
    if len(note) > MAX_OPINION:
        raise OpinionTooLong
    return note


def planned_of(app: Application, stage: Stage) -> RouteStage:
    """Return ``stage`` as the route plans it."""
    return from_json(app.route)[stage.position]


def open_tasks(tx: Transaction, stage: Stage) -> list[Task]:
    """Return the tasks of ``stage`` that wait for their answers now."""
    waiting = select(Task).where(Task.stage_id == stage.id, Task.state == TaskState.OPEN)
    return list(tx.exec(waiting.order_by(col(Task.seat), col(Task.id))))


def who_is_asked(
    tx: Transaction, office: Office, app: Application, tasks: Iterable[Task]
) -> list[tuple[Task, list[Officer]]]:
    """Return whom to write to for each of ``tasks``: the one person, or whoever answers for the unit."""
    waiting = list(tasks)
    found = asking.who_answers(tx, office, app, [task.unit for task in waiting])
    made = []
    for task in waiting:
        officers = found.get(task.unit, [])
        if task.asked_instead is not None and asking.other_unit(task.unit, officers) is None:
            units = [task.asked_instead]
            officers = officers + asking.officers_who_may(tx, app, units).get(task.asked_instead, [])
        made.append((task, [one for one in officers if task.officer_id in (None, one.id)]))
    return made


def ask_anew(
    tx: Transaction, office: Office, app: Application, stage: Stage, kind: str, now: dt.datetime, **said: Any
) -> int:
    """Write to everybody whose answer ``stage`` waits for, with fresh links; return to how many tasks' officers."""
    written = 0
    for task, officers in who_is_asked(tx, office, app, open_tasks(tx, stage)):
        letters.ask(tx, office, app, stage, planned_of(app, stage), task, officers, now, kind=kind, **said)
        written += bool(officers)
    return written


def tell_asked(
    tx: Transaction, office: Office, place: Place, tasks: Iterable[Task], kind: str, now: dt.datetime, **said: Any
) -> None:
    """Tell the officers who were asked for ``tasks``, without a link."""
    app = place.app
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, place.stage, place.planned) | said
    told = list(tasks)
    asked = asking.were_asked(tx, told) if told else {}
    for task in told:
        for officer in asked.get(task.id, []):
            key = f"{kind}:{task.id}:{officer.id}:{app.event_count}"
            to = (officer.email, officer.name, officer.language)
            letters.queue(tx, office, kind, key, to, facts | letters.unit_facts(tx, app, task, officer), now, app.id)
