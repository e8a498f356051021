"""Audit: recompute every chain of events, and hold the tables against it."""

from dataclasses import dataclass

from sqlmodel import col, select

from approvals import audit_overrides, duties, papers, submit
from approvals.chain import stamp
from approvals.deputy.deputy_queries import PRINCIPAL
from approvals.money import audit_money, releases
from approvals.notice import audit_notices
from approvals.panel import audit_panel
from approvals.pieces import pieces_of
from approvals.post import audit_post
from approvals.transaction import Transaction
from models.application import Application, Revision
from models.case.batch import digest_of
from models.event import Event, EventKind
from models.hashing import GENESIS, content_hash, event_hash
from models.officer import Officer
from models.report import Report
from models.stage import Stage
from models.states import ApplicationKind, ApplicationState, Level, TaskKind, TaskState
from models.task import Decision, Pledge, Task


@dataclass(frozen=True)
class Break:
    """The first thing that is wrong with one application's record."""

    number: str
    #: The event's number in the chain; 0 where a table disagrees with the chain.
    seq: int
    why: str


def verify(tx: Transaction, application_id: str) -> Break | None:
    """Return the first break in the chain of one application, or None where everything agrees."""
    app = tx.exec(select(Application).where(Application.id == application_id)).one()
    events = tx.exec(select(Event).where(Event.application_id == app.id).order_by(col(Event.seq))).all()
    return _verify_chain(app, list(events)) or _verify_tables(tx, app, list(events))


def applications(tx: Transaction) -> list[str]:
    """Return the ids of all applications in the order of their numbers."""
    return list(tx.exec(select(Application.id).order_by(Application.number)))


def _verify_chain(app: Application, events: list[Event]) -> Break | None:
    head = GENESIS
    for seq, event in enumerate(events, start=1):
        if event.seq != seq:
            return Break(app.number, seq, f"event {seq} is missing")
        if event.previous != head:
            return Break(app.number, seq, "does not follow the event before it")
        digest = event_hash(head, app.id, seq, event.kind.value, stamp(event.at), event.payload)
        if digest != event.hash:
            return Break(app.number, seq, f"its content was altered ({event.kind.value})")
        head = digest
    if (head, len(events)) != (app.head, app.event_count):
        return Break(app.number, len(events) + 1, f"the chain ends after {len(events)} of {app.event_count} events")
    return None


