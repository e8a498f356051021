"""Dossiers: what they are made from, and keeping what stands on them, so that each try attaches the same bytes."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import queries
from approvals.editions import policy_of
from approvals.notice import objection_facts
from approvals.notice.objection_facts import ObjectionView
from approvals.transaction import Transaction
from models.application import Application
from models.columns import JsonColumn, UtcDateTime
from models.dossier import Dossier
from models.event import Event
from models.paper import Ending
from models.road.standing import Standing

_KEEP = sa.text(
    "INSERT INTO dossier (application_id, version, facts, made_at)"
    " VALUES (:application_id, :version, :facts, :made_at) ON CONFLICT (application_id, version) DO NOTHING"
).bindparams(sa.bindparam("facts", type_=JsonColumn), sa.bindparam("made_at", type_=UtcDateTime))


@dataclass(frozen=True)
class Basis:
    """What a dossier is made from."""

    standing: Standing
    #: The newest event: until when the dossier tells, and the hash that seals it.
    until: Ending
    #: True under a policy that nobody issued.
    sample: bool


def basis(tx: Transaction, application_id: str) -> Basis:
    """Return what the dossier of an application says now; blind, as it is for everybody who is asked."""
    app = tx.exec(select(Application).where(Application.id == application_id)).one()
    newest = select(Event).where(Event.application_id == app.id).order_by(col(Event.seq).desc()).limit(1)
    event = tx.exec(newest).one()
    until = Ending(app.state, event.at, event.seq, event.hash)
    return Basis(queries.standing(tx, app.id), until, policy_of(tx, app).sample)


def objection(tx: Transaction, objection_id: str) -> ObjectionView | None:
    """Return the objection that a letter asks about: it never changes, so that each try says the same of it."""
    return objection_facts.view(tx, objection_id)


def kept(tx: Transaction, application_id: str, version: int) -> dict[str, Any] | None:
    """Return what stands on the dossier that goes with letters of ``version``; None where none was made yet."""
    found = tx.get(Dossier, (application_id, version))
    return found.facts if found else None


def keep(tx: Transaction, application_id: str, version: int, facts: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Keep ``facts`` unless another sender was first; return what is kept."""
    if kept(tx, application_id, version) is None:
        said = {"application_id": application_id, "version": version, "facts": facts, "made_at": now}
        tx.connection().execute(_KEEP, said)
    found = kept(tx, application_id, version)
    assert found is not None
    return found
