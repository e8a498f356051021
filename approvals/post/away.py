"""Away: an officer's mailbox answers by itself that the officer is out of the office (RFC 3834).

It decides nothing and is never answered. The operator is told, and the deputy, once a day for one task; but only where
the officer's domain is proven: a forged absence would have the question asked of somebody else.
"""

import datetime as dt
from dataclasses import dataclass, field
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
from models.authenticity import Authenticity
from models.calendar import office_date
from models.columns import plain
from models.event import EventKind
from models.letter import Letter
from models.officer import Officer
from models.road.route import as_seen_by, from_json
from models.states import Channel, MailState, Purpose
from models.token import Token

#: Of what the mailbox says so much is repeated to the operator.
MAX_SUBJECT = 120


@dataclass(frozen=True)
class Away:
    """A message by which a mailbox says that its owner is away."""

    #: Lower case, each once.
    senders: tuple[str, ...]
    subject: str
    #: Whether its From is proven.
    authenticity: Authenticity = field(default_factory=Authenticity)


def note(tx: Transaction, office: Office, asked: About, said: Away, now: dt.datetime) -> tuple[MailState, str]:
    """Tell operator and deputy that ``asked.officer`` is away; return what becomes of the message.

    One that is not proven is parked, and an event says so; nobody is written to, for a machine would answer again.
    """
    if len(said.senders) != 1 or said.senders[0] not in asked.officer.addresses:
        return MailState.IGNORED, "automatic: somebody else is away"
    if not asked.open:
        return MailState.IGNORED, "automatic: out of office, nothing is open"
    if office.replies_must_be_authentic and not said.authenticity.proof:
        return _park(tx, asked, said, now)
    key = f"out_of_office:{asked.task.id}:{asked.officer.id}:{office_date(now)}"
    if tx.exec(select(Letter.id).where(col(Letter.key) == key)).first() is not None:
        return MailState.IGNORED, "automatic: out of office, told today"
    known = {one.id for one in were_asked(tx, [asked.task]).get(asked.task.id, [])}
    deputies = [one for one, _ in deputies_of(tx, asked.app, [asked.officer], now) if one.id in known]
    _tell(tx, office, asked, deputies, said.subject, key, now)
    proven = {"authenticated": said.authenticity.proof} if said.authenticity.proof else {}
    about = {"to": asked.officer.email, "deputies": [one.email for one in deputies]} | proven
    record(tx, asked.app, EventKind.OUT_OF_OFFICE, now, **asked.places, **about)
    changed(tx, asked.app, now)
    return MailState.IGNORED, "automatic: out of office, operator told"


def _park(tx: Transaction, asked: About, said: Away, now: dt.datetime) -> tuple[MailState, str]:
    checks = {check.name: check.result.value for check in said.authenticity.checks}
    about = {"officer": asked.officer.email, "channel": Channel.REPLY.value, "task": asked.task.id, "checks": checks}
    record(tx, asked.app, EventKind.ANSWER_REFUSED, now, why="out of office, not authenticated", **about)
    return MailState.PARKED, f"out of office, not authenticated: {said.authenticity.why}"[:500]


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
