"""Audit of panels: draws are made again, sheets and results held against what was sealed."""

from collections import defaultdict
from typing import Any

from sqlmodel import col, select

from approvals.panel import drawing, sheets
from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.panel import seats
from models.panel.draw import differences, draw_hash, repeated
from models.panel.score import score_of, trimmed_mean
from models.panel_records import PanelDraw, ScoreSheet
from models.stage import Stage
from models.states import StageState
from models.task import Decision, Task

#: The number of an event (0: none), and what is wrong.
Wrong = tuple[int, str]


def verify(tx: Transaction, app: Application, events: list[Event]) -> Wrong | None:
    """Return the first thing that is wrong with the panels of ``app``, or None."""
    return _draws(tx, app, events) or _seats(tx, app) or _sheets(tx, app, events) or _results(tx, app, events)


def _draws(tx: Transaction, app: Application, events: list[Event]) -> Wrong | None:
    sealed = {(e.payload["stage"], e.payload["draw"]): e for e in events if e.kind is EventKind.PANEL_DRAWN}
    rows = tx.exec(select(PanelDraw).where(PanelDraw.application_id == app.id)).all()
    if missing := set(sealed) - {(row.stage_id, row.number) for row in rows}:
        return sealed[missing.pop()].seq, "its draw is missing from the draws"
    for row in rows:
        event = sealed.get((row.stage_id, row.number))
        if event is None:
            return 0, f"draw {row.number} is not on the chain"
        if not draw_hash(row.drawn) == row.hash == event.payload["hash"] or row.drawn_at != event.at:
            return event.seq, f"draw {row.number} differs from what was sealed"
        if row.drawn["head"] != event.previous or differences(row.drawn, repeated(row.drawn)):
            return event.seq, f"draw {row.number} comes out otherwise when it is made again"
    return None


def _seats(tx: Transaction, app: Application) -> Wrong | None:
    """See that nobody was asked who was not drawn."""
    drawn: dict[str, set[str]] = defaultdict(set)
    for row in tx.exec(select(PanelDraw).where(PanelDraw.application_id == app.id)):
        drawn[row.stage_id] |= set(row.drawn["order"])
    asked = select(Task.stage_id, Task.unit).where(
        Task.application_id == app.id, col(Task.unit).startswith(seats.EXPERT)
    )
    for stage, unit in tx.exec(asked):
        if seats.expert_of(unit) not in drawn[stage]:
            return 0, f"{unit} has a seat and was not drawn"
    return None


def _sheets(tx: Transaction, app: Application, events: list[Event]) -> Wrong | None:
    sealed = {e.payload["task"]: e for e in events if e.kind is EventKind.SCORED}
    rows = tx.exec(
        select(ScoreSheet, Decision.opinion)
        .join(Decision, col(Decision.task_id) == ScoreSheet.task_id)
        .where(ScoreSheet.application_id == app.id)
    ).all()
    if missing := set(sealed) - {sheet.task_id for sheet, _ in rows}:
        return sealed[missing.pop()].seq, "its sheet is missing from the sheets"
    for sheet, opinion in rows:
        event = sealed.get(sheet.task_id)
        if event is None:
            return 0, f"the sheet of task {sheet.task_id} is not on the chain"
        digest = sheets.sheet_hash(sheet.task_id, sheet.expert_key, sheet.points, opinion)
        if not digest == sheet.hash == event.payload["sheet"] or sheet.scored_at != event.at:
            return event.seq, "a sheet differs from what was sealed"
    return None


def _results(tx: Transaction, app: Application, events: list[Event]) -> Wrong | None:
    """Reckon again what every panel came to."""
    for event in (e for e in events if e.kind is EventKind.PANEL_SCORED):
        stage = tx.exec(select(Stage).where(Stage.id == event.payload["stage"])).one()
        if stage.state is StageState.VOID:
            continue
        panel = drawing.panel_of(tx, app, stage.key)
        scores = {seat: score_of(panel, one.points) for seat, one in sheets.sheets_of(tx, stage.id).items()}
        said: dict[str, Any] = {"scores": {seat: str(score) for seat, score in scores.items()}}
        said |= {"mean": str(trimmed_mean(list(scores.values()), panel.trim))} if scores else {}
        if any(event.payload[key] != value for key, value in said.items()):
            return event.seq, "the panel came to something else than was sealed"
    return None
