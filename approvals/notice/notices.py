"""Notices: what is on view and was so lately; and the end of one whose time is over."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, or_, select

from approvals import stages
from approvals.chain import record
from approvals.notice import notice_stage
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.notice import Notice
from models.policy.data import Bilingual
from models.policy.notice_rules import GRACE, UnknownNotice
from models.road.quorum import Verdict
from models.stage import Stage
from models.states import MailState, Outcome, StageState

#: A notice stays in the list for so long after its end.
RECENT = dt.timedelta(days=90)
#: Why a notice ended that nobody stopped.
TIME_IS_OVER = Bilingual(zh="公示期满，自动结束", en="the notice is over; ended automatically")


@dataclass(frozen=True)
class NoticePage:
    """What everybody sees of one notice."""

    number: str
    round: int
    headline: dict[str, Any]
    html: bytes
    csv: bytes
    html_sha256: str
    csv_sha256: str
    published_at: dt.datetime
    #: running | stopped | over (no objection was upheld) | left (upheld, withdrawn).
    look: str
    #: When it ends if nobody objects; meaningless once it ended or while it is stopped.
    due_at: dt.datetime
    provisional: bool
    closed_at: dt.datetime | None
    #: Objections that wait for an answer.
    waiting: int
    #: Where objections go by mail.
    address: str

    @property
    def takes_objections(self) -> bool:
        """Return True while anybody may object."""
        return self.look in ("running", "stopped")


def notice_page(tx: Transaction, office: Office, number: str, now: dt.datetime) -> NoticePage:
    """Return the newest notice of application ``number``.

    Raises:
        UnknownNotice: it was never on view.

    """
    found = _notices().where(Application.number == number).order_by(col(Notice.published_at).desc()).limit(1)
    row = tx.exec(found).first()
    if row is None:
        raise UnknownNotice
    notice, stage, _ = row
    return _page(tx, office, notice, stage, number, now)


def notices(tx: Transaction, office: Office, now: dt.datetime, limit: int = 200) -> list[NoticePage]:
    """Return the notices on view and those that ended lately, the newest first."""
    shown = or_(Stage.state == StageState.OPEN, col(Stage.closed_at) > now - RECENT)
    rows = tx.exec(_notices().where(shown).order_by(col(Notice.published_at).desc()).limit(limit))
    return [_page(tx, office, notice, stage, number, now) for notice, stage, number in rows]


def _notices() -> Any:
    return (
        select(Notice, Stage, Application.number)
        .join(Stage, col(Stage.id) == Notice.stage_id)
        .join(Application, col(Application.id) == Notice.application_id)
    )


def _page(tx: Transaction, office: Office, notice: Notice, stage: Stage, number: str, now: dt.datetime) -> NoticePage:
    waiting = len(notice_stage.unanswered(tx, notice.id)) if stage.state is StageState.OPEN else 0
    return NoticePage(
        number=number,
        round=notice.round,
        headline=notice.headline,
        html=notice.html,
        csv=notice.csv,
        html_sha256=notice.html_sha256,
        csv_sha256=notice.csv_sha256,
        published_at=notice.published_at,
        look=_look(stage, waiting, now),
        due_at=stage.due_at,
        provisional=stage.due_provisional,
        closed_at=stage.closed_at,
        waiting=waiting,
        address=notice_stage.address_of(office, number),
    )


def _look(stage: Stage, waiting: int, now: dt.datetime) -> str:
    if stage.state is StageState.OPEN:
        return "stopped" if waiting else "running" if now < stage.due_at else "over"
    return "over" if stage.outcome is Outcome.APPROVE else "left"


def due(tx: Transaction, now: dt.datetime, limit: int = 200) -> list[str]:
    """Return the ids of the stages of notices that may be over (one indexed query)."""
    over = (
        select(Stage.id)
        .join(Notice, col(Notice.stage_id) == Stage.id)
        .where(Stage.state == StageState.OPEN, Stage.remind_at <= now - GRACE)
    )
    return list(tx.exec(over.order_by(col(Stage.remind_at)).limit(limit)))


def end_due(tx: Transaction, office: Office, stage_id: str, now: dt.datetime) -> bool:
    """End the notice of ``stage_id`` if its time is over and no objection waits; the award counts from now.

    Safe to do twice and at the same moment: the application's row is locked, and what was read is read again.
    """
    app = tx.exec(
        select(Application)
        .join(Stage, col(Stage.application_id) == Application.id)
        .where(Stage.id == stage_id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).one()
    stage = tx.exec(select(Stage).where(Stage.id == stage_id).execution_options(populate_existing=True)).one()
    notice = tx.exec(select(Notice).where(Notice.stage_id == stage_id)).one()
    if stage.state is not StageState.OPEN or stage.suspended_at is not None or stage.due_at > now - GRACE:
        return False
    if notice_stage.unanswered(tx, notice.id) or _mail_waits(tx, office, app, stage):
        return False
    record(
        tx,
        app,
        EventKind.NOTICE_ENDED,
        now,
        stage=stage.id,
        by="sweep",
        notice=notice.id,
    )
    step = stages.close_stage(tx, office, app, stage, Verdict(Outcome.APPROVE, TIME_IS_OVER), [], now)
    stages.take(tx, office, app, step, now, shown=True)
    return True


def _mail_waits(tx: Transaction, office: Office, app: Application, stage: Stage) -> bool:
    """Return True where a mail came in time that nobody has read yet: it may be an objection."""
    waits = select(InboundMail.id).where(
        InboundMail.state == MailState.RECEIVED,
        InboundMail.recipient == notice_stage.address_of(office, app.number),
        InboundMail.received_at < stage.due_at,
    )
    return tx.exec(waits.limit(1)).first() is not None
