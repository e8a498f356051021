"""One-time codes: above the policy's sum, a link alone is not enough to decide."""

import datetime as dt
import hmac
import unicodedata

from approvals import letters
from approvals.chain import record
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.errors import WrongCode
from models.event import EventKind
from models.officer import Officer
from models.policy import load_policy
from models.secrets import derive_code, new_nonce
from models.token import Token

LIFETIME = dt.timedelta(minutes=15)
MAX_TRIES = 5


def needed(app: Application) -> bool:
    """Return whether decisions on ``app`` by link need a code."""
    return app.asked_total > load_policy(app.policy).house_rules.one_time_code_above_yuan


def send(tx: Transaction, office: Office, app: Application, token: Token, officer: Officer, now: dt.datetime) -> None:
    """Write ``officer`` a fresh code for ``token``; an earlier code dies."""
    token.code_nonce, token.code_expires_at, token.code_tries = new_nonce(), now + LIFETIME, 0
    tx.add(token)
    record(tx, app, EventKind.CODE_SENT, now, officer=officer.email, task=token.task_id)
    letters.queue(
        tx,
        office,
        "code",
        f"code:{token.id}:{token.code_nonce}",
        (officer.email, officer.name, officer.language),
        letters.facts_of(app) | {"code_nonce": token.code_nonce, "minutes": 15},
        now,
        app.id,
    )


def check(tx: Transaction, office: Office, app: Application, token: Token, given: str, now: dt.datetime) -> None:
    """Raise WrongCode where a code is needed and ``given`` is not it; wrong tries are counted."""
    if not needed(app):
        return
    if token.code_nonce is None or token.code_expires_at is None or now >= token.code_expires_at:
        raise WrongCode
    token.code_tries += 1
    tx.add(token)
    # A Chinese keyboard writes full-width digits: they are the same code.
    typed = unicodedata.normalize("NFKC", given).strip().encode("utf-8", "replace")
    right = hmac.compare_digest(derive_code(office.key, token.code_nonce).encode(), typed)
    if token.code_tries > MAX_TRIES or not right:
        raise WrongCode
