"""Open and close stages, and take the step that the route says: the heart of every verb."""

import datetime as dt
from typing import Any

from approvals import asking, determination, letters, notice_stage, tokens
from approvals.chain import changed, record, stamp
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import Deadline, closing, deadline
from models.columns import new_id
from models.event import EventKind
from models.notice_rules import PUBLIC_NOTICE
from models.route import (
    EndAccomplished,
    EndAwarded,
    EndRefused,
    OpenStage,
    ReturnToApplicant,
    RouteStage,
    SendBack,
    Step,
    from_json,
    next_step,
)
from models.stage import Stage
from models.states import ApplicationKind, ApplicationState, Level, Outcome, Purpose, StageState, TaskState
from models.task import Task


def take(tx: Transaction, office: Office, app: Application, step: Step, now: dt.datetime, **said: Any) -> None:
    """Take ``step``; ``said`` is what the applicant is told of the decision that led here."""
    match step:
        case OpenStage(stage):
            open_stage(tx, office, app, stage, now)
        case ReturnToApplicant():
            give_back(tx, office, app, now, **said)
        case EndRefused():
            end(tx, office, app, ApplicationState.REFUSED, now, **said)
        case SendBack(stage):
            send_back(tx, office, app, stage, now, **said)
        case EndAwarded():
            end(tx, office, app, ApplicationState.AWARDED, now, **said)
        case EndAccomplished():
            end(tx, office, app, ApplicationState.ACCOMPLISHED, now, **said)
    changed(tx, app, now)


def open_stage(
    tx: Transaction, office: Office, app: Application, planned: RouteStage, now: dt.datetime, **ask: Any
) -> None:
    """Open ``planned`` with one task a unit, and write to the officers of each; ``ask`` is for their letters."""
    due = deadline(now, planned.working_days)
    if planned.due_day is not None and app.round == 1:
        due = Deadline(closing(dt.date.fromisoformat(planned.due_day)), provisional=False)
    columns: dict[str, Any] = {
        "id": new_id(),
        "application_id": app.id,
        "round": app.round,
        "position": planned.position,
        "key": planned.key,
        "state": StageState.OPEN,
        "opened_at": now,
        "due_at": due.at,
        "due_provisional": due.provisional,
        "remind_at": due.at,
    }
    tx.insert(Stage, **columns)
    stage = Stage(**columns)
    found = asking.who_answers(tx, office, app, planned.units)
    tasks = [open_task(tx, stage, unit, asking.other_unit(unit, found.get(unit, []))) for unit in planned.units]
    app.state, app.position = ApplicationState.IN_PROGRESS, planned.position
    record(
        tx,
        app,
        EventKind.STAGE_OPENED,
        now,
        stage=stage.id,
        key=stage.key,
        round=stage.round,
        position=stage.position,
        units=list(planned.units),
        due=stamp(due.at),
    )
    for task in tasks:
        officers = found.get(task.unit, [])
        letters.ask(tx, office, app, stage, planned, task, officers, now, **ask)
        if not officers or task.asked_instead:
            asking.tell_missing(tx, office, app, task, officers, now)
    if planned.act == PUBLIC_NOTICE:
        notice_stage.publish(tx, office, app, stage, planned, now)


def open_task(tx: Transaction, stage: Stage, unit: str, asked_instead: str | None, subject: str = "") -> Task:
    """Open a task for ``unit``; ``subject`` says what else it is about."""
    columns: dict[str, Any] = {
        "id": new_id(),
        "application_id": stage.application_id,
        "stage_id": stage.id,
        "unit": unit,
        "state": TaskState.OPEN,
        "asked_instead": asked_instead,
        "subject": subject,
    }
    tx.insert(Task, **columns)
    return Task(**columns)


