"""Header values, read so that no header can crash us.

The structured parser of `email.policy.default` raises on some hostile headers, so it is only a second
opinion on From; everything else is read with the older, plainer functions of the standard library.
"""

import re
from collections.abc import Iterable, Sequence
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from notifications.reading.charsets import clean, decode, guess
from notifications.reading.limits import DEFAULT_LIMITS, Limits, UnreadableMessage

_ADDRESS = re.compile(r"[^\s@<>()\[\]\",:;\\\x00-\x1f\x7f\ufffd]+@[^\s@<>()\[\]\",:;\\\x00-\x1f\x7f\ufffd]+")
_LONGEST_ADDRESS = 320
_LONGEST_SUBJECT = 2_000
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to")


def values(message: Message, name: str) -> list[str]:
    """Every value of the header, unfolded, 8-bit bytes decoded, encoded words left as they are."""
    found = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return [readable(value) for value in found]


def first(message: Message, name: str) -> str:
    """The first value of the header, or an empty string."""
    return next(iter(values(message, name)), "")


def subject(message: Message) -> str:
    """The subject with its encoded words decoded, on one line."""
    return decoded(first(message, "subject"))


def decoded(value: str) -> str:
    """A header value with its encoded words decoded, on one line."""
    raw = value[:_LONGEST_SUBJECT]
    try:
        chunks = decode_header(raw)
        text = "".join(c if isinstance(c, str) else decode(c, charset) for c, charset in chunks)
    except (HeaderParseError, ValueError, LookupError):
        text = raw
    return clean(" ".join(text.split()))


def senders(message: Message, limits: Limits) -> tuple[str, ...]:
    """The addresses of all From headers, as two parsers see them; where they differ, both sets count."""
    headers = values(message, "from")
    if sum(map(len, headers)) > limits.max_header:
        raise UnreadableMessage(f"The From header is longer than {limits.max_header} characters.")
    return _unique([*_plain(headers), *(a for header in headers for a in _structured(header))])


def recipients(message: Message, limits: Limits) -> tuple[str, ...]:
    """Whom the headers name. For information: the envelope decides where a message goes."""
    return addresses_in(*(v for name in _RECIPIENT_HEADERS for v in values(message, name)), most=limits.max_header)


def addresses_in(*unfolded: str, most: int = DEFAULT_LIMITS.max_header) -> tuple[str, ...]:
    """The addresses in unfolded values, lower case, each once; what goes beyond ``most`` characters is not looked at.

    The standard library's parser takes seconds over twenty thousand quotation marks.
    """
    found: list[str] = []
    for value in unfolded:
        most -= len(value)
        if most >= 0:
            found.append(value)
    return _unique(_plain(found))


def message_id(message: Message) -> str:
    """The Message-ID with its angle brackets, or an empty string where there is none that can be stored."""
    found = re.search(r"<[^<>\s]{1,250}>", first(message, "message-id"))
    return clean(found.group()) if found else ""


def _plain(headers: Sequence[str]) -> list[str]:
    try:
        return [address for _, address in getaddresses(list(headers))]
    except Exception:  # hostile headers: what cannot be parsed is absent
        return []


def _structured(header: str) -> list[str]:
    try:
        parsed = policy.default.header_factory("from", header)
        return [address.addr_spec for address in parsed.addresses]
    except Exception:  # this parser raises IndexError, AttributeError and others; the plain one has the word
        return []


def _unique(addresses: Iterable[str]) -> tuple[str, ...]:
    """Lower case for ASCII only: str.lower() makes an ASCII k of the Kelvin sign."""
    valid = (a for a in addresses if len(a) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(a))
    return tuple(dict.fromkeys(a.translate(_ASCII_LOWER) for a in valid))


def readable(value: str) -> str:
    """A raw header value, unfolded, its 8-bit bytes decoded."""
    return _unfold(_eight_bit(value))


def _unfold(value: str) -> str:
    return re.sub(r"[\r\n]+[ \t]?", " ", value).strip()


def _eight_bit(value: str) -> str:
    if value.isascii():
        return value
    return clean(guess(value.encode("utf-8", "surrogateescape")))
