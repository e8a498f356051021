"""Automatic answers: where nobody answered in time and the data say so, the clock does, and is named as who did."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from approvals import answers, asking, letters
from approvals.asked import place_of
from approvals.chain import stamp
from approvals.editions import policy_of
from approvals.late import clock_moves as moves
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_time
from models.errors import LiandongError
from models.officer import Officer
from models.road.route import RouteStage
from models.stage import Stage
from models.states import Channel, Outcome, StageState, TaskState, answer_names
from models.task import Task


def answer(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    tasks: Sequence[Task],
    outcome: Outcome,
    now: dt.datetime,
) -> bool:
    """Answer ``tasks`` one after the other until the stage closes; one that nobody was asked about waits on.

    Returns whether the stage closed or its clock was started anew, because it is somebody's turn.
    """
    asked = asking.were_asked(tx, tasks)
    unasked = [task for task in tasks if task.id not in asked]
    moves.left_waiting(tx, app, stage, unasked, "从未发函 nobody was ever asked", now)
    was, opinion = stage.due_at, _opinion(stage, planned, outcome)
    for task in tasks:
        if task.id not in asked or task.state is not TaskState.OPEN or stage.state is not StageState.OPEN:
            continue
        facts = _facts(tx, app, stage, planned, task, outcome, now)
        try:
            place = place_of(tx, app, task.id)
            answers.settle(tx, office, place, outcome, opinion, Channel.AUTOMATIC, moves.SWEEP, now)
        except LiandongError as error:
            moves.left_waiting(tx, app, stage, [task], str(error), now)
        else:
            _tell(tx, office, app, task, asked[task.id], facts, now)
    return stage.state is not StageState.OPEN or stage.due_at != was


def _opinion(stage: Stage, planned: RouteStage, outcome: Outcome) -> str:
    """Return the reason that is kept and shown with the answer."""
    until, (zh, en) = office_time(stage.due_at), answer_names(planned.act, outcome)
    return (
        f"逾期自动记录：{until} 前未答复，催办后仍未答复，按本环节的逾期规则记为“{zh}”。"
        f" Automatic: no answer by {until}, nor after a reminder; “{en}” by the stage's rule for late answers."
    )


def _facts(
    tx: Transaction,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    task: Task,
    outcome: Outcome,
    now: dt.datetime,
) -> dict[str, Any]:
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, stage, planned)
    facts |= {"units": [letters.names(policy_of(tx, app).unit_name(task.unit))]}
    return facts | {"outcome": outcome.value, "at": stamp(now)}


def _tell(
    tx: Transaction,
    office: Office,
    app: Application,
    task: Task,
    officers: Sequence[Officer],
    facts: dict[str, Any],
    now: dt.datetime,
) -> None:
    """Tell those who were asked, and the operator, what was recorded in their place."""
    for officer in officers:
        to = (officer.email, officer.name, officer.language)
        letters.queue(tx, office, "automatic", f"automatic:{task.id}:{officer.id}", to, facts, now, app.id)
    letters.tell_operator(tx, office, "automatic", f"automatic:{task.id}", facts, now, app.id)
