"""Queries of stages: who was asked, who answered what, who moved what, for whoever shows it."""

from collections import defaultdict
from dataclasses import replace

from sqlmodel import col, select

from approvals.deputy.deputy_queries import PRINCIPAL
from approvals.panel import panel_standing
from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.officer import Officer
from models.panel.seats import EXPERT_PANEL
from models.policy.data import Bilingual
from models.policy.policy import Policy
from models.report import Report
from models.road.move_words import NAMES, Move
from models.road.route import from_json
from models.road.stage_standing import ReportStanding, StageStanding, TaskStanding
from models.stage import Stage
from models.states import UNANSWERED, ApplicationKind
from models.task import Decision, Task


def stages_of(tx: Transaction, app: Application, policy: Policy, sees: str = "") -> tuple[StageStanding, ...]:
    """Return the stages of ``app`` with their tasks, answers, reports and moves, in the order in which they opened.

    Of a panel that has not closed nothing is told but the task ``sees``.
    """
    rows = tx.exec(
        select(Task, Decision, Officer, PRINCIPAL)
        .outerjoin(Decision, col(Decision.id) == Task.decision_id)
        .outerjoin(Officer, col(Officer.id) == Decision.officer_id)
        .outerjoin(PRINCIPAL, PRINCIPAL.id == col(Decision.deputy_for))
        .where(Task.application_id == app.id)
    ).all()
    moves = _moves(tx, app, policy)
    came = _order_of_coming([task for task, *_ in rows], moves)
    reports = _reports(tx, app) if app.kind is ApplicationKind.DUTY else {}
    persons = _persons(tx, app)
    tasks: dict[str, list[TaskStanding]] = defaultdict(list)
    for task, decision, officer, principal in sorted(rows, key=lambda row: came[row[0].id]):
        standing = _task(policy, task, decision, officer)
        if principal is not None:
            standing = replace(standing, deputy_for=f"{principal.name} <{principal.email}>")
        person = persons.get(task.officer_id or "", "")
        tasks[task.stage_id].append(replace(standing, reports=tuple(reports.get(task.id, ())), person=person))
    in_order = (col(Stage.round), col(Stage.position), col(Stage.opened_at))
    opened = select(Stage).where(Stage.application_id == app.id).order_by(*in_order)
    return tuple(_shown(tx, app, stage, tasks[stage.id], moves[stage.id], sees) for stage in tx.exec(opened).all())


def _order_of_coming(tasks: list[Task], moves: dict[str, list[Move]]) -> dict[str, tuple[int, int]]:
    """Return, by task, what puts tasks of one unit, or of none of the route, in the order in which they came to be.

    Ids say nothing of it, and a database gives rows in any order: how many tasks it followed, then the move of it.
    """
    before = {task.id: task.came_from for task in tasks}
    named: dict[str, int] = {}
    for move in sorted((m for some in moves.values() for m in some), key=lambda m: m.at):
        named.setdefault(move.payload.get("task", ""), len(named) + 1)

    def followed(task: str | None) -> int:
        return 0 if task not in before else 1 + followed(before[task])

    return {task.id: (followed(task.came_from), named.get(task.id, 0)) for task in tasks}


def _shown(
    tx: Transaction, app: Application, stage: Stage, tasks: list[TaskStanding], moves: list[Move], sees: str
) -> StageStanding:
    if from_json(app.route)[stage.position].act != EXPERT_PANEL:
        return _stage(app, stage, tasks, moves)
    seated = panel_standing.tasks_of(stage, tasks, sees)
    shown = _stage(app, stage, seated, panel_standing.moves_of(moves))
    return replace(shown, panel=panel_standing.panel_of(tx, app, stage, seated))


def _persons(tx: Transaction, app: Application) -> dict[str, str]:
    """Return the people who are asked alone for a task, by the officer's id."""
    asked = select(Officer).join(Task, col(Task.officer_id) == Officer.id).where(Task.application_id == app.id)
    return {officer.id: f"{officer.name} <{officer.email}>" for officer in tx.exec(asked)}


