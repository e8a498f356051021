"""Pages: what the portal shows for a token, read without a lock; and the one-time code that it sends."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from approvals import codes, determination, queries
from approvals.asked import Asked, check, find
from approvals.editions import policy_of
from approvals.late import clock
from approvals.money import budgets
from approvals.money.budgets import Left
from approvals.notice import objection_facts
from approvals.notice.objection_facts import ObjectionView
from approvals.offers import Offers, offers_of
from approvals.office import Office
from approvals.panel import sheets
from approvals.rows import Rows, rows_of
from approvals.transaction import Transaction
from models.errors import AlreadyDecided, LiandongError, UnknownToken, WrongState
from models.event import EventKind
from models.money import Fen
from models.objection import ObjectionFile
from models.panel.block import Criterion
from models.policy.data import Bilingual
from models.road.route import RouteStage
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing
from models.states import Channel, Level


@dataclass(frozen=True)
class DecidePage:
    """What an officer sees who opens the link."""

    standing: Standing
    officer: str
    email: str
    language: str
    unit: Bilingual
    #: The officer's own unit where it is asked in the place of ``unit``.
    instead: Bilingual | None
    planned: RouteStage
    stage: StageStanding
    task: TaskStanding
    #: True where it is asked because that unit did not answer in time.
    passed_on: bool
    #: What happens otherwise, as ``approvals.late.clock.outlook`` says it.
    late: dict[str, Any]
    code_needed: bool
    #: End of the code that was sent last; None where none is good now.
    code_until: dt.datetime | None
    #: The award that a plain approval fixes, in fen.
    award: dict[Level, Fen]
    #: What is left of the budgets that the unit answers for, or of all where it fixes the award.
    budgets: tuple[Left, ...]
    #: The pieces that the unit was asked about; None where it is no batch.
    rows: Rows | None
    #: What can be done besides.
    offers: Offers
    #: Why this link cannot decide (any more); None where it can.
    error: LiandongError | None
    #: Of an expert: what is scored, and what this one has scored, by the key of the criterion.
    sheet: tuple[Criterion, ...] = ()
    points: Mapping[str, int] = field(default_factory=dict)
    #: The objection that is to be answered; None where it is something else.
    objection: ObjectionView | None = None


def ping(tx: Transaction) -> None:
    """Ask the database for nothing at all: it answers or raises."""
    tx.execute(sa.select(1))


def decide_page(tx: Transaction, presented: str, now: dt.datetime) -> DecidePage:
    """Return what the link ``presented`` shows; nothing is locked or changed.

    Raises:
        UnknownToken: altered, cut, or for another door.

    """
    asked = find(tx, presented, lock=False)
    if asked is None:
        raise UnknownToken
    error = _why_not(tx, asked, presented, now)
    policy, app, until = policy_of(tx, asked.app), asked.app, asked.token.code_expires_at
    standing = queries.standing(tx, app.id, sees=asked.task.id)
    stage = next(s for s in standing.stages if s.id == asked.stage.id)
    return DecidePage(
        standing=standing,
        officer=asked.officer.name,
        email=asked.officer.email,
        language=asked.officer.language,
        unit=policy.unit_name(asked.task.unit),
        instead=policy.unit_name(asked.officer.unit) if asked.officer.unit != asked.task.unit else None,
        planned=asked.planned,
        stage=stage,
        task=next(t for t in stage.tasks if t.id == asked.task.id),
        passed_on=any(m.kind is EventKind.ASKED_ABOVE and m.payload["task"] == asked.task.id for m in stage.moves),
        late=clock.outlook(tx, app, asked.stage, asked.planned, now),
        code_needed=codes.needed(tx, app),
        code_until=until if until is not None and now < until else None,
        award={} if standing.is_duty else determination.stated(determination.bounds_of(tx, app, asked.planned)),
        budgets=budgets.left_for(tx, app, asked.planned, asked.task.unit, now),
        rows=rows_of(tx, app, asked.token.round),
        offers=offers_of(tx, asked, error),
        error=error,
        sheet=stage.panel.panel.sheet if stage.panel else (),
        points=sheets.points_of(tx, asked.task.id) if stage.panel else {},
        objection=objection_facts.view_of(tx, asked.task),
    )


def objection_file(tx: Transaction, presented: str, seq: int, now: dt.datetime) -> ObjectionFile:
    """Return file ``seq`` of the objection that the link ``presented`` asks about.

    Raises:
        LiandongError: the page of the link does not show it, either.

    """
    asked = _asked(tx, presented, now)
    found = objection_facts.file_of(tx, asked.task, seq)
    if found is None:
        raise UnknownToken
    return found


def decide_rows(tx: Transaction, presented: str, now: dt.datetime) -> Rows | None:
    """Return the pieces that the link ``presented`` asks about; None where it is no batch.

    Raises:
        LiandongError: the page of the link does not show them, either.

    """
    asked = _asked(tx, presented, now)
    return rows_of(tx, asked.app, asked.token.round)


def _asked(tx: Transaction, presented: str, now: dt.datetime) -> Asked:
    """Return what a link asks about whose file may still be looked at."""
    asked = find(tx, presented, lock=False)
    if asked is None:
        raise UnknownToken
    error = _why_not(tx, asked, presented, now)
    if error is not None and not isinstance(error, AlreadyDecided):
        raise error
    return asked


def _why_not(tx: Transaction, asked: Asked, presented: str, now: dt.datetime) -> LiandongError | None:
    try:
        check(tx, asked, presented, Channel.LINK, now)
    except UnknownToken:
        raise
    except LiandongError as error:
        return error
    return None


def send_code(tx: Transaction, office: Office, presented: str, now: dt.datetime) -> None:
    """Write the officer whose link is ``presented`` a one-time code.

    Raises:
        LiandongError: the link cannot decide, no code is needed, or one was sent a moment ago.

    """
    asked = find(tx, presented)
    if asked is None:
        raise UnknownToken
    check(tx, asked, presented, Channel.LINK, now)
    if not codes.needed(tx, asked.app):
        raise WrongState("此件无需验证码。", "This decision needs no code.")
    codes.send(tx, office, asked.app, asked.token, asked.officer, now)
