"""Issue tokens, and find the row of one that was presented."""

import datetime as dt
import hmac

from approvals.office import Office
from models.application import Application
from models.officer import Officer
from models.policy import load_policy
from models.secrets import derive_token, locator, new_nonce, token_hash
from models.stage import Stage
from models.states import Purpose
from models.task import Task
from models.token import Token

#: An applicant may look at the status for years: auditors do, too.
STATUS_DAYS = 3660


def for_task(
    office: Office, purpose: Purpose, app: Application, stage: Stage, task: Task, officer: Officer, now: dt.datetime
) -> Token:
    """Return a new token by which ``officer`` can answer ``task``; the caller adds it."""
    days = load_policy(app.policy).house_rules.token_days_after_due
    expires = max(stage.due_at, now) + dt.timedelta(days=days)
    token = _new(office, purpose, app, now, expires)
    token.task_id, token.officer_id = task.id, officer.id
    return token


def for_applicant(office: Office, purpose: Purpose, app: Application, now: dt.datetime) -> Token:
    """Return a new token by which the applicant can see or amend ``app``; the caller adds it."""
    return _new(office, purpose, app, now, now + dt.timedelta(days=STATUS_DAYS))


def _new(office: Office, purpose: Purpose, app: Application, now: dt.datetime, expires: dt.datetime) -> Token:
    nonce = new_nonce()
    secret = derive_token(office.key, purpose, nonce)
    return Token(
        application_id=app.id,
        purpose=purpose,
        round=app.round,
        content_hash=app.content_hash,
        nonce=nonce,
        locator=locator(secret),
        hash=token_hash(secret),
        issued_at=now,
        expires_at=expires,
    )


def matches(token: Token, presented: str) -> bool:
    """Return whether ``presented`` is the whole secret of ``token``, in constant time."""
    return hmac.compare_digest(token.hash, token_hash(presented))
