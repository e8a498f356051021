"""Words of a sender that our own mail server repeats in Authentication-Results, and that could be read as its own.

Servers write the envelope sender, the HELO name, and identity, domain and selector of a signature into the header; not
all of them quote them. ``MAIL FROM:<"a); dmarc=pass header.from=zj.example ("@evil.example>`` then says something that
no server said, and so does ``d=zj.example(.evil.example; s=a)``: all behind the bracket is a comment.
"""

import re
from collections.abc import Iterable

from notifications.authentic.fields import Fields, unfolded

#: What stands in an address or a host's name as people have them; other letters are harmless, these marks are not.
_MARKS = re.compile(r"[\s()<>;\"\\,]")
_HELO = re.compile(r"\s*from\s+(.*?)\s+(?:\(|by\s)", re.IGNORECASE)
#: In every field that signs; of a domain or a selector there is nothing else (RFC 6376, 3.5).
_SIGNING = ("dkim-signature", "arc-seal", "arc-message-signature")
_TAG = re.compile(r"(?:^|;)\s*([ids])\s*=\s*([^;]*)")
_NAME = re.compile(r"[A-Za-z0-9._-]*")
#: Characters of a field that are looked at for a return path and a name.
LONGEST = 1_000


def planted(fields: Fields, hops: Iterable[str]) -> str:
    """Return which word of the sender could be read as a result; empty where none could.

    ``hops``: the unfolded Received fields that our own servers wrote.
    """
    for value in fields.named("return-path"):
        if _MARKS.search(unfolded(value)[:LONGEST].strip().removeprefix("<").removesuffix(">")):
            return "the envelope sender"
    for hop in hops:
        helo = _HELO.match(" ".join(hop[:LONGEST].split()))
        if helo and _MARKS.search(helo.group(1)):
            return "the name that the other server gave"
    for name in _SIGNING:
        for value in fields.named(name):
            if _is_marked(unfolded(value)):
                return "a signature"
    return ""


def _is_marked(signature: str) -> bool:
    """Tell whether a signature says of itself what could be read as a result; all of it is looked at."""
    for name, value in _TAG.findall(signature):
        if name == "i" and re.search(r"[()<>\"\\,]", value):
            return True
        if name in "ds" and not _NAME.fullmatch(value.strip()):
            return True
    return False
