"""The return path of each of our letters: where mail servers report that it could not be delivered (RFC 5321, 4.4).

The address names its letter, so that a report is understood although it quotes nothing of the letter, and it
carries a mark that only we can make, so that nobody can report on letters of others.
"""

import hmac
import re

from models.secrets import derive_token
from models.settings import Settings

#: 100 bits of the mark; with the letter's id the local part has 60 of the 64 characters it may have.
MARK = 20
_LOCAL = re.compile(r"bounce\+([0-9a-f]{32})\.([a-z2-7]{20})")


def bounce_address(settings: Settings, letter_id: str) -> str:
    """Return the return path of the letter ``letter_id``: ``bounce+<id>.<mark>@<mail_domain>``."""
    return f"bounce+{letter_id}.{_mark(settings, letter_id)}@{settings.mail_domain}"


def letter_of(settings: Settings, address: str) -> str | None:
    """Return the id of the letter whose return path ``address`` is; None where it is none that we made."""
    local, _, domain = address.strip().lower().rpartition("@")
    found = _LOCAL.fullmatch(local)
    if found is None or domain != settings.mail_domain.lower():
        return None
    letter_id, mark = found.groups()
    return letter_id if hmac.compare_digest(mark, _mark(settings, letter_id)) else None


def _mark(settings: Settings, letter_id: str) -> str:
    return derive_token(settings.secret_key, "bounce", letter_id)[:MARK]
