"""Sheets: what experts score, written down and sealed, and what comes of it once every seat has scored."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from approvals.asked import Asked, Place
from approvals.chain import record
from approvals.panel import drawing
from approvals.transaction import Transaction
from models.event import EventKind
from models.hashing import content_hash
from models.panel import seats
from models.panel.score import Result, result_of
from models.panel_records import ScoreSheet
from models.policy.data import Bilingual
from models.road.quorum import Verdict
from models.states import Outcome, TaskState
from models.task import Decision, Task


def sheet_hash(task_id: str, expert: str, points: Mapping[str, int], opinion: str) -> str:
    """Return what the chain seals of a sheet before anybody may see it."""
    return content_hash({"task": task_id, "expert": expert, "points": dict(points), "opinion": opinion})


def write(tx: Transaction, asked: Asked, opinion: str, points: Mapping[str, int], now: dt.datetime) -> None:
    """Write a sheet that was checked, and its event, which seals it without telling it."""
    app, task, expert = asked.app, asked.task, seats.expert_of(asked.task.unit) or ""
    digest = sheet_hash(task.id, expert, points, opinion)
    about = {"task_id": task.id, "application_id": app.id, "stage_id": asked.stage.id, "expert_key": expert}
    tx.insert(ScoreSheet, **about, points=dict(points), hash=digest, scored_at=now)
    tx.write_rows()
    said = {"stage": asked.stage.id, "task": task.id, "unit": task.seat, "sheet": digest}
    record(tx, app, EventKind.SCORED, now, **said)


def sheets_of(tx: Transaction, stage_id: str) -> dict[str, ScoreSheet]:
    """Return the sheets that count in a stage by seat, in the order of the seats; those that stand from before too."""
    rows = tx.exec(
        select(Task.seat, ScoreSheet)
        .join(Decision, Decision.id == Task.decision_id)  # type: ignore[arg-type]
        .join(ScoreSheet, ScoreSheet.task_id == Decision.task_id)  # type: ignore[arg-type]
        .where(Task.stage_id == stage_id, Task.state == TaskState.DONE, Task.counts)
    ).all()
    return dict(sorted(rows, key=lambda row: seats.number_of(row[0])))


def points_of(tx: Transaction, task_id: str) -> dict[str, int]:
    """Return what the expert of a task scored; nothing where that is still to come."""
    return dict(tx.exec(select(ScoreSheet.points).where(ScoreSheet.task_id == task_id)).first() or {})


def result(tx: Transaction, place: Place) -> Result | None:
    """Return what the panel came to; None while a seat has not scored, or too few have."""
    panel = drawing.panel_of(tx, place.app, place.stage.key)
    live = [task for task, _ in place.tasks if task.counts and task.state is not TaskState.VOID]
    found = sheets_of(tx, place.stage.id)
    if len(found) < max(len(live), panel.min_scores):
        return None
    return result_of(panel, [sheet.points for sheet in found.values()])


def verdict(tx: Transaction, place: Place, now: dt.datetime) -> Verdict:
    """Return how the stage stands; where its last seat has scored, put what the panel came to onto the chain."""
    came_to = result(tx, place)
    if came_to is None:
        return Verdict(None, Bilingual(zh="专家评分尚未齐全", en="not every expert has scored"))
    by_seat = {seat: str(score) for seat, score in zip(sheets_of(tx, place.stage.id), came_to.scores, strict=True)}
    why = Bilingual(zh=came_to.said("zh"), en=came_to.said("en"))
    record(
        tx,
        place.app,
        EventKind.PANEL_SCORED,
        now,
        stage=place.stage.id,
        by="",
        scores=by_seat,
        mean=str(came_to.trimmed),
        threshold=str(came_to.threshold),
        reason=f"{why.zh} {why.en}",
    )
    return Verdict(Outcome.APPROVE if came_to.passed else Outcome.REFUSE, why)


def said(made: Verdict) -> dict[str, Any]:
    """Return what the applicant is told of a panel that closed: who decided, and what it came to."""
    unit = {"zh": seats.WHOLE_PANEL.zh, "en": seats.WHOLE_PANEL.en}
    return {"unit": unit, "opinion": f"{made.why.zh}\n{made.why.en}"}
