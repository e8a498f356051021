"""Which list and which thread a letter belongs to, as mail programs want it said.

Sources: RFC 2919 (List-Id), RFC 5322, 3.6.4 (In-Reply-To, References), MS-OXOMSG 2.2.1.3 (the conversation index,
which Outlook and Exchange go by, in Thread-Index) and MS-OXCMAIL (Thread-Topic). See docs/adr/0025.
"""

import base64
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.letter import Letter
from models.panel.seats import on_panel

#: Where the clock of Windows begins; it counts tenths of microseconds.
_FILETIME = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Thread:
    """One application's letters."""

    #: The Message-ID, without brackets, of a letter that was never sent: what all of them refer to.
    root: str
    topic: str
    #: 22 bytes in base64.
    index: str


def thread_of(letter: Letter, said: Mapping[str, Any], domain: str) -> Thread | None:
    """Return the thread of ``letter``; None where it is about no single application."""
    if not letter.application_id:
        return None
    topic = " · ".join(part for part in (said.get("title"), said.get("number")) if part)
    return Thread(f"{letter.application_id}@{domain}", topic, _index(letter.application_id, letter.written_at))


def _index(application_id: str, at: dt.datetime) -> str:
    """Return a header block: 0x01, five bytes of the time, and the application's id as the conversation's GUID."""
    ticks = (at - _FILETIME) // dt.timedelta(microseconds=1) * 10
    guid = bytes.fromhex(application_id) if re.fullmatch(r"[0-9a-f]{32}", application_id) else bytes(16)
    return base64.b64encode(b"\x01" + ticks.to_bytes(8)[1:6] + guid).decode()


def list_of(letter: Letter, said: Mapping[str, Any], domain: str) -> tuple[str, str]:
    """Return name and identifier of the list: ``kjt.zhejiang-ai-2025.<domain>``, so that readers can sort by it."""
    unit, policy = str(letter.facts.get("unit_key", "")), str(letter.facts.get("policy", ""))
    unit = "experts" if on_panel(unit) else unit
    labels = [label for label in (_label(unit), _label(policy)) if label]
    name = said.get("unit") if unit and labels else None
    return f"联动 Liandong{f' · {name}' if name else ''}", ".".join([*(labels or ["letters"]), domain])


def _label(word: str) -> str:
    """Return ``word`` as one label of a domain name: ``@county:330110`` is ``county-330110``."""
    return re.sub(r"[^a-z0-9]+", "-", word.lower())[:60].strip("-")
