"""Scoring: what an expert may answer; conflicts are computed again, and who steps back is replaced by the next."""

import datetime as dt

from approvals.answer import Answer, Decided
from approvals.asked import Asked
from approvals.chain import changed
from approvals.office import Office
from approvals.panel import drawing, seating
from approvals.transaction import Transaction
from models.columns import plain
from models.errors import LiandongError, WrongAnswer
from models.panel import seats
from models.panel.conflicts import Conflict
from models.panel.score import check_sheet
from models.states import Channel, Outcome
from models.task import Recusal


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
    """A score came by reply."""

    zh = "专家评分须在页面上逐项填写，不能以回信评分；请打开来信中的链接。"
    en = "Experts score line by line on the page and not by a reply; open the link in the letter."


def check(
    tx: Transaction,
    office: Office,
    asked: Asked,
    answer: Answer,
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
    if answer.outcome is Outcome.RECUSE:
        return
    if answer.outcome is not Outcome.APPROVE:
        raise WrongAnswer
    if channel is not Channel.LINK:
        raise ScoreOnPage
    expert = seats.expert_of(asked.task.unit) or ""
    if found := drawing.conflicts_now(tx, asked.app, asked.stage.key, expert, now):
        detail = "; ".join(one.said("en") for one in found)
        seating.replace(tx, office, asked.app, asked.stage, asked.task, "conflict", "", now, detail=detail)
        changed(tx, asked.app, now)
        raise ExpertInConflict(found)
    check_sheet(drawing.panel_of(tx, asked.app, asked.stage.key), answer.points)


def recuse(
    tx: Transaction, office: Office, asked: Asked, answer: Answer, channel: Channel, now: dt.datetime
) -> Decided:
    """Record that an expert recuses, which holds by every door, and give the seat to the next in the draw."""
    app, task, reason = asked.app, asked.task, plain(answer.opinion)
    tx.insert(
        Recusal,
        application_id=app.id,
        address=asked.officer.email.lower(),
        officer_id=asked.officer.id,
        task_id=task.id,
        reason=reason,
        channel=channel,
        recused_at=now,
    )
    tx.write_rows()
    seating.replace(tx, office, app, asked.stage, task, "recused", "", now, detail=reason)
    changed(tx, app, now)
    return Decided(app.number, Outcome.RECUSE, None)