def _moves(tx: Transaction, app: Application, policy: Policy) -> dict[str, list[Move]]:
    """Return what happened in each stage besides the answers, the oldest first."""
    events = select(Event).where(Event.application_id == app.id, col(Event.kind).in_(list(NAMES)))
    found: dict[str, list[Move]] = defaultdict(list)
    for event in tx.exec(events.order_by(col(Event.seq))):
        said = event.payload
        if event.kind is EventKind.DEADLINE_MOVED and said["was"] == said["due"]:
            continue  # the clock was started anew within the same day: nobody's date moved
        unit, to = (_named(policy, str(said.get(key) or "")) for key in ("unit", "to"))
        found[said["stage"]].append(
            Move(event.kind, event.at, said["stage"], unit, to, said.get("by", ""), said.get("reason", ""), said)
        )
    return found


def _named(policy: Policy, unit: str) -> Bilingual:
    """Return the name of a unit; of a person, who is no unit, the address."""
    return policy.unit_name(unit) if unit and "@" not in unit[1:] else Bilingual(zh=unit, en=unit)


def _reports(tx: Transaction, app: Application) -> dict[str, list[ReportStanding]]:
    """Return what units reported, by task."""
    rows = tx.exec(
        select(Report, Officer)
        .join(Officer, col(Officer.id) == Report.officer_id)
        .where(Report.application_id == app.id)
        .order_by(col(Report.reported_at))
    )
    found: dict[str, list[ReportStanding]] = defaultdict(list)
    for r, officer in rows:
        who = f"{officer.name} <{officer.email}>"
        found[r.task_id].append(ReportStanding(r.reported_at, r.round, r.done, r.text, r.figures, who, r.channel))
    return found


def _task(policy: Policy, task: Task, decision: Decision | None, officer: Officer | None) -> TaskStanding:
    unit = policy.unit_name(task.unit)
    answers = (task.asked_instead if officer is None else officer.unit) or task.unit
    instead = policy.unit_name(answers) if answers != task.unit else Bilingual(zh="", en="")
    made = TaskStanding(
        task.id,
        task.unit,
        unit.zh,
        unit.en,
        task.state,
        instead=answers if instead.zh else "",
        instead_zh=instead.zh,
        instead_en=instead.en,
        seat=task.seat,
        kind=task.kind,
        ended_as=task.ended_as,
        counts=task.counts,
        subject=task.subject,
        undelivered_at=task.undelivered_at if task.state in UNANSWERED else None,
    )
    if decision is None:
        return made
    return replace(
        made,
        outcome=decision.outcome,
        opinion=decision.opinion,
        officer=f"{officer.name} <{officer.email}>" if officer else decision.by.removeprefix("operator:"),
        channel=decision.channel,
        decided_at=decision.decided_at,
        address=officer.email if officer else "",
        returns_to=decision.returns_to or "",
        straight_back=decision.straight_back,
    )


def _stage(app: Application, stage: Stage, tasks: list[TaskStanding], moves: list[Move]) -> StageStanding:
    planned = from_json(app.route)[stage.position]
    order = {unit: n for n, unit in enumerate(planned.units)}
    objections = {m.payload["objection"]: m.payload["number"] for m in moves if m.kind is EventKind.OBJECTION_MADE}
    return StageStanding(
        id=stage.id,
        round=stage.round,
        position=stage.position,
        key=stage.key,
        name_zh=planned.name_zh,
        name_en=planned.name_en,
        state=stage.state,
        outcome=stage.outcome,
        opened_at=stage.opened_at,
        due_at=stage.due_at,
        due_provisional=stage.due_provisional,
        closed_at=stage.closed_at,
        tasks=tuple(sorted(tasks, key=lambda t: (order.get(t.unit, len(order)), objections.get(t.subject, 0)))),
        act=planned.act,
        moves=tuple(moves),
        suspended_at=stage.suspended_at,
    )
