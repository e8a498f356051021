"""One-time codes: above the policy's sum, a link alone is not enough to decide."""

import datetime as dt
import hmac
import unicodedata

from sqlmodel import col, select

from approvals import letters
from approvals.chain import record
from approvals.editions import policy_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.errors import WrongCode, WrongState
from models.event import Event, EventKind
from models.officer import Officer
from models.secrets import derive_code, new_nonce
from models.token import Token

MINUTES = 15
LIFETIME = dt.timedelta(minutes=MINUTES)
#: A second code is not written before the first is this old.
PAUSE = dt.timedelta(seconds=60)
#: Wrong tries, after which a code is dead.
MAX_TRIES = 5
#: Codes for one officer and task within MAX_CODES_TIME: with MAX_TRIES each, 50 guesses at a million.
MAX_CODES = 10
MAX_CODES_TIME = dt.timedelta(hours=24)


def needed(tx: Transaction, app: Application) -> bool:
    """Return whether decisions on ``app`` by link need a code."""
    return app.asked_total > policy_of(tx, app).house_rules.one_time_code_above


def send(tx: Transaction, office: Office, app: Application, token: Token, officer: Officer, now: dt.datetime) -> None:
    """Write ``officer`` a fresh code for ``token``; an earlier code dies.

    Raises:
        WrongState: one was sent a moment ago, or as many as may be sent within a day were.

    """
    nonce = renew(tx, [(app, token)], officer, now)
    letters.queue(
        tx,
        office,
        "code",
        f"code:{token.id}:{nonce}",
        (officer.email, officer.name, officer.language),
        letters.facts_of(tx, app) | {"code_nonce": nonce, "minutes": MINUTES},
        now,
        app.id,
    )


def renew(tx: Transaction, held: list[tuple[Application, Token]], officer: Officer, now: dt.datetime) -> str:
    """Give all tokens of ``officer`` in ``held`` one fresh code, and return its nonce; earlier codes die.

    Raises:
        WrongState: one was sent a moment ago, or as many as may be sent within a day were.

    """
    if any(token.code_expires_at is not None and now < token.code_expires_at - LIFETIME + PAUSE for _, token in held):
        raise WrongState(
            "验证码刚刚发出；请查收邮件，一分钟后可重新获取。",
            "A code was sent a moment ago; look into your mailbox, and ask again after a minute.",
        )
    if any(_sent(tx, app, token, officer, now) >= MAX_CODES for app, token in held):
        raise WrongState(
            f"24 小时内至多发送 {MAX_CODES} 个验证码，现已用完；请稍后再试，或直接回复来信作出决定。",
            f"At most {MAX_CODES} codes are sent within 24 hours, and all were; try again later, or answer the letter"
            " by a reply.",
        )
    nonce, tries = new_nonce(), max(1, MAX_TRIES // len(held))  # one code for many is not guessed at more often
    for app, token in held:
        token.code_nonce, token.code_expires_at, token.code_tries = nonce, now + LIFETIME, MAX_TRIES - tries
        tx.add(token)
        record(tx, app, EventKind.CODE_SENT, now, officer=officer.email, task=token.task_id)
    return nonce


def _sent(tx: Transaction, app: Application, token: Token, officer: Officer, now: dt.datetime) -> int:
    """Return how many codes ``officer`` was sent lately for the task of ``token``, by whichever letter."""
    lately = tx.exec(
        select(Event.payload).where(
            Event.application_id == app.id, Event.kind == EventKind.CODE_SENT, col(Event.at) > now - MAX_CODES_TIME
        )
    )
    return sum(said["task"] == token.task_id and said["officer"] == officer.email for said in lately)


def check(tx: Transaction, office: Office, app: Application, token: Token, given: str, now: dt.datetime) -> None:
    """Raise WrongCode where a code is needed and ``given`` is not it; wrong tries are counted."""
    if not needed(tx, app):
        return
    if token.code_nonce is None or token.code_expires_at is None or now >= token.code_expires_at:
        raise WrongCode
    if token.code_tries >= MAX_TRIES:
        raise WrongCode
    # A Chinese keyboard writes full-width digits: they are the same code.
    typed = unicodedata.normalize("NFKC", given).strip().encode("utf-8", "replace")
    right = hmac.compare_digest(derive_code(office.key, token.code_nonce).encode(), typed)
    if not right:
        token.code_tries += 1
        tx.add(token)
        raise WrongCode
