"""Give an application back to its applicant, or end it, and tell whoever has to know."""

import datetime as dt
from typing import Any

from approvals import asking, determination, letters, tokens
from approvals.chain import record, stamp
from approvals.money import paying
from approvals.notice import notice_stage
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.road.route import from_json
from models.road.walk import Walk
from models.states import ApplicationKind, ApplicationState, Level, Purpose


def give_back(
    tx: Transaction, office: Office, app: Application, now: dt.datetime, *, straight_back: bool = False, **said: Any
) -> None:
    """Return the application to its applicant, with the opinion and a link to send an amended file."""
    app.state, app.position = ApplicationState.RETURNED, None
    app.walk = Walk(again=not straight_back).to_json()
    determination.went_back(tx, app, now)
    notice_stage.left(tx, office, app, now)
    record(tx, app, EventKind.RETURNED, now, round=app.round, straight_back=straight_back, **said)
    nonce = tokens.for_applicant(tx, office, Purpose.AMEND, app, now)
    until = stamp(tokens.amend_until(tx, app, now))
    link = {"amend_nonce": nonce, "amend_until": until}
    letters.tell_applicant(tx, office, app, "returned", now, straight_back=straight_back, **link, **said)


def end(
    tx: Transaction, office: Office, app: Application, state: ApplicationState, now: dt.datetime, **said: Any
) -> None:
    """End the application and tell the applicant; the units of a duty or a release are told too."""
    app.state, app.position, app.ended_at = state, None, now
    if app.kind is ApplicationKind.CLAIM:
        determination.ended(tx, app, now)
        notice_stage.left(tx, office, app, now)
    elif app.kind is ApplicationKind.RELEASE and state is ApplicationState.ACCOMPLISHED:
        paying.pay(tx, app, now)
    award = {level.value: getattr(app, f"award_{level.value}") for level in Level}
    facts: dict[str, Any] = {"award": award} if state is ApplicationState.AWARDED else {}
    record(tx, app, EventKind(state.value), now, **said, **facts)
    letters.tell_applicant(tx, office, app, "concluded", now, state=state.value, **said, **facts)
    if state is ApplicationState.ACCOMPLISHED:
        _tell_reporters(tx, office, app, now, state=state.value, **said)


def _tell_reporters(tx: Transaction, office: Office, app: Application, now: dt.datetime, **said: Any) -> None:
    """Tell every unit that reported on a duty, or agreed to a release, that it came to its end."""
    facts = letters.facts_of(tx, app) | said
    for unit, officers in asking.officers_of(tx, from_json(app.route)[0].units).items():
        for officer in officers:
            key = f"concluded:{app.id}:{unit}:{officer.id}"
            to = (officer.email, officer.name, officer.language)
            letters.queue(tx, office, "concluded", key, to, facts, now, app.id)
