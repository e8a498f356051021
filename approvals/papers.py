"""Papers: what they are made from, keeping them on the record, and who may read them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from approvals import queries
from approvals.chain import record
from approvals.editions import policy_of
from approvals.resubmit import find_by_token
from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.hashing import content_hash, sha256
from models.paper import FOR_APPLICANTS, Ending, NoPaper, Paper, PaperKind, kinds_at
from models.policy.data import Bilingual
from models.road.standing import Standing
from models.states import ApplicationKind, ApplicationState, Purpose


@dataclass(frozen=True)
class Draft:
    """What the papers of one ended application are made from."""

    standing: Standing
    ending: Ending
    #: Who issued the policy.
    issuer: Bilingual
    #: True under a policy that nobody issued: the papers say so.
    sample: bool
    #: The papers that it should have and has not yet.
    missing: tuple[PaperKind, ...]


@dataclass(frozen=True)
class Made:
    """One paper that was set."""

    kind: PaperKind
    facts: dict[str, Any]
    pdf: bytes


def draft(tx: Transaction, which: str) -> Draft | None:
    """Return what the papers of ``which`` (id or number) are made from; None where it is given none (yet).

    Raises:
        UnknownApplication: there is none.

    """
    standing = queries.standing(tx, which)
    app = tx.exec(select(Application).where(Application.id == standing.id)).one()
    ending = _ending(tx, app)
    if ending is None:
        return None
    kept = tx.exec(select(Paper.kind).where(Paper.application_id == app.id, Paper.seq == ending.seq)).all()
    missing = tuple(kind for kind in kinds_at(ending.state) if kind not in kept)
    policy = policy_of(tx, app)
    return Draft(standing, ending, policy.issuer, policy.sample, missing)


def _ending(tx: Transaction, app: Application) -> Ending | None:
    if app.kind is not ApplicationKind.CLAIM or not kinds_at(app.state):
        return None
    ends = select(Event).where(Event.application_id == app.id, Event.kind == EventKind(app.state.value))
    event = tx.exec(ends.order_by(col(Event.seq).desc())).first()
    if event is None:
        return None
    reason = event.payload.get("opinion", "") if app.state is ApplicationState.WITHDRAWN else ""
    return Ending(app.state, event.at, event.seq, event.hash, reason)


def keep(tx: Transaction, application_id: str, ending: Ending, made: Made, now: dt.datetime) -> bool:
    """Keep ``made`` and seal its hash on the chain; False, and nothing is changed, where it is kept already."""
    app = tx.exec(select(Application).where(Application.id == application_id).with_for_update()).one()
    if tx.get(Paper, (app.id, made.kind, ending.seq)) is not None:
        return False
    digest = sha256(made.pdf)
    tx.insert(
        Paper,
        application_id=app.id,
        kind=made.kind,
        seq=ending.seq,
        round=app.round,
        facts=made.facts,
        pdf=made.pdf,
        sha256=digest,
        made_at=now,
    )
    said = {"paper": made.kind.value, "of": ending.seq, "round": app.round, "sha256": digest}
    record(tx, app, EventKind.PAPER_MADE, now, **said, facts_hash=content_hash(made.facts))
    return True


def kinds_kept(tx: Transaction, app: Application) -> tuple[PaperKind, ...]:
    """Return the papers that ``app`` has of its present end, in their order."""
    if (ending := _ending(tx, app)) is None:
        return ()
    kept = tx.exec(select(Paper.kind).where(Paper.application_id == app.id, Paper.seq == ending.seq)).all()
    return tuple(kind for kind in PaperKind if kind in kept)


def read(tx: Transaction, which: str, kind: PaperKind) -> Paper:
    """Return the newest paper of ``kind`` of the application ``which`` (id or number).

    Raises:
        NoPaper: none is kept.

    """
    newest = (
        select(Paper)
        .join(Application, col(Application.id) == Paper.application_id)
        .where((col(Application.id) == which) | (col(Application.number) == which), Paper.kind == kind)
        .order_by(col(Paper.seq).desc())
    )
    paper = tx.exec(newest).first()
    if paper is None:
        raise NoPaper
    return paper


def read_by_token(tx: Transaction, presented: str, kind: PaperKind, now: dt.datetime) -> tuple[str, Paper]:
    """Return the number of the application of a status link, and its paper of ``kind``.

    Raises:
        UnknownToken: altered, cut, or for another door.
        ExpiredToken: its time is over.
        NoPaper: there is none, or it is not for applicants.

    """
    _, app = find_by_token(tx, presented, Purpose.STATUS, now, lock=False)
    if kind not in FOR_APPLICANTS or kind not in kinds_kept(tx, app):
        raise NoPaper
    return app.number, read(tx, app.id, kind)


def altered(tx: Transaction, app: Application, events: list[Event]) -> tuple[int, str] | None:
    """Return the event and the reason where a paper is not what was sealed; None where all are."""
    sealed = {(e.payload["paper"], e.payload["of"]): e for e in events if e.kind is EventKind.PAPER_MADE}
    papers = tx.exec(select(Paper).where(Paper.application_id == app.id)).all()
    if missing := set(sealed) - {(paper.kind.value, paper.seq) for paper in papers}:
        return sealed[missing.pop()].seq, "its paper is missing from the papers"
    for paper in papers:
        event = sealed.get((paper.kind.value, paper.seq))
        if event is None:
            return 0, f"the {paper.kind.word} is not on the chain"
        data = paper.pdf if isinstance(paper.pdf, bytes) else b""  # SQLite keeps whatever somebody put there
        said = {"sha256": sha256(data), "facts_hash": content_hash(paper.facts), "round": paper.round}
        same = all(event.payload[key] == value for key, value in said.items()) and paper.sha256 == said["sha256"]
        if not same or event.at != paper.made_at:
            return event.seq, f"the {paper.kind.word} differs from what was sealed"
    return None