def _verify_tables(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold what people read in the tables against what the chain sealed."""
    return (
        _verify_decisions(tx, app, events)
        or _verify_overrides(tx, app, events)
        or _verify_tasks(tx, app, events)
        or _verify_reports(tx, app, events)
        or _verify_pledges(tx, app, events)
        or _verify_money(tx, app, events)
        or _verify_panels(tx, app, events)
        or _verify_contents(tx, app, events)
        or _verify_dates(tx, app, events)
        or _verify_papers(tx, app, events)
        or next((Break(app.number, *fault) for fault in audit_notices.faults(tx, app, events)), None)
        or next((Break(app.number, *fault) for fault in audit_post.faults(tx, app, events)), None)
        or _verify_state(app, events)
    )


def _verify_decisions(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    sealed = {e.payload["decision"]: e for e in events if e.kind is EventKind.DECIDED}
    rows = tx.exec(
        select(Decision, Officer, PRINCIPAL)
        .outerjoin(Officer, col(Officer.id) == Decision.officer_id)
        .outerjoin(PRINCIPAL, PRINCIPAL.id == col(Decision.deputy_for))
        .where(Decision.application_id == app.id)
    ).all()
    if missing := set(sealed) - {decision.id for decision, _, _ in rows}:
        return Break(app.number, sealed[missing.pop()].seq, "its decision is missing from the decisions")
    for decision, officer, principal in rows:
        event = sealed.get(decision.id)
        if event is None:
            return Break(app.number, 0, f"decision {decision.id} is not on the chain")
        said = {
            "outcome": decision.outcome.value,
            "opinion": decision.opinion,
            "task": decision.task_id,
            "officer": officer.email if officer else None,
            "officer_unit": officer.unit if officer else None,
            "channel": decision.channel.value,
            "content_hash": decision.content_hash,
            "by": decision.by or None,
            "deputy_for": principal.email if principal else None,
        }
        if any(event.payload.get(key) != value for key, value in said.items()) or event.at != decision.decided_at:
            return Break(app.number, event.seq, f"decision {decision.id} differs from what was sealed")
    return None


def _verify_overrides(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    found = audit_overrides.difference(tx, app, events)
    return Break(app.number, *found) if found else None


def _verify_tasks(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold each answered task against its decision: its own or, where an earlier one stands, what was sealed of it."""
    carried = {e.payload["task"]: e.payload["decision"] for e in events if e.kind is EventKind.ANSWER_CARRIED}
    rows = tx.exec(
        select(Task, Decision)
        .outerjoin(Decision, col(Decision.id) == Task.decision_id)
        .where(Task.application_id == app.id, Task.state == TaskState.DONE)
    ).all()
    for task, decision in rows:
        own = decision is not None and decision.application_id == app.id and decision.task_id == task.id
        stands = decision is not None and task.kind is TaskKind.CARRIED and carried.get(task.id) == decision.id
        if not (own or stands):
            return Break(app.number, 0, f"task {task.id} of {task.unit} is not answered by the decision that it names")
    return None


def _verify_reports(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold what units reported on a duty against what was sealed."""
    sealed = {e.payload["report"]: e for e in events if e.kind is EventKind.REPORTED}
    rows = tx.exec(
        select(Report, Officer)
        .join(Officer, col(Officer.id) == Report.officer_id)
        .where(Report.application_id == app.id)
    ).all()
    if missing := set(sealed) - {report.id for report, _ in rows}:
        return Break(app.number, sealed[missing.pop()].seq, "its report is missing from the reports")
    for report, officer in rows:
        event = sealed.get(report.id)
        if event is None:
            return Break(app.number, 0, f"report {report.id} is not on the chain")
        said = {
            "task": report.task_id,
            "round": report.round,
            "done": report.done,
            "text": report.text,
            "figures": report.figures,
            "officer": officer.email,
            "channel": report.channel.value,
        }
        if any(event.payload[key] != value for key, value in said.items()) or event.at != report.reported_at:
            return Break(app.number, event.seq, f"report {report.id} differs from what was sealed")
    return None


def _verify_pledges(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold pledges and award against the amounts that were sealed with their decisions."""
    sealed = {e.payload["decision"]: e for e in events if e.kind is EventKind.DECIDED}
    for pledge in tx.exec(select(Pledge).where(Pledge.application_id == app.id)):
        event = sealed.get(pledge.decision_id)
        if event is None or event.payload["amounts"].get(pledge.level) != pledge.amount:
            return Break(app.number, event.seq if event else 0, f"the {pledge.level}'s pledge differs from the sealed")
    award = {level.value: getattr(app, f"award_{level.value}") for level in Level}
    end = next((e for e in events if e.kind is EventKind.AWARDED), None)
    if (end is not None) != (app.state is ApplicationState.AWARDED) or (end and end.payload["award"] != award):
        return Break(app.number, end.seq if end else 0, "the award differs from what was sealed")
    return None


def _verify_money(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    found = audit_money.of_application(tx, app, events)
    return Break(app.number, *found) if found else None


def _verify_panels(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    wrong = audit_panel.verify(tx, app, events)
    return Break(app.number, *wrong) if wrong else None


def _verify_contents(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold what the applicant sent, and what the rules found, against what was sealed."""
    sent = [
        e
        for e in events
        if e.kind in (EventKind.SUBMITTED, EventKind.RESUBMITTED, EventKind.DUTY_OPENED, EventKind.RELEASE_OPENED)
    ]
    sealed = {e.payload.get("round", 1): e.payload["content_hash"] for e in sent}
    revisions = tx.exec(select(Revision).where(Revision.application_id == app.id)).all()
    shown = [(r.round, r.content, r.content_hash) for r in revisions]
    for round_, content, digest in [*shown, (app.content_round, app.content, app.content_hash)]:
        if not content_hash(content) == digest == sealed.get(round_):
            return Break(app.number, 0, f"the content of round {round_} was altered")
    judged = sent[-1].payload if sent else {}
    if (judged.get("largest"), judged.get("trace_hash")) != (app.largest, content_hash({"trace": app.trace})):
        return Break(app.number, sent[-1].seq if sent else 0, "what the rules found was altered")
    if judged.get("policy_version") != app.policy_version:
        return Break(app.number, sent[-1].seq, "it is judged by another edition of the policy than was sealed")
    if (batch := app.content.get("batch")) and batch["digest"] != _digest(tx, app):
        return Break(app.number, 0, "the pieces of the batch differ from what was sent")
    if missing := set(sealed) - {r.round for r in revisions}:
        return Break(app.number, 0, f"the content of round {missing.pop()} is missing")
    stated = STATED.get(app.content.get("kind", ""), submit.columns_stated_in)(app.content)
    if altered := [column for column, value in stated.items() if getattr(app, column) != value]:
        return Break(app.number, 0, f"the application's {altered[0]} differs from what was sent")
    return None


def _verify_papers(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold the kept bytes of award letters and decision sheets against their sealed hashes."""
    found = papers.altered(tx, app, events)
    return found and Break(app.number, *found)


#: What the content of a duty and of a release states in columns; that of a claim has no kind.
STATED = {ApplicationKind.DUTY: duties.columns_stated_in, ApplicationKind.RELEASE: releases.columns_stated_in}


def _digest(tx: Transaction, app: Application) -> str:
    return digest_of((piece.key, piece.amount, piece.stated) for piece in pieces_of(tx, app))


def _verify_dates(tx: Transaction, app: Application, events: list[Event]) -> Break | None:
    """Hold until when each stage could be answered against the newest date that was sealed for it."""
    sealed = {e.payload["stage"]: e for e in events if "due" in e.payload and "stage" in e.payload}
    for stage in tx.exec(select(Stage).where(Stage.application_id == app.id)):
        event = sealed.get(stage.id)
        if event is None or event.payload["due"] != stamp(stage.due_at):
            return Break(app.number, event.seq if event else 0, f"the date of the stage {stage.key} was altered")
    return None


#: The event after which an application is in a state; whatever comes last holds.
STATE_AFTER = {
    EventKind.SUBMITTED: ApplicationState.IN_PROGRESS,
    EventKind.RESUBMITTED: ApplicationState.IN_PROGRESS,
    EventKind.RETURNED: ApplicationState.RETURNED,
    EventKind.WITHDRAWN: ApplicationState.WITHDRAWN,
    EventKind.REFUSED: ApplicationState.REFUSED,
    EventKind.AWARDED: ApplicationState.AWARDED,
    EventKind.DUTY_OPENED: ApplicationState.IN_PROGRESS,
    EventKind.RELEASE_OPENED: ApplicationState.IN_PROGRESS,
    EventKind.SENT_BACK: ApplicationState.IN_PROGRESS,
    EventKind.TAKEN_BACK: ApplicationState.IN_PROGRESS,
    EventKind.ACCOMPLISHED: ApplicationState.ACCOMPLISHED,
}


def _verify_state(app: Application, events: list[Event]) -> Break | None:
    last = next((e for e in reversed(events) if e.kind in STATE_AFTER), None)
    if last is None or STATE_AFTER[last.kind] is app.state:
        return None
    return Break(app.number, last.seq, f"the application is {app.state.value}, and the chain says {last.kind.value}")
