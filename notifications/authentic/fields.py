"""The header fields of a message, as the program that checks signatures sees them.

Two parsers that see different headers are how a signature over one message is used for another: a bare CR, for
one, ends a line for Python's parser and not for dkimpy. Where the two differ, nothing in the message is believed.
"""

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from functools import cached_property
from typing import Self

import dkim

from notifications.authentic.mailbox import is_plain
from notifications.authentic.shape import shaped
from notifications.reading import read_head

#: Bytes of the header; a message with more names nobody.
LONGEST = 200_000
MOST = 1_000
#: Fields that a message has at most once (RFC 5322, 3.6, and RFC 2045): those that say who, to whom and what.
ONCE = (
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
)
_END = re.compile(rb"\r?\n\r?\n")
_BARE_CR = re.compile(rb"\r(?!\n)")
#: The line that a file of messages puts above each. Elsewhere it is no field for dkimpy, and ends the header for
#: Python: what stands on it is signed by nobody, and would be the first line of the text. With a colon it is From.
_ENVELOPE = re.compile(rb"\nFrom |\AFrom +:")
#: Sharp s, final sigma, and the two joiners.
_DEVIANT = frozenset("\u00df\u1e9e\u03c2\u200c\u200d")


class FaultyHeader(Exception):
    """The header cannot be believed; the sentence says why."""


@dataclass(frozen=True)
class Fields:
    """Name in lower case and raw value of every field, the topmost first."""

    all: tuple[tuple[str, bytes], ...]
    #: Lower case, of From; the only one.
    sender: str
    #: False where only the Content-Type says how the text is cut into parts.
    shaped: bool = True

    @classmethod
    def of(cls, raw: bytes) -> Self:
        """Read the header of a message.

        Raises:
            FaultyHeader: it can be read in two ways, or says who sent it not exactly once.

        """
        head, *body = _END.split(raw[:LONGEST], maxsplit=1)
        if len(head) >= LONGEST:
            raise FaultyHeader(f"the header has more than {LONGEST} bytes")
        if _BARE_CR.search(head) or b"\0" in head:
            raise FaultyHeader("the header has a bare CR or a NUL: two programs would read two messages")
        if _ENVELOPE.search(head):
            raise FaultyHeader("the header has a line that is no field and begins with From")
        found = _parsed(head + b"\r\n\r\n")
        if more := [name for name in ONCE if sum(name == one for one, _ in found) > 1]:
            raise FaultyHeader(f"the message has more than one {more[0]} field")
        senders = read_head(raw).from_addresses
        if len(senders) != 1 or not any(name == "from" for name, _ in found):
            raise FaultyHeader(f"From names {len(senders)} addresses")
        if not is_plain(unfolded(next(value for name, value in found if name == "from")), senders[0]):
            raise FaultyHeader("From can be read in two ways: it has more than a name and an address in brackets")
        return cls(tuple(found), senders[0], shaped(head, b"".join(body)))

    @cached_property
    def domain(self) -> str:
        """The domain of From, as it stands in DNS."""
        return ascii_domain(self.sender.rpartition("@")[2])

    def named(self, name: str) -> list[bytes]:
        """Return the values of all fields called ``name``, the topmost first."""
        return [value for one, value in self.all if one == name]

    def count(self, name: str) -> int:
        """Return how many fields are called ``name``."""
        return len(self.named(name))


def _parsed(head: bytes) -> list[tuple[str, bytes]]:
    try:
        found = [(name.decode("ascii").lower(), bytes(value)) for name, value in dkim.rfc822_parse(head)[0]]
        others = [name.lower() for name in BytesHeaderParser().parsebytes(head).keys()]  # noqa: SIM118 - each, not once
    except Exception as error:  # both stumble over hostile headers, in many ways
        raise FaultyHeader(f"the header is not well-formed ({type(error).__name__})") from error
    if [name for name, _ in found] != others:
        raise FaultyHeader("the header can be read in two ways")
    if len(found) > MOST:
        raise FaultyHeader(f"the header has more than {MOST} fields")
    return found


def ascii_domain(domain: str) -> str:
    """Return ``domain`` in lower case and in ASCII (RFC 5891); as it is where it cannot be.

    Letters of which the codec's older rules (RFC 3490) make others stay: ``straße`` is not ``strasse`` (RFC 5894, 7.2).
    """
    if not _DEVIANT.isdisjoint(domain):
        return domain.lower()
    try:
        return domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain.lower()


def unfolded(value: bytes) -> str:
    """Return the value of a field on one line."""
    return re.sub(rb"\r?\n", b"", value).decode("utf-8", "replace").strip()