def close_stage(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    outcome: Outcome,
    why: str,
    tasks: list[Task],
    now: dt.datetime,
) -> Step:
    """Close ``stage`` with ``outcome``; tasks still open are void. Return the route's next step."""
    stage.state, stage.outcome, stage.closed_at = StageState.CLOSED, outcome, now
    record(tx, app, EventKind.STAGE_CLOSED, now, stage=stage.id, key=stage.key, outcome=outcome.value, why=why)
    void_tasks(tx, office, app, stage, [t for t in tasks if t.state is TaskState.OPEN], now, outcome=outcome.value)
    return next_step(from_json(app.route), stage.position, outcome)


def void_tasks(
    tx: Transaction, office: Office, app: Application, stage: Stage, tasks: list[Task], now: dt.datetime, outcome: str
) -> None:
    """Void tasks that nobody needs to answer any more, and tell those who were asked."""
    if not tasks:
        return
    planned = from_json(app.route)[stage.position]
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned) | {"outcome": outcome}
    asked = asking.were_asked(tx, tasks)
    for task in tasks:
        for officer in asked.get(task.id, []):
            letters.queue(
                tx,
                office,
                "no_longer_asked",
                f"no_longer_asked:{task.id}:{officer.id}",
                (officer.email, officer.name, officer.language),
                facts | letters.unit_facts(tx, app, task, officer),
                now,
                app.id,
            )
    for task in tasks:
        task.state = TaskState.VOID
        tx.add(task)


def give_back(tx: Transaction, office: Office, app: Application, now: dt.datetime, **said: Any) -> None:
    """Return the application to its applicant, with the opinion and a link to send an amended file."""
    app.state, app.position = ApplicationState.RETURNED, None
    determination.went_back(tx, app)
    notice_stage.left(tx, office, app, now)
    record(tx, app, EventKind.RETURNED, now, round=app.round, **said)
    nonce = tokens.for_applicant(tx, office, Purpose.AMEND, app, now)
    letters.tell_applicant(
        tx, office, app, "returned", now, amend_nonce=nonce, amend_until=stamp(tokens.amend_until(tx, app, now)), **said
    )


def send_back(
    tx: Transaction, office: Office, app: Application, stage: RouteStage, now: dt.datetime, *, opinion: str, **said: Any
) -> None:
    """Begin the next round of a duty with the units of ``stage``; what the others reported stands."""
    app.round += 1
    record(tx, app, EventKind.SENT_BACK, now, round=app.round, units=list(stage.units), opinion=opinion, **said)
    open_stage(tx, office, app, stage, now, kind="sent_back", opinion=opinion)


def end(
    tx: Transaction, office: Office, app: Application, state: ApplicationState, now: dt.datetime, **said: Any
) -> None:
    """End the application and tell the applicant; the units of a duty are told too."""
    app.state, app.position, app.ended_at = state, None, now
    if app.kind is ApplicationKind.CLAIM:
        determination.ended(tx, app, now)
        notice_stage.left(tx, office, app, now)
    award = {level.value: getattr(app, f"award_{level.value}") for level in Level}
    facts: dict[str, Any] = {"award": award} if state is ApplicationState.AWARDED else {}
    record(tx, app, EventKind(state.value), now, **said, **facts)
    letters.tell_applicant(tx, office, app, "concluded", now, state=state.value, **said, **facts)
    if state is ApplicationState.ACCOMPLISHED:
        _tell_reporters(tx, office, app, now, state=state.value, **said)


def _tell_reporters(tx: Transaction, office: Office, app: Application, now: dt.datetime, **said: Any) -> None:
    """Tell every unit that reported on a duty that the lead accepted it."""
    facts = letters.facts_of(tx, app) | said
    for unit, officers in asking.officers_of(tx, from_json(app.route)[0].units).items():
        for officer in officers:
            key = f"concluded:{app.id}:{unit}:{officer.id}"
            to = (officer.email, officer.name, officer.language)
            letters.queue(tx, office, "concluded", key, to, facts, now, app.id)
