"""Bounces: reports of mail servers that a letter was not, or not yet, delivered (RFC 3464, and older habits)."""

import re
from dataclasses import dataclass
from email.message import Message

import flufl.bounce

from notifications.reading import DEFAULT_LIMITS, UnreadableMessage, headers, mime, read_head

#: Bytes in which a report is looked for: what follows is the letter that it gives back.
_REPORT = 500_000
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says."""

    #: Addresses that nothing reaches, lower case, in alphabetical order; empty where the report names none.
    failed: tuple[str, ...]
    #: Addresses that are tried again.
    delayed: tuple[str, ...]
    #: The enhanced status (RFC 3463) of the first recipient; empty where none is given.
    status: str = ""
    #: What the other server said, on one line.
    diagnostic: str = ""
    #: The Message-ID of the letter that is given back, with angle brackets; empty where none is.
    message_id: str = ""

    @property
    def final(self) -> bool:
        """True where somebody cannot be reached, not only not yet."""
        return bool(self.failed)


def bounce_in(raw: bytes) -> Bounce | None:
    """Return the report in the bytes of a message, None where it is none; never raises.

    A person who quotes a report in a reply has not made one: only a message that a machine made is looked at.
    """
    if read_head(raw).automatic is None:
        return None
    try:
        message = mime.parse(raw[:_REPORT], DEFAULT_LIMITS)
        delayed, failed = (_addresses(found) for found in flufl.bounce.all_failures(message))
        if not delayed and not failed and message.get_content_type() != "multipart/report":
            return None
        return Bounce(failed, delayed, *_said(message), _returned_id(message))
    except UnreadableMessage:
        return None
    except Exception:  # hostile mail finds faults in parsers
        return None


def _addresses(found: frozenset[bytes]) -> tuple[str, ...]:
    return tuple(sorted({address.decode("utf-8", "replace").lower() for address in found}))


def _said(message: Message) -> tuple[str, str]:
    """Return Status and Diagnostic-Code of the first recipient that has them (RFC 3464, 2.3)."""
    for part in message.walk():
        found = _STATUS.search(headers.first(part, "status"))
        if found:
            return found.group(), headers.first(part, "diagnostic-code")[:500]
    return "", ""


def _returned_id(message: Message) -> str:
    """Return the Message-ID of the enclosed letter, or of its headers alone (text/rfc822-headers)."""
    for part in message.walk():
        if part is not message and part.get_content_type() == "text/rfc822-headers":
            found = re.search(r"(?im)^message-id:\s*(<[^<>\s]{1,250}>)", mime.text_of(part))
            if found:
                return found.group(1)
        elif part is not message and (found_id := headers.message_id(part)):
            return found_id
    return ""
