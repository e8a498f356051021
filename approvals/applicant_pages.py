"""Pages of the applicant: what the portal shows for a link to look or to amend, read without a lock."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from approvals import papers, queries
from approvals.editions import policy_of
from approvals.resubmit import find_by_token
from approvals.rows import Rows, rows_of
from approvals.transaction import Transaction
from models.errors import ContentChanged, LiandongError, WrongState
from models.event import Event, EventKind
from models.paper import FOR_APPLICANTS, PaperKind
from models.policy.measure import Measure
from models.road.standing import Standing
from models.states import ApplicationState, Purpose


@dataclass(frozen=True)
class StatusPage:
    """What an applicant sees who opens the status link."""

    standing: Standing
    language: str
    contact: str
    #: Why the application was withdrawn, if it was.
    withdrawn_why: str
    rows: Rows | None
    #: The papers that the applicant may read: none before they are made.
    papers: tuple[PaperKind, ...]
    #: Why it cannot be withdrawn (any more); None where it can.
    error: LiandongError | None


@dataclass(frozen=True)
class AmendPage:
    """What an applicant sees who opens the link to amend."""

    standing: Standing
    language: str
    #: What the applicant sent for the present round, amounts in fen.
    content: dict[str, Any]
    #: The measure in the edition that the application came under.
    measure: Measure
    rows: Rows | None
    #: True where an amended file was taken by this link already.
    used: bool
    #: Why nothing can be amended by this link (any more); None where it can.
    error: LiandongError | None


def status_page(tx: Transaction, presented: str, now: dt.datetime) -> StatusPage:
    """Return what the applicant's status link shows.

    Raises:
        UnknownToken: altered, cut, or for another door.
        ExpiredToken: its time is over.

    """
    _, app = find_by_token(tx, presented, Purpose.STATUS, now, lock=False)
    said = tx.exec(select(Event).where(Event.application_id == app.id, Event.kind == EventKind.WITHDRAWN)).first()
    why = str(said.payload.get("opinion", "")) if said is not None else ""
    ended = WrongState("该申请已经办结，不能撤回。", "This application has ended and cannot be withdrawn.")
    error = ended if app.state.ended else None
    rows = rows_of(tx, app, app.round)
    to_read = tuple(kind for kind in papers.kinds_kept(tx, app) if kind in FOR_APPLICANTS)
    return StatusPage(queries.standing(tx, app.id), app.language, app.contact, why, rows, to_read, error)


def status_rows(tx: Transaction, presented: str, now: dt.datetime) -> Rows | None:
    """Return the pieces of the present round for the status link; raises as ``status_page`` does."""
    _, app = find_by_token(tx, presented, Purpose.STATUS, now, lock=False)
    return rows_of(tx, app, app.round)


def amend_page(tx: Transaction, presented: str, now: dt.datetime) -> AmendPage:
    """Return what the applicant's link to amend shows.

    Raises:
        UnknownToken: altered, cut, or for another door.
        ExpiredToken: its time is over.

    """
    token, app = find_by_token(tx, presented, Purpose.AMEND, now, lock=False)
    used = token.round != app.round
    error: LiandongError | None = ContentChanged() if used else None
    if error is None and app.state is not ApplicationState.RETURNED:
        error = WrongState("该申请当前无需修改。", "There is nothing to amend now.")
    measure, rows = policy_of(tx, app).measures[app.measure], rows_of(tx, app, app.round)
    return AmendPage(queries.standing(tx, app.id), app.language, app.content, measure, rows, used, error)


def amend_rows(tx: Transaction, presented: str, now: dt.datetime) -> Rows | None:
    """Return the pieces of the present round for the link to amend; raises as ``amend_page`` does."""
    _, app = find_by_token(tx, presented, Purpose.AMEND, now, lock=False)
    return rows_of(tx, app, app.round)
