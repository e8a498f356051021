"""What the sweep finds: stages past their date, and letters that stick. Nothing is decided here."""

import datetime as dt

from sqlmodel import col, select

from approvals import asking, letters
from approvals.chain import record, stamp
from approvals.editions import policy_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import deadline
from models.event import EventKind
from models.letter import Letter
from models.route import from_json
from models.stage import Stage
from models.states import LetterState, StageState, TaskState
from models.task import Task

#: A letter that is still queued after this time sticks.
STUCK_AFTER = dt.timedelta(hours=1)


def overdue(tx: Transaction, now: dt.datetime, limit: int = 200) -> list[str]:
    """Return the ids of open stages whose reminder is due (one indexed query)."""
    due = select(Stage.id).where(Stage.state == StageState.OPEN, Stage.remind_at <= now)
    return list(tx.exec(due.order_by(col(Stage.remind_at)).limit(limit)))


def remind(tx: Transaction, office: Office, stage_id: str, now: dt.datetime) -> bool:
    """Remind those who have not answered, tell the operator; the stage goes on waiting.

    Returns False where the stage closed or was reminded in the meantime.
    """
    app = tx.exec(
        select(Application)
        .join(Stage, col(Stage.application_id) == Application.id)
        .where(Stage.id == stage_id)
        .with_for_update(of=Application)
    ).one()
    stage = tx.exec(select(Stage).where(Stage.id == stage_id).execution_options(populate_existing=True)).one()
    if stage.state is not StageState.OPEN or stage.remind_at > now:
        return False
    planned = from_json(app.route)[stage.position]
    tasks = tx.exec(select(Task).where(Task.stage_id == stage.id, Task.state == TaskState.OPEN)).all()
    found = asking.who_answers(tx, office, app, [task.unit for task in tasks])
    for task in tasks:
        officers = asking.named(task, found.get(task.unit, []))
        asking.ask_late(tx, office, app, stage, planned, task, officers, now, kind="remind")
    policy = policy_of(tx, app)
    names = [letters.names(policy.unit_name(task.unit)) for task in tasks]
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned) | {"units": names}
    letters.tell_operator(tx, office, "late", f"late:{stage.id}:{stamp(now)}", facts, now, app.id)
    record(tx, app, EventKind.REMINDED, now, stage=stage.id, units=[task.unit for task in tasks])
    stage.remind_at = deadline(now, policy.house_rules.remind_every_working_days).at
    return True


def flag_stuck_letters(tx: Transaction, office: Office, now: dt.datetime) -> int:
    """Tell the operator of letters that failed or stick, each once; return how many.

    A letter that failed or is late is an event on its application's chain; one that was late and then fails
    is told again. Letters to the operator are not reported by
    letter: `liandong doctor` shows them.
    """
    stuck = tx.exec(
        select(Letter)
        .where(
            col(Letter.flagged).is_(False),
            (col(Letter.state) == LetterState.FAILED)
            | ((col(Letter.state) == LetterState.QUEUED) & (col(Letter.written_at) <= now - STUCK_AFTER)),
        )
        .order_by(col(Letter.application_id))  # whoever locks several applications does so in this order
        .limit(100)
    ).all()
    for letter in stuck:
        letter.flagged = True
        if letter.application_id is not None:
            app = tx.exec(select(Application).where(Application.id == letter.application_id).with_for_update()).one()
            kind = EventKind.LETTER_FAILED if letter.state is LetterState.FAILED else EventKind.LETTER_LATE
            record(tx, app, kind, now, letter=letter.id, to=letter.address, why=letter.last_error)
    told = [letter for letter in stuck if letter.address != office.operator_email]
    if told:
        rows = [
            {"kind": x.kind, "to": x.address, "why": x.last_error or "", "number": x.facts.get("number", "")}
            for x in told
        ]
        letters.tell_operator(tx, office, "stuck", f"stuck:{told[0].id}", {"letters": rows}, now)
    return len(stuck)
