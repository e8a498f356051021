"""Words of a sender that our own mail server repeats in Authentication-Results, and that could be read as its own.

Servers write the envelope sender, the HELO name and the identity of a signature into the header; not all of them quote
them. ``MAIL FROM:<"a); dmarc=pass header.from=zj.example ("@evil.example>`` then says something that no server said.
"""

import re

from notifications.authentic.fields import Fields, unfolded

#: What stands in an address or a host's name as people have them; other letters are harmless, these marks are not.
_MARKS = re.compile(r"[\s()<>;\"\\,]")
_HELO = re.compile(r"\s*from\s+(.*?)\s+(?:\(|by\s)", re.IGNORECASE)
_IDENTITY = re.compile(r"(?:^|;)\s*i\s*=\s*([^;]*)")
#: Characters of a field that are looked at.
LONGEST = 1_000


def planted(fields: Fields) -> str:
    """Return which word of the sender could be read as a result; empty where none could."""
    for value in fields.named("return-path"):
        if _MARKS.search(unfolded(value)[:LONGEST].strip().removeprefix("<").removesuffix(">")):
            return "the envelope sender"
    for value in fields.named("received")[:1]:
        helo = _HELO.match(" ".join(unfolded(value)[:LONGEST].split()))
        if helo and _MARKS.search(helo.group(1)):
            return "the name that the other server gave"
    for value in fields.named("dkim-signature")[:20]:
        found = _IDENTITY.search(unfolded(value)[:LONGEST])
        if found and re.search(r"[()<>\"\\,]", found.group(1)):
            return "the identity of a signature"
    return ""
