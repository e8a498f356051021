"""Who a message says it is from, and its files as bytes: they are kept as they came and opened by nobody here."""

from email.message import Message
from email.utils import getaddresses
from typing import NamedTuple

from notifications.reading import headers, mime
from notifications.reading.limits import DEFAULT_LIMITS, Limits, UnreadableMessage


class Attached(NamedTuple):
    """One file of a message."""

    name: str
    #: What the message calls its type.
    type: str
    content: bytes


def attached(raw: bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[str, list[Attached]]:
    """Return the name beside the sender's address, and the files in their order.

    Raises UnreadableMessage, and nothing else, for a message beyond the limits.
    """
    try:
        message = mime.parse(raw, limits)
        parts = mime.file_parts(message)
        return _name(message), [Attached(_file_name(p), p.get_content_type(), mime.payload(p)) for p in parts]
    except UnreadableMessage:
        raise
    except Exception as error:  # hostile mail finds faults in parsers: they must not stop the others' mail
        raise UnreadableMessage(f"The message cannot be read ({type(error).__name__}).") from error


def _name(message: Message) -> str:
    """The display name of the first From header, its encoded words decoded."""
    named = getaddresses([headers.first(message, "from")])
    return headers.decoded(named[0][0]) if named else ""


def _file_name(part: Message) -> str:
    try:
        return headers.decoded(part.get_filename() or "")
    except Exception:  # a name that cannot be read is none
        return ""
