"""Sheets: what an expert scores, held against the panel's sheet and the expert's conflicts, written down and sealed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from approvals import seating
from approvals.asked import Asked, Place
from approvals.chain import changed, record
from approvals.office import Office
from approvals.transaction import Transaction
from models.columns import plain
from models.data import Bilingual
from models.errors import LiandongError, WrongAnswer
from models.event import EventKind
from models.hashing import content_hash
from models.panel import seats
from models.panel.conflicts import Conflict
from models.panel.score import Result, check_sheet, result_of
from models.panel_records import ScoreSheet
from models.quorum import Verdict
from models.states import Channel, Outcome, TaskState
from models.task import Decision, Recusal, Task

#: Who closed a panel, where letters say who decided.
WHOLE_PANEL = Bilingual(zh="专家评审组", en="The expert panel")


class ExpertInConflict(LiandongError):
    """The expert has to do with a party of the application, as was found at the vote."""

    def __init__(self, found: tuple[Conflict, ...]) -> None:
        super().__init__(
            f"您与本件存在利益冲突（{'；'.join(one.said('zh') for one in found)}），不能评分，本次未计入；"
            "系统已按抽取顺序请下一位专家接替。如有不实，请告知运行人员。",
            f"You have a conflict of interest ({'; '.join(one.said('en') for one in found)}) and cannot score; "
            "nothing was counted, and the next in the draw is asked instead. If this is wrong, tell the operator.",
        )


class ScoreOnPage(LiandongError):
    zh = "专家评分须在页面上逐项填写，不能以回信评分；请打开来信中的链接。"
    en = "Experts score line by line on the page and not by a reply; open the link in the letter."


def check(
    tx: Transaction,
    office: Office,
    asked: Asked,
    outcome: Outcome,
    points: Mapping[str, int],
    channel: Channel,
    now: dt.datetime,
) -> None:
    """See that an expert's answer can stand; conflicts are computed anew, and who has one is replaced at once.

    Raises:
        WrongAnswer: an expert scores or recuses, and nothing else.
        ScoreOnPage: a sheet came by reply.
        ExpertInConflict: the seat was given to the next in the draw.
        SheetIncomplete: a line has no score or a wrong one.

    """
    if outcome is Outcome.RECUSE:
        return
    if outcome is not Outcome.APPROVE:
        raise WrongAnswer
    if channel is not Channel.LINK:
        raise ScoreOnPage
    expert = seats.expert_of(asked.task.unit) or ""
    if found := seating.conflicts_now(tx, asked.app, asked.stage.key, expert, now):
        detail = "; ".join(one.said("en") for one in found)
        seating.replace(tx, office, asked.app, asked.stage, asked.task, "conflict", "", now, detail=detail)
        changed(tx, asked.app, now)
        raise ExpertInConflict(found)
    check_sheet(seating.panel_of(tx, asked.app, asked.stage.key), points)


def recuse(tx: Transaction, office: Office, asked: Asked, reason: str, channel: Channel, now: dt.datetime) -> None:
    """Record that an expert recuses, and give the seat to the next in the draw."""
    app, task = asked.app, asked.task
    tx.insert(
        Recusal,
        application_id=app.id,
        address=asked.officer.email.lower(),
        officer_id=asked.officer.id,
        task_id=task.id,
        reason=plain(reason),
        channel=channel,
        recused_at=now,
    )
    tx.write_rows()
    seating.replace(tx, office, app, asked.stage, task, "recused", "", now, detail=plain(reason))
    changed(tx, app, now)


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


def result(tx: Transaction, place: Place) -> Result | None:
    """Return what the panel came to; None while a seat has not scored, or too few have."""
    panel = seating.panel_of(tx, place.app, place.stage.key)
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
    unit = {"zh": WHOLE_PANEL.zh, "en": WHOLE_PANEL.en}
    return {"unit": unit, "opinion": f"{made.why.zh}\n{made.why.en}"}
