"""Deputies in force: who stands in for whom, for whoever asks and for whoever answers."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_date
from models.case.own import is_own
from models.deputy import Deputy, DeputyBarred, DeputyshipEnded
from models.errors import OfficerReplaced
from models.officer import Officer
from models.task import Recusal, Task

PRINCIPAL: Any = aliased(Officer)
STANDS_IN: Any = aliased(Officer)
#: Whose time as officer has ended has no deputy, either.
IN_FORCE = (
    PRINCIPAL.active
    & col(Deputy.revoked_at).is_(None)
    & (col(Deputy.from_day) <= sa.bindparam("day"))
    & (col(Deputy.until_day) >= sa.bindparam("day"))
)
#: Every deputyship, for whom it is and who stands in, whoever of the two is listed still.
PAIRS = (
    sa.select(Deputy, PRINCIPAL, STANDS_IN)
    .join(PRINCIPAL, PRINCIPAL.id == col(Deputy.officer_id))
    .join(STANDS_IN, STANDS_IN.id == col(Deputy.deputy_id))
    .order_by(STANDS_IN.email, PRINCIPAL.email)
)
IN_FORCE_OF = PAIRS.where(IN_FORCE, col(Deputy.officer_id).in_(sa.bindparam("officers", expanding=True)))
IN_FORCE_ON = PAIRS.where(IN_FORCE, col(Deputy.unit).in_(sa.bindparam("units", expanding=True)))
IN_FORCE_BY = PAIRS.where(IN_FORCE, col(Deputy.deputy_id) == sa.bindparam("deputy"))
RECUSED = sa.select(col(Recusal.address)).where(col(Recusal.application_id) == sa.bindparam("application_id"))

#: A deputyship with for whom it is and who stands in.
InForce = tuple[Deputy, Officer, Officer]


def deputies_on(tx: Transaction, units: Iterable[str], now: dt.datetime) -> list[InForce]:
    """Return the deputyships in force for officers of ``units``."""
    found = tx.execute(IN_FORCE_ON, {"day": office_date(now), "units": list(units)})
    return [(one, officer, deputy) for one, officer, deputy in found]


def deputies_of(
    tx: Transaction, app: Application, officers: Iterable[Officer], now: dt.datetime
) -> list[tuple[Officer, Officer]]:
    """Return who is asked besides ``officers`` as (deputy, for whom), each mailbox once.

    Left out are those who are asked anyway, the applicant, and who has recused; deputies of deputies are not
    followed.
    """
    ids = {one.id: one for one in officers}
    if not ids:
        return []
    found = tx.execute(IN_FORCE_OF, {"day": office_date(now), "officers": list(ids)}).all()
    if not found:
        return []
    barred = set(tx.execute(RECUSED, {"application_id": app.id}).scalars())
    asked = {one.email for one in ids.values()}
    made: dict[str, tuple[Officer, Officer]] = {}
    for _, officer, deputy in found:
        if (asked | barred).isdisjoint(deputy.addresses) and not is_own(app, *deputy.addresses):
            made.setdefault(deputy.email, (deputy, officer))
    return list(made.values())


def said_of(pairs: list[tuple[Officer, Officer]]) -> dict[str, dict[str, str]]:
    """Return what letters say of (deputy, for whom), by the id of who gets the letter."""
    said = {deputy.id: {"deputy_for": whom.name} for deputy, whom in pairs}
    return {whom.id: {"deputies": deputy.name} for deputy, whom in pairs} | said


def stands_for(tx: Transaction, app: Application, task: Task, officer: Officer, now: dt.datetime) -> Officer | None:
    """Return for whom ``officer`` may act on ``task``; None: in their own right.

    Raises:
        OfficerReplaced: the officer is not listed any more.
        DeputyshipEnded: the officer stood in for somebody, and does not any more.
        DeputyBarred: whoever the officer stands in for may not decide on this application.

    """
    if officer.active and task.officer_id in (None, officer.id):
        return None
    if tx.exec(select(Deputy.id).where(Deputy.deputy_id == officer.id).limit(1)).first() is None:
        if officer.active:
            return None
        raise OfficerReplaced
    found = tx.execute(IN_FORCE_BY, {"day": office_date(now), "deputy": officer.id}).all()
    principals: list[Officer] = [one for _, one, _ in found if task.officer_id in (None, one.id)]
    if not principals:
        raise DeputyshipEnded
    recused = set(tx.execute(RECUSED, {"application_id": app.id}).scalars())
    may = [one for one in principals if recused.isdisjoint(one.addresses) and not is_own(app, *one.addresses)]
    if not may:
        raise DeputyBarred
    return may[0]
