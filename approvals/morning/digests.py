"""Digests: one letter a morning to each officer who wants it, with what waits; and which letters wait for it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import letters, tokens
from approvals.chain import stamp
from approvals.held_back import is_soon
from approvals.late import calendars
from approvals.morning.waiting import MOST, Waiting, waiting_for
from approvals.office import Office
from approvals.transaction import Transaction
from models.calendar import CLOSING, OFFICE_ZONE, office_date
from models.columns import new_id
from models.digest import Digest
from models.officer import LettersWanted, Officer
from models.road.route import from_json
from models.secrets import derive_token, locator, new_nonce, token_hash
from models.stage import Stage
from models.states import Purpose, StageState, TaskState
from models.task import Task
from models.token import Token

#: What the secret of a digest's link is derived for; it is no purpose of a token, which belongs to one application.
SEVERAL = "several"
#: Until the next morning's comes.
LIFETIME = dt.timedelta(days=1)
#: What every row says of the facts of its application.
KEPT = ("number", "title", "applicant", "lead", "duty", "gives", "option", "asked_total", "release")

WANTS = (
    sa.select(col(Officer.id))
    .where(
        col(Officer.letters) != LettersWanted.EACH,
        sa.exists()
        .where(
            col(Token.officer_id) == Officer.id,
            col(Token.purpose) == Purpose.DECIDE,
            col(Task.id) == Token.task_id,
            col(Task.state) == TaskState.OPEN,
            col(Stage.id) == Task.stage_id,
            col(Stage.state) == StageState.OPEN,
            col(Stage.suspended_at).is_(None),
        )
        .correlate(Officer),
        ~sa.exists().where(col(Digest.officer_id) == Officer.id, col(Digest.day) == sa.bindparam("day")),
    )
    .order_by(col(Officer.id))
)


def due(tx: Transaction, now: dt.datetime, *, at: dt.time) -> list[str]:
    """Return the officers who get their digest now, by their ids: on working days from ``at`` until offices close."""
    here = now.astimezone(OFFICE_ZONE)
    if not at <= here.time() < CLOSING or not calendars.calendar_of(tx, now).works(here.date())[0]:
        return []
    return [str(one) for one in tx.execute(WANTS, {"day": here.date()}).scalars()]


def write(tx: Transaction, office: Office, officer_id: str, now: dt.datetime) -> bool:
    """Write one officer's digest of the day; False, and nothing is written, where there is one or nothing waits.

    Whoever answers for several units with one address has one letter for all of them.
    """
    day, together = office_date(now), _at_one_address(tx, officer_id)
    written = select(Digest.id).where(col(Digest.officer_id).in_([one.id for one in together]), Digest.day == day)
    if tx.exec(written).first() is not None:
        return False
    waiting = [one for officer in together for one in waiting_for(tx, office, officer, now)]
    if not waiting:
        return False
    waiting = sorted(waiting, key=lambda one: (one.asked.stage.due_at, one.asked.app.number))[:MOST]
    officer, *others = together
    for other in others:
        _issue(tx, office, other, day, [], now)
    nonces = [_link(tx, office, one, now) for one in waiting]
    nonce = _issue(tx, office, officer, day, nonces, now)
    facts = {
        "tasks": [_row(tx, one) | {"link_nonce": link} for one, link in zip(waiting, nonces, strict=True)],
        "late": sum(one.asked.stage.due_at <= now for one in waiting),
        "soon": sum(one.asked.stage.due_at > now and is_soon(tx, one.asked.stage, now) for one in waiting),
        "day": day.isoformat(),
        "unit_key": officer.unit,
        "several_nonce": nonce,
    }
    to = (officer.email, officer.name, officer.language)
    letters.queue(tx, office, "digest", f"digest:{officer.id}:{day}", to, facts, now)
    return True


def _at_one_address(tx: Transaction, officer_id: str) -> list[Officer]:
    """Return the officer, and then whoever wants digests at the same address for other units; their rows are locked."""
    address = sa.select(col(Officer.email)).where(col(Officer.id) == officer_id).scalar_subquery()
    wanted = select(Officer).where(col(Officer.email) == address, Officer.letters != LettersWanted.EACH)
    found = tx.exec(wanted.order_by(col(Officer.id)).with_for_update()).all()
    return sorted(found, key=lambda one: one.id != officer_id)


def _link(tx: Transaction, office: Office, one: Waiting, now: dt.datetime) -> str:
    """Return the nonce of the officer's link to a task: the one they have, or a new one where its time is over."""
    if not one.expired:
        return one.nonce
    asked = one.asked
    return tokens.for_task(tx, office, Purpose.DECIDE, asked.app, asked.stage, asked.task, asked.officer, now)


def _issue(tx: Transaction, office: Office, officer: Officer, day: dt.date, nonces: list[str], now: dt.datetime) -> str:
    """Keep what the digest lists, and issue its link, which is good until the next morning; return its nonce."""
    nonce = new_nonce()
    secret = derive_token(office.key, SEVERAL, nonce)
    tx.insert(
        Digest,
        id=new_id(),
        officer_id=officer.id,
        day=day,
        nonces=nonces,
        nonce=nonce,
        locator=locator(secret),
        hash=token_hash(secret),
        issued_at=now,
        expires_at=now + LIFETIME,
    )
    return nonce


def _row(tx: Transaction, one: Waiting) -> dict[str, Any]:
    """Return what the digest says of one task."""
    asked = one.asked
    known = letters.facts_of(tx, asked.app)
    planned = from_json(asked.app.route)[asked.stage.position]
    return {key: known[key] for key in KEPT if key in known} | {
        "stage": {"zh": planned.name_zh, "en": planned.name_en},
        "unit": letters.unit_facts(tx, asked.app, asked.task, asked.officer)["unit"],
        "due": stamp(asked.stage.due_at),
        "due_provisional": asked.stage.due_provisional,
    }
