"""Issue tokens, and find the row of one that was presented."""

import datetime as dt
import hmac

from approvals.editions import policy_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.columns import new_id
from models.officer import Officer
from models.secrets import derive_token, locator, new_nonce, token_hash
from models.stage import Stage
from models.states import Purpose
from models.task import Task
from models.token import Token

#: An applicant may look at the status for years: auditors do, too.
STATUS_DAYS = 3660


def for_task(
    tx: Transaction,
    office: Office,
    purpose: Purpose,
    app: Application,
    stage: Stage,
    task: Task,
    officer: Officer,
    now: dt.datetime,
) -> str:
    """Issue a token by which ``officer`` can answer ``task``; return its nonce."""
    days = policy_of(tx, app).house_rules.token_days_after_due
    expires = max(stage.due_at, now) + dt.timedelta(days=days)
    return _issue(tx, office, purpose, app, now, expires, task_id=task.id, officer_id=officer.id)


def to_read(tx: Transaction, office: Office, app: Application, stage: Stage, officer: Officer, now: dt.datetime) -> str:
    """Issue a token that shows ``officer`` the file of ``app`` and can do nothing; return its nonce."""
    days = policy_of(tx, app).house_rules.token_days_after_due
    expires = max(stage.due_at, now) + dt.timedelta(days=days)
    return _issue(tx, office, Purpose.READ, app, now, expires, officer_id=officer.id)


def for_applicant(tx: Transaction, office: Office, purpose: Purpose, app: Application, now: dt.datetime) -> str:
    """Issue a token by which the applicant can see or amend ``app``; return its nonce."""
    expires = amend_until(tx, app, now) if purpose is Purpose.AMEND else now + dt.timedelta(days=STATUS_DAYS)
    return _issue(tx, office, purpose, app, now, expires)


def amend_until(tx: Transaction, app: Application, now: dt.datetime) -> dt.datetime:
    """Return until when an application that is returned ``now`` may be amended."""
    return now + dt.timedelta(days=policy_of(tx, app).house_rules.amend_days)


def _issue(
    tx: Transaction,
    office: Office,
    purpose: Purpose,
    app: Application,
    now: dt.datetime,
    expires: dt.datetime,
    **bound_to: str,
) -> str:
    nonce = new_nonce()
    secret = derive_token(office.key, purpose, nonce)
    tx.insert(
        Token,
        id=new_id(),
        application_id=app.id,
        purpose=purpose,
        round=app.round,
        content_hash=app.content_hash,
        nonce=nonce,
        locator=locator(secret),
        hash=token_hash(secret),
        issued_at=now,
        expires_at=expires,
        **bound_to,
    )
    return nonce


def matches(token: Token, presented: str) -> bool:
    """Return whether ``presented`` is the whole secret of ``token``, in constant time."""
    return hmac.compare_digest(token.hash, token_hash(presented))
