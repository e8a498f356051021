"""What a domain says of its mail: whether a signature must be of the very same domain (RFC 7489, section 6.3)."""

import re

from notifications.authentic.domains import organisation_of
from notifications.authentic.lookup import Lookup


def is_strict(domain: str, lookup: Lookup) -> bool:
    """Tell whether ``domain`` asks for strict alignment of DKIM (``adkim=s``).

    Raises:
        Unreachable: the name server gave no answer.

    """
    record = _record(domain, lookup)
    organisation = organisation_of(domain)
    if record is None and organisation not in (None, domain):
        record = _record(str(organisation), lookup)
    return record is not None and re.search(r";\s*adkim\s*=\s*s\s*(?:;|$)", record, re.IGNORECASE) is not None


def _record(domain: str, lookup: Lookup) -> str | None:
    """Return the one DMARC record of a domain; several are none (6.6.3)."""
    found = [text for text in lookup.texts(f"_dmarc.{domain}") if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text)]
    return found[0] if len(found) == 1 else None
