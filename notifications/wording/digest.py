"""What a digest says of each task: what, how much, until when, and its own link."""

import datetime as dt
from typing import Any

from models.letter import Letter
from models.money import money
from models.policy import gives
from models.secrets import derive_token
from models.settings import Settings
from models.states import Purpose
from notifications.wording.catalogue import moment
from notifications.wording.lines import line
from notifications.wording.names import on


def tasks(letter: Letter, settings: Settings) -> dict[str, Any]:
    """Return the rows of a digest, in its language, those that are due first; nothing for any other letter."""
    rows = letter.facts.get("tasks")
    if letter.kind != "digest" or rows is None:
        return {}
    day = on(letter.facts["day"], letter.language)
    return {"tasks": [_task(row, letter, settings) for row in rows], "day": day}


def _task(row: dict[str, Any], letter: Letter, settings: Settings) -> dict[str, Any]:
    language = letter.language
    due = dt.datetime.fromisoformat(row["due"])
    token = derive_token(settings.secret_key, Purpose.DECIDE, row["link_nonce"])
    shown = {key: _said(row[key], language) for key in ("number", "title", "stage", "unit")}
    return shown | {
        "who": _said(row.get("lead") or row["applicant"], language),
        "what": _what(row, language),
        "due": moment(due, language),
        "late": due <= letter.written_at,
        "link": f"{settings.portal_url}/d/{token}",
    }


def _what(row: dict[str, Any], language: str) -> str:
    if "duty" in row:
        return ""
    total = money(row["asked_total"], language)
    return gives.asked_for(row["gives"], _said(row["option"], language), total, language)


def _said(value: Any, language: str) -> str:
    """Return a text, or a name in the reader's language, on one line without control characters."""
    return line(value[language] if isinstance(value, dict) else str(value))
