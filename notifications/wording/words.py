"""Words: what a letter says about its facts, in one language. Text and HTML are filled from the same words."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from approvals.morning.digests import SEVERAL
from models.letter import Letter
from models.secrets import derive_code, derive_token
from models.settings import Settings
from models.states import Purpose
from notifications.reading import END_LINE, REPLY_LINE
from notifications.wording import digest, grants, otherwise, review
from notifications.wording.lines import clean, line
from notifications.wording.rows import rows

#: The nonce in a letter's facts -> the purpose of its token, and the page that takes it.
DOORS: dict[str, tuple[str, str]] = {
    "link_nonce": (Purpose.DECIDE, "d"),
    "status_nonce": (Purpose.STATUS, "s"),
    "amend_nonce": (Purpose.AMEND, "a"),
    "read_nonce": (Purpose.READ, "r"),
    "several_nonce": (SEVERAL, "m"),
}
#: What the one button of a letter opens: the first of these that it has.
BUTTONS = ("link", "several", "amend", "status", "read", "page")
#: What every letter may leave out.
ABSENT: dict[str, Any] = {
    "why": None,
    "amend_until": None,
    "link": None,
    "status": None,
    "amend": None,
    "read": None,
    "page": None,
    "several": None,
    "tasks": (),
    "count": 0,
    "reply": None,
    "opinion": "",
    "instead": None,
    "also_asked": None,
    "passed_on": False,
    "early": False,
    "superior": None,
    "told": (),
    "late": None,
    "moved": None,
    "lent_back": None,
    "straight_back": False,
    "counts": True,
    "ended_as": None,
    "gives": "money",
    "fixes_award": False,
    "left": None,
    "overlaps": (),
    "findings": (),
    "budgets": (),
    "duty": None,
    "release": None,
    "objection": None,
    "notice_days": None,
    "shown": False,
    "upheld": False,
    "targets": (),
    "deputy_for": None,
    "deputies": None,
    "overrides": (),
    "reopened": False,
    "returned_by": None,
    "returned_why": "",
    "dissent": (),
    "dossier": None,
}


def words_of(letter: Letter, settings: Settings) -> dict[str, Any]:
    """Return everything that the templates of ``letter`` may say, cleaned and in its language."""
    said = {
        key: value if key in review.ATTACHED else _in(letter.language, value)
        for key, value in letter.facts.items()
        if not key.endswith("_nonce")
    }
    said |= {"opinion": clean(letter.facts.get("opinion", ""))}
    said |= {"past": "due" in said and dt.datetime.fromisoformat(said["due"]) <= letter.written_at}
    said |= {"addressee": line(letter.addressee), "language": letter.language, "mail_domain": settings.mail_domain}
    said |= doors(letter, settings) | digest.tasks(letter, settings)
    words = grants.phrases(ABSENT | said)
    opens = next((words[key] for key in BUTTONS if words[key]), None)
    return words | {"rows": rows(words), "end": otherwise.end(words), "opens": opens}


def doors(letter: Letter, settings: Settings) -> dict[str, str]:
    """Return the links, the reply address and the code of ``letter``: made anew from its nonces each time."""
    key, facts = settings.secret_key, letter.facts
    made = {
        nonce.removesuffix("_nonce"): f"{settings.portal_url}/{page}/{derive_token(key, purpose, facts[nonce])}"
        for nonce, (purpose, page) in DOORS.items()
        if facts.get(nonce)
    }
    if facts.get("reply_nonce"):
        token = derive_token(key, Purpose.REPLY, facts["reply_nonce"])
        made |= {"reply": f"reply+{token}@{settings.mail_domain}", "reply_line": REPLY_LINE, "end_line": END_LINE}
    if facts.get("code_nonce"):
        made["code"] = derive_code(key, facts["code_nonce"])
    return made


def _in(language: str, value: Any) -> Any:
    """Return ``value`` with every bilingual name in ``language`` and every text on one line."""
    if isinstance(value, str):
        return line(value)
    if isinstance(value, list):
        return [_in(language, item) for item in value]
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            return line(value[language])
        return {key: _in(language, item) for key, item in value.items()}
    return value
