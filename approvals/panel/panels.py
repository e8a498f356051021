"""Panels as the operator sees and mends them: who sits, the draws, another expert for a seat, one seat less."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from approvals import stages
from approvals.asked import Place, place_of
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.office import Office
from approvals.panel import drawing, seating, sheets
from approvals.tasks import void
from approvals.transaction import Transaction
from models.application import Application
from models.columns import plain
from models.errors import LiandongError, OpinionMissing, Suspended, UnknownApplication
from models.event import EventKind
from models.expert import Expert
from models.panel import seats
from models.panel_records import PanelDraw
from models.stage import Stage
from models.states import StageState, TaskEnd, TaskState
from models.task import Task


class NoPanel(LiandongError):
    """No panel was opened for the application."""

    zh = "该申请没有专家评审环节，或尚未进入该环节。"
    en = "This application has no panel of experts, or has not come to it yet."


class NoSeat(LiandongError):
    """There is no such seat that waits."""

    def __init__(self, seat: str, known: str) -> None:
        super().__init__(
            f"没有等待评分的席位“{seat}”；可选：{known or '无'}。",
            f"No seat {seat!r} waits for a score; choose from: {known or 'none'}.",
        )


class TooFewSeats(LiandongError):
    """The panel needs the seat, or an expert sits on it."""


@dataclass(frozen=True)
class Seated:
    """One seat as the operator sees it: who sits there, and whether that one has scored; never the score."""

    seat: str
    expert: str | None
    name: str
    email: str
    state: TaskState


@dataclass(frozen=True)
class PanelPage:
    """A panel as the operator sees it."""

    number: str
    stage: str
    is_open: bool
    seated: tuple[Seated, ...]
    #: Each draw whole, the first one first.
    draws: tuple[dict[str, Any], ...]


def panel_page(tx: Transaction, number: str) -> PanelPage:
    """Return the newest panel of the application ``number``.

    Raises:
        UnknownApplication, NoPanel: there is none.

    """
    app = _application(tx, number)
    stage = _stage(tx, app)
    names = {one.key: one for one in tx.exec(select(Expert))}
    tasks = tx.exec(select(Task).where(Task.stage_id == stage.id, Task.state != TaskState.VOID)).all()
    seated = []
    for task in sorted(tasks, key=lambda one: seats.number_of(one.seat)):
        expert = names.get(seats.expert_of(task.unit) or "")
        if expert is None:
            seated.append(Seated(task.seat, None, "", "", task.state))
        else:
            seated.append(Seated(task.seat, expert.key, expert.name, expert.email, task.state))
    draws = tuple(draw.drawn for draw in drawing.draws_of(tx, stage.id))
    return PanelPage(app.number, stage.key, stage.state is StageState.OPEN, tuple(seated), draws)


def vacant(tx: Transaction) -> dict[str, int]:
    """Return how many seats of each application have no expert, by its number: the operator must act."""
    rows = tx.exec(
        select(Application.number, func.count())
        .join(Task, col(Task.application_id) == Application.id)
        .where(Task.state == TaskState.OPEN, col(Task.unit).startswith(seats.SEAT))
        .group_by(Application.number)
        .order_by(Application.number)
    )
    return dict(rows.all())


def replace(
    tx: Transaction, office: Office, number: str, seat: str, reason: str, by: str, now: dt.datetime
) -> str | None:
    """Give a seat to the next in the draw, because the operator says so; return the new expert's key, if any.

    Raises:
        LiandongError: no such seat waits, or no reason is given.

    """
    app, place = _waiting(tx, number, seat, reason)
    seating.replace(tx, office, app, place.stage, place.task, "operator", by, now, detail=plain(reason))
    changed(tx, app, now)
    tx.write_rows()
    return next((one.expert for one in panel_page(tx, number).seated if one.seat == place.task.seat), None)


def drop(tx: Transaction, office: Office, number: str, seat: str, reason: str, by: str, now: dt.datetime) -> None:
    """Take a vacant seat away; where all others have scored, the panel closes.

    Raises:
        LiandongError: no such seat waits, an expert sits there, the panel needs it, or no reason is given.

    """
    app, place = _waiting(tx, number, seat, reason)
    least = drawing.panel_of(tx, app, place.stage.key).min_scores
    live = [task for task, _ in place.tasks if task.state is not TaskState.VOID]
    if place.task.unit != place.task.seat:
        raise TooFewSeats(
            "该席位上有专家；请改用 liandong panel replace 更换。",
            "An expert sits there; give the seat to the next one with `liandong panel replace`.",
        )
    if len(live) <= least:
        raise TooFewSeats(
            f"至少须有 {least} 席评分，不能再撤销；请导入更多专家。",
            f"At least {least} seats must score, so this one stays; import more experts.",
        )
    void(tx, office, app, place.stage, [place.task], now, TaskEnd.REMOVED)
    tx.flush()
    about = {"stage": place.stage.id, "task": place.task.id, "unit": place.task.seat, "by": by}
    record(tx, app, EventKind.SEAT_DROPPED, now, **about, reason=plain(reason))
    _close_if_all_scored(tx, office, place, now)


def _close_if_all_scored(tx: Transaction, office: Office, place: Place, now: dt.datetime) -> None:
    app, verdict = place.app, sheets.verdict(tx, place, now)
    if verdict.outcome is None:
        changed(tx, app, now)
        return
    step = stages.close_stage(tx, office, app, place.stage, verdict, [task for task, _ in place.tasks], now)
    stages.take(tx, office, app, step, now, **sheets.said(verdict))


def draw_of(tx: Transaction, number: str, nth: int) -> dict[str, Any]:
    """Return a draw of the newest panel of ``number`` as it is published; counted from 1.

    Raises:
        UnknownApplication, NoPanel: there is none.

    """
    stage = _stage(tx, _application(tx, number))
    found = tx.exec(select(PanelDraw).where(PanelDraw.stage_id == stage.id, PanelDraw.number == nth)).first()
    if found is None:
        raise NoPanel
    return found.drawn


def _application(tx: Transaction, number: str, *, lock: bool = False) -> Application:
    wanted = select(Application).where(Application.number == number)
    app = tx.exec(wanted.with_for_update() if lock else wanted).first()
    if app is None:
        raise UnknownApplication
    return app


def _stage(tx: Transaction, app: Application) -> Stage:
    """Return the stage of the newest panel."""
    keys = [key for key, stage in policy_of(tx, app).stages.items() if stage.panel is not None]
    found = select(Stage).where(Stage.application_id == app.id, col(Stage.key).in_(keys))
    stage = tx.exec(found.order_by(col(Stage.round).desc(), col(Stage.opened_at).desc())).first()
    if stage is None:
        raise NoPanel
    return stage


def _waiting(tx: Transaction, number: str, seat: str, reason: str) -> tuple[Application, Place]:
    """Return the application, locked, and the place of a seat that waits; ``3`` is short for ``panel:3``."""
    if not plain(reason):
        raise OpinionMissing
    app = _application(tx, number, lock=True)
    stage = _stage(tx, app)
    wanted = seat if seat.startswith(seats.SEAT) else f"{seats.SEAT}{seat}"
    waiting = {task.seat: task for task in seating.open_tasks(tx, stage.id)} if stage.state is StageState.OPEN else {}
    if wanted not in waiting:
        raise NoSeat(seat, ", ".join(waiting))
    if stage.suspended_at is not None:
        raise Suspended
    return app, place_of(tx, app, waiting[wanted].id)
