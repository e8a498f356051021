"""Wake-ups: an application whose version is ahead of what its run shows has one waiting (docs/adr/0003)."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import col, func, select, update

from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application
from models.states import ApplicationState


@dataclass(frozen=True)
class Wake:
    """One run to be woken, or to be made where there is none."""

    application_id: str
    number: str
    run_id: str | None
    #: How many runs were made already.
    runs: int
    version: int
    #: Where it comes from: the applicant's place, or the lead of a duty.
    place_zh: str


def due(tx: Transaction, now: dt.datetime, limit: int = 50) -> list[Wake]:
    """Return the wake-ups whose time has come, the longest waiting first."""
    rows = tx.exec(
        select(Application)
        .where(Application.version > Application.shown_version, Application.wake_at <= now)
        .order_by(col(Application.wake_at))
        .limit(limit)
    )
    return [_wake(tx, app) for app in rows]


def waiting(tx: Transaction) -> tuple[int, dt.datetime | None]:
    """Return how many runs do not show the newest version yet, and when the first of them is, or was, to be woken."""
    counted = select(func.count(), func.min(Application.wake_at)).where(Application.version > Application.shown_version)
    count, oldest = tx.exec(counted).one()
    return int(count), oldest


def live(tx: Transaction) -> list[Wake]:
    """Return every application that has not ended: the sweep looks whether its run waits or moves."""
    ended = [state for state in ApplicationState if state.ended]
    return [_wake(tx, app) for app in tx.exec(select(Application).where(col(Application.state).not_in(ended)))]


def _wake(tx: Transaction, app: Application) -> Wake:
    where = policy_of(tx, app).place(app.county).name("zh") if app.county else app.applicant
    return Wake(app.id, app.number, app.run_id, app.runs, app.version, where)


def defer(tx: Transaction, application_id: str, until: dt.datetime) -> None:
    """Do not wake the run again before ``until``: it was woken just now, or Prefect did not take it."""
    tx.execute(update(Application).where(col(Application.id) == application_id).values(wake_at=until))


def mark_shown(tx: Transaction, application_id: str, version: int, run_id: str) -> None:
    """Record that the application's own run ``run_id`` shows ``version``."""
    tx.execute(
        update(Application)
        .where(
            col(Application.id) == application_id,
            col(Application.run_id) == run_id,
            col(Application.shown_version) < version,
        )
        .values(shown_version=version)
    )


def adopt_run(tx: Transaction, application_id: str, run_id: str, now: dt.datetime) -> None:
    """Make ``run_id`` the application's run: it has shown nothing yet."""
    app = tx.exec(select(Application).where(Application.id == application_id).with_for_update()).one()
    if app.run_id == run_id:
        return
    app.run_id, app.runs, app.shown_version, app.wake_at = run_id, app.runs + 1, 0, now


def forget_run(tx: Transaction, application_id: str, run_id: str, now: dt.datetime) -> bool:
    """Forget a run that is gone (cancelled, deleted): the waker makes the next.

    Returns False, and changes nothing, where somebody else did so already or the run has shown the
    application's end: whoever asks may have read the tables before that.
    """
    app = tx.exec(select(Application).where(Application.id == application_id).with_for_update()).one()
    if app.run_id != run_id or (app.state.ended and app.shown_version >= app.version):
        return False
    app.run_id, app.shown_version, app.wake_at = None, 0, now
    return True
