"""The bytes of a message, written by hand: everything in them is fixed, so a second try is the same message.

Source: RFC 5322, RFC 2045-2047 (bodies and names in base64: every Chinese mail server passes it on unchanged),
RFC 2231 (names of files), RFC 3834 (Auto-Submitted), MS-OXCMAIL (X-Auto-Response-Suppress).
"""

import base64
import datetime as dt
import re
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

#: What an address may look like here; no space, quote, bracket or line break gets through.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
#: Bytes of UTF-8 in one encoded word, which may be 75 characters long (RFC 2047, 2).
WORD_BYTES = 42


class UnsafeHeader(ValueError):
    """A header would contain what ends or forges a header; the letter is not sent."""


@dataclass(frozen=True)
class Attachment:
    """A text that is read as a file."""

    #: With its ending; ``plain_name`` is the same in ASCII, for programs that read no other.
    name: str
    plain_name: str
    text: str


@dataclass(frozen=True)
class Message:
    """A message to one person; `sender` and `to` are (name, address)."""

    sender: tuple[str, str]
    to: tuple[str, str]
    subject: str
    written_at: dt.datetime
    #: Without angle brackets.
    message_id: str
    reply_to: str | None
    references: str | None
    boundary: str
    text: str
    html: str
    attachment: Attachment | None = None


def message_bytes(message: Message) -> bytes:
    """Return ``message`` as bytes with CRLF line ends.

    Raises:
        UnsafeHeader: an address or another header is not what it should be.

    """
    headers = {
        "From": _mailbox(*message.sender),
        "To": _mailbox(*message.to),
        "Subject": encoded(message.subject),
        "Date": format_datetime(message.written_at.replace(microsecond=0)),
        "Message-ID": f"<{message.message_id}>",
        "Reply-To": message.reply_to and _address(message.reply_to),
        "References": message.references,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
    }
    head = [_header(name, value) for name, value in headers.items() if value]
    return "\r\n".join([*head, *_body(message), ""]).encode("ascii")


def _body(message: Message) -> list[str]:
    """Return both forms of the text as alternatives, with the attachment beside them where there is one."""
    inner = message.boundary
    forms = [*_part(inner, "text/plain", message.text), *_part(inner, "text/html", message.html), f"--{inner}--"]
    both = [f'Content-Type: multipart/alternative; boundary="{inner}"', "", *forms]
    if message.attachment is None:
        return both
    outer = f"=-{inner}"  # neither is the beginning of the other (RFC 2046, 5.1.2)
    return [
        f'Content-Type: multipart/mixed; boundary="{outer}"',
        "",
        f"--{outer}",
        *both,
        "",
        *_file(outer, message.attachment),
        f"--{outer}--",
    ]


def _file(boundary: str, file: Attachment) -> list[str]:
    """Return a text as a file: its name as RFC 2231 has it, and in ASCII; a byte order mark for old editors."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,80}", file.plain_name):
        raise UnsafeHeader(f"{file.plain_name!r} is no name of a file that a letter can carry")
    kind = f'text/plain; name="{file.plain_name}"'
    named = f"Content-Disposition: attachment;\r\n filename*=utf-8''{quote(file.name, safe='')}"
    return _part(boundary, kind, f"\ufeff{file.text}", named)


def encoded(text: str) -> str:
    """Return ``text`` as a header value: ASCII as it is, all else as encoded words folded over lines."""
    if text.isascii() and text.isprintable() and len(text) <= 60 and "=?" not in text:
        return text
    return encoded_words(text)


def encoded_words(text: str) -> str:
    """Return ``text`` as encoded words, none of which cuts a character."""
    pieces, piece = [], b""
    for char in text:
        if len(piece) + len(char.encode()) > WORD_BYTES:
            pieces.append(piece)
            piece = b""
        piece += char.encode()
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(p).decode()}?=" for p in [*pieces, piece])


def _mailbox(name: str, address: str) -> str:
    """Return a name and an address; the name always as encoded words, so that nothing in it is syntax."""
    return f"{encoded_words(name)} <{_address(address)}>" if name else _address(address)


def _address(address: str) -> str:
    if not ADDRESS.fullmatch(address):
        raise UnsafeHeader(f"{address!r} is no address that a letter can go to")
    return address


def _header(name: str, value: str) -> str:
    """Return a header line; only the folding that `encoded` made may break it."""
    unfolded = value.replace("\r\n =?", " =?")
    if not unfolded.isascii() or not unfolded.isprintable():
        raise UnsafeHeader(f"{name} would be {value!r}")
    return f"{name}: {value}"


def _part(boundary: str, kind: str, text: str, *more: str) -> list[str]:
    """Return one part of text, with ``more`` headers."""
    body = base64.encodebytes(text.replace("\n", "\r\n").encode()).decode("ascii").rstrip("\n").split("\n")
    return [
        f"--{boundary}",
        f"Content-Type: {kind}; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        *more,
        "",
        *body,
        "",
    ]
