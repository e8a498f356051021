"""Away: an officer's mailbox answers by itself that the officer is out of the office (RFC 3834).

It decides nothing and is never answered. The operator is told, and the deputy, once a day for one task.
"""

import datetime as dt
from typing import Any

from sqlmodel import col, select

from approvals import letters
from approvals.asking import were_asked
from approvals.briefing import stated_award
from approvals.chain import changed, record, stamp
from approvals.deputy.deputy_queries import deputies_of
from approvals.late import clock
from approvals.office import Office
from approvals.post import addresses
from approvals.post.about import About
from approvals.transaction import Transaction
from models.calendar import office_date
from models.columns import plain
from models.event import EventKind
from models.letter import Letter
from models.officer import Officer
from models.route import as_seen_by, from_json
from models.states import MailState, Purpose
from models.token import Token

#: Of what the mailbox says so much is repeated to the operator.
MAX_SUBJECT = 120


def note(
    tx: Transaction, office: Office, asked: About, senders: tuple[str, ...], subject: str, now: dt.datetime
) -> tuple[MailState, str]:
    """Tell operator and deputy that ``asked.officer`` is away; return what becomes of the message."""
    if len(senders) != 1 or senders[0] not in asked.officer.addresses:
        return MailState.IGNORED, "automatic: somebody else is away"
    if not asked.open:
        return MailState.IGNORED, "automatic: out of office, nothing is open"
    key = f"out_of_office:{asked.task.id}:{asked.officer.id}:{office_date(now)}"
    if tx.exec(select(Letter.id).where(col(Letter.key) == key)).first() is not None:
        return MailState.IGNORED, "automatic: out of office, told today"
    known = {one.id for one in were_asked(tx, [asked.task]).get(asked.task.id, [])}
    deputies = [one for one, _ in deputies_of(tx, asked.app, [asked.officer], now) if one.id in known]
    _tell(tx, office, asked, deputies, subject, key, now)
    names = [one.email for one in deputies]
    record(tx, asked.app, EventKind.OUT_OF_OFFICE, now, **asked.places, to=asked.officer.email, deputies=names)
    changed(tx, asked.app, now)
    return MailState.IGNORED, "automatic: out of office, operator told"


def _tell(
    tx: Transaction,
    office: Office,
    asked: About,
    deputies: list[Officer],
    subject: str,
    key: str,
    now: dt.datetime,
) -> None:
    facts = letters.facts_of(tx, asked.app) | letters.unit_facts(tx, asked.app, asked.task, asked.officer)
    facts |= {
        "who": f"{asked.officer.name} <{asked.officer.email}>",
        "words": " ".join(plain(subject).split())[:MAX_SUBJECT],
        "stands_in": [f"{one.name} <{one.email}>" for one in deputies],
        "due": stamp(asked.stage.due_at),
        "due_provisional": asked.stage.due_provisional,
        "at": stamp(now),
        "you": "operator",
    }
    letters.tell_operator(tx, office, "out_of_office", key, facts, now, asked.app.id)
    asks = _asks(tx, asked, now) if deputies else {}
    for deputy in deputies:
        said = facts | {"you": "deputy"} | asks | _doors(tx, asked, deputy)
        to = (addresses.reachable(tx, deputy, now), deputy.name, deputy.language)
        letters.queue(tx, office, "out_of_office", f"{key}:{deputy.id}", to, said, now, asked.app.id)


def _asks(tx: Transaction, asked: About, now: dt.datetime) -> dict[str, Any]:
    """Return what a letter that asks a deputy says besides: the stage, what happens otherwise, what a yes fixes."""
    app, stage = asked.app, asked.stage
    planned = from_json(app.route)[stage.position]
    seen = as_seen_by(planned, asked.task.seat, counts=asked.task.counts)
    facts = letters.stage_facts(app, stage, seen) | clock.otherwise(tx, stage, planned, now)
    return facts | stated_award(tx, app, seen) if seen.fixes_award else facts


def _doors(tx: Transaction, asked: About, deputy: Officer) -> dict[str, str]:
    """Return the nonces of the link and the reply address that the deputy has already."""
    found: dict[str, str] = {}
    for name, purpose in (("link_nonce", Purpose.DECIDE), ("reply_nonce", Purpose.REPLY)):
        newest = select(Token.nonce).where(
            Token.task_id == asked.task.id, Token.officer_id == deputy.id, Token.purpose == purpose
        )
        if nonce := tx.exec(newest.order_by(col(Token.issued_at).desc())).first():
            found[name] = nonce
    return found
