"""Decide several: what the link of a digest opens, read without a lock; and the one code for all that want one.

Each task is then decided by `approvals.decide.decide`, as from its own page.
"""

import datetime as dt
import hmac
from dataclasses import dataclass

from sqlmodel import select

from approvals import codes, letters
from approvals.asked import Asked, check, find
from approvals.decide import answers_taken
from approvals.editions import policy_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.digest import Digest
from models.errors import AlreadyDecided, ExpiredToken, LiandongError, UnknownToken, WrongState
from models.money import Fen
from models.officer import Officer
from models.policy.data import Bilingual
from models.policy.notice_rules import PUBLIC_NOTICE
from models.secrets import derive_token, locator, token_hash
from models.states import Channel, Outcome, Purpose

#: What is answered on a page of its own: a report and its figures, a score, an objection.
OWN_PAGE = frozenset({"report", "accept", "expert_panel", PUBLIC_NOTICE})
#: The outcomes that a list offers; the rest has its own page.
OFFERED = (Outcome.APPROVE, Outcome.REFUSE, Outcome.RETURN)


@dataclass(frozen=True)
class Line:
    """One task of the list."""

    #: The officer's own link to it.
    token: str
    number: str
    title: Bilingual
    applicant: str
    gives: str
    option: Bilingual
    asked_total: Fen
    is_duty: bool
    stage: Bilingual
    unit: Bilingual
    due_at: dt.datetime
    #: What may be answered here; empty where it is answered on its own page, or not at all any more.
    outcomes: tuple[Outcome, ...]
    code_needed: bool
    #: Why it cannot be answered (any more).
    error: LiandongError | None

    @property
    def decided(self) -> bool:
        """True where somebody has decided it."""
        return isinstance(self.error, AlreadyDecided)


@dataclass(frozen=True)
class SeveralPage:
    """What the link of a digest shows."""

    officer: str
    email: str
    language: str
    day: dt.date
    lines: tuple[Line, ...]
    #: End of the code that was sent last; None where none is good now.
    code_until: dt.datetime | None

    @property
    def code_needed(self) -> bool:
        """True where a task that can be answered here needs a code."""
        return any(line.code_needed and line.outcomes for line in self.lines)


def several_page(tx: Transaction, office: Office, presented: str, now: dt.datetime) -> SeveralPage:
    """Return what the link ``presented`` shows; nothing is locked or changed.

    Raises:
        UnknownToken: altered, cut, or for another door.
        ExpiredToken: the next morning has come.

    """
    digest, officer = _open(tx, presented, now)
    found = [(token, _found(tx, token)) for token in _links(office, digest)]
    until = max((asked.token.code_expires_at or now for _, asked in found), default=now)
    return SeveralPage(
        officer=officer.name,
        email=officer.email,
        language=officer.language,
        day=digest.day,
        lines=tuple(_line(tx, token, asked, now) for token, asked in found),
        code_until=until if until > now else None,
    )


def send_code(tx: Transaction, office: Office, presented: str, now: dt.datetime) -> None:
    """Write the officer one code that is good for every task of the list that needs one.

    Raises:
        LiandongError: the link is not good, no task needs a code, or one was sent a moment ago.

    """
    digest, officer = _open(tx, presented, now)
    links = {_found(tx, token).app.id + token: token for token in _links(office, digest)}
    wanted: list[Asked] = []
    for _, token in sorted(links.items()):  # whoever locks several applications does so in this order
        asked = find(tx, token)
        if asked is not None and codes.needed(tx, asked.app) and _why_not(tx, asked, token, now) is None:
            wanted.append(asked)
    if not wanted:
        raise WrongState("这些件都无需验证码。", "None of these needs a code.")
    nonce = codes.renew(tx, [(asked.app, asked.token) for asked in wanted], officer, now)
    to = (officer.email, officer.name, officer.language)
    facts = {"code_nonce": nonce, "minutes": codes.MINUTES, "count": len(wanted)}
    letters.queue(tx, office, "code", f"code:{digest.id}:{nonce}", to, facts, now)


def _open(tx: Transaction, presented: str, now: dt.datetime) -> tuple[Digest, Officer]:
    row = tx.exec(
        select(Digest, Officer).where(Officer.id == Digest.officer_id, Digest.locator == locator(presented))
    ).first()
    if row is None or not hmac.compare_digest(row[0].hash, token_hash(presented)):
        raise UnknownToken
    digest, officer = row
    if now >= digest.expires_at:
        raise ExpiredToken(
            "此链接已过期；请使用下一封每日来函。", "This link has expired; use the next morning's letter."
        )
    return digest, officer


def _links(office: Office, digest: Digest) -> list[str]:
    return [derive_token(office.key, Purpose.DECIDE, nonce) for nonce in digest.nonces]


def _found(tx: Transaction, token: str) -> Asked:
    asked = find(tx, token, lock=False)
    assert asked is not None
    return asked


def _line(tx: Transaction, token: str, asked: Asked, now: dt.datetime) -> Line:
    app, policy = asked.app, policy_of(tx, asked.app)
    known = letters.facts_of(tx, app)
    title = known["title"]
    error = _why_not(tx, asked, token, now)
    own_page = asked.planned.act in OWN_PAGE or error is not None
    return Line(
        token=token,
        number=app.number,
        title=Bilingual(**title) if isinstance(title, dict) else Bilingual(zh=title, en=title),
        applicant=app.applicant,
        gives=known.get("gives", "money"),
        option=Bilingual(**known.get("option", {"zh": "", "en": ""})),
        asked_total=app.asked_total,
        is_duty="duty" in known,
        stage=Bilingual(zh=asked.planned.name_zh, en=asked.planned.name_en),
        unit=policy.unit_name(asked.task.unit),
        due_at=asked.stage.due_at,
        outcomes=() if own_page else tuple(one for one in OFFERED if one in answers_taken(asked)),
        code_needed=codes.needed(tx, app),
        error=error,
    )


def _why_not(tx: Transaction, asked: Asked, token: str, now: dt.datetime) -> LiandongError | None:
    try:
        check(tx, asked, token, Channel.LINK, now)
    except LiandongError as error:
        return error
    return None
