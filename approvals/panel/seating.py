"""Seating: the seats of a panel are given to experts as they are drawn; who leaves is replaced by the next."""

import datetime as dt
from collections.abc import Collection
from itertools import zip_longest

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import asking, letters, tasks
from approvals.chain import changed, record, stamp
from approvals.editions import policy_of
from approvals.late import clock_moves
from approvals.late.calendars import calendar_of
from approvals.office import Office
from approvals.panel import drawing
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import deadline
from models.event import EventKind
from models.expert import Expert
from models.panel import seats
from models.road.route import RouteStage, from_json
from models.stage import Stage
from models.states import TaskEnd, TaskState
from models.task import Task

#: Why an expert leaves a seat, as everybody may read it.
WHY = {
    "recused": "专家回避 the expert recused",
    "conflict": "存在利益冲突 a conflict of interest",
    "late": "专家逾期未评分 the expert did not score in time",
    "inactive": "专家不再参加评审 the expert is not available any more",
    "operator": "运行人员更换 replaced by the operator",
    "vacant": "席位空缺 the seat was vacant",
}


def open_panel(
    tx: Transaction, office: Office, app: Application, stage: Stage, planned: RouteStage, now: dt.datetime
) -> None:
    """Draw experts for the seats of ``stage``, which has just opened, and ask them; tell who has to know of gaps."""
    panel = drawing.panel_of(tx, app, stage.key)
    drawn = drawing.draw_now(tx, app, stage, panel, 1, now, ())
    drawing.keep(tx, app, stage, drawn, now)
    made = [
        tasks.new(tx, stage, seats.unit_of(expert) if expert else seat, seat=seat)
        for seat, expert in zip_longest(seats.seats(panel.seats), drawn.order[: panel.seats])
    ]
    for task in made:
        _ask(tx, office, app, stage, planned, task, now)
    if vacant := [task for task in made if task.unit == task.seat]:
        _tell_operator(tx, office, app, stage, planned, vacant, now)


def replace(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    task: Task,
    why: str,
    by: str,
    now: dt.datetime,
    *,
    detail: str = "",
    leaving: Collection[str] = (),
) -> bool:
    """Give the seat of ``task`` to the next in the draw; ``why`` is a key of WHY. Return whether there was one.

    Where there is none, the seat is vacant: its task stays open, and the operator is told. Where the others have more
    time by it, they are told, but for the seats that are ``leaving`` as well.
    """
    planned = from_json(app.route)[stage.position]
    following_expert = drawing.next_free(tx, app, stage, now)
    was_vacant = task.unit == task.seat
    if was_vacant and following_expert is None:
        return False
    tasks.void(tx, office, app, stage, [task], now, TaskEnd.REPLACED)
    tx.flush()
    unit = seats.unit_of(following_expert) if following_expert else task.seat
    new = tasks.new(tx, stage, unit, seat=task.seat, came_from=task.id)
    tx.write_rows()  # whoever is next for another seat is somebody else
    record(
        tx,
        app,
        EventKind.EXPERT_REPLACED,
        now,
        stage=stage.id,
        task=task.id,
        by=by,
        unit=task.seat,
        reason=WHY[why],
        detail=detail,
        expert=seats.expert_of(task.unit),
        next=following_expert,
    )
    if following_expert is None:
        _tell_operator(tx, office, app, stage, planned, [new], now)
        return False
    if deadline(calendar_of(tx, now), now, planned.working_days).at > stage.due_at:
        others = [one for one in open_tasks(tx, stage.id) if one.seat not in (task.seat, one.unit, *leaving)]
        clock_moves.start_anew(tx, office, app, stage, planned, others, now)
    _ask(tx, office, app, stage, planned, new, now)
    return True


def fill(tx: Transaction, office: Office, now: dt.datetime) -> int:
    """Fill every vacant seat that can be filled now, and those of experts who are not active; return how many."""
    inactive = select(sa.literal(seats.EXPERT) + col(Expert.key)).where(~col(Expert.active))
    wanted = col(Task.unit).startswith(seats.SEAT) | col(Task.unit).in_(inactive)
    waiting = tx.exec(
        select(Task, Stage, Application)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .join(Application, col(Application.id) == Task.application_id)
        .where(Task.state == TaskState.OPEN, wanted)
        .order_by(col(Application.id), Task.seat)  # whoever locks several applications does so in this order
        .with_for_update(of=Application)
    ).all()
    filled = 0
    for task, stage, app in waiting:
        tx.refresh(task)  # another transaction may have changed it while this one waited for the lock
        tx.refresh(stage)
        if task.state is TaskState.OPEN and stage.suspended_at is None:
            why = "vacant" if task.unit == task.seat else "inactive"
            found = replace(tx, office, app, stage, task, why, "operator", now)
            filled += found
            if found or why == "inactive":
                changed(tx, app, now)
    return filled


def fill_stage(tx: Transaction, office: Office, app: Application, stage: Stage, now: dt.datetime) -> bool:
    """Fill the vacant seats of one stage; whoever was imported while it opened was missed. Return whether any was."""
    vacant = [task for task in open_tasks(tx, stage.id) if task.unit == task.seat]
    filled = [replace(tx, office, app, stage, task, "vacant", "sweep", now) for task in vacant]
    if any(filled):
        changed(tx, app, now)
    return any(filled)


def open_tasks(tx: Transaction, stage_id: str) -> list[Task]:
    """Return the tasks of a stage that wait for a score, or for an expert, by seat."""
    found = select(Task).where(Task.stage_id == stage_id, Task.state == TaskState.OPEN)
    return list(tx.exec(found.order_by(Task.seat)))


def _ask(
    tx: Transaction, office: Office, app: Application, stage: Stage, planned: RouteStage, task: Task, now: dt.datetime
) -> None:
    officers = asking.officers_of(tx, [task.unit]).get(task.unit, [])
    letters.ask(tx, office, app, stage, planned, task, officers, now)


def _tell_operator(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    vacant: list[Task],
    now: dt.datetime,
) -> None:
    """Say that seats are vacant, how many experts there were, and what to do."""
    policy, panel = policy_of(tx, app), drawing.panel_of(tx, app, stage.key)
    last = drawing.draws_of(tx, stage.id)[-1].drawn
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned)
    facts |= {
        "seats": panel.seats,
        "vacant": len(vacant),
        "vacant_seats": [letters.names(seats.name(task.seat)) for task in vacant],
        "min_scores": panel.min_scores,
        "fields": [letters.names(policy.expert_fields[field]) for field in drawing.fields_of(tx, app, panel)],
        "field_keys": list(drawing.fields_of(tx, app, panel)),
        "candidates": len(last["candidates"]),
        "excluded": len(last["excluded"]),
    }
    key = f"panel_short:{vacant[0].id}:{stamp(now)}"
    letters.tell_operator(tx, office, "panel_short", key, facts, now, app.id)
