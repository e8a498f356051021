"""The bytes of a message, written by hand: everything in them is fixed, so a second try is the same message.

Source: RFC 5322, RFC 2045-2047 (bodies and names in base64: every Chinese mail server passes it on unchanged),
RFC 2231 (names of files), RFC 3834 (Auto-Submitted), RFC 3282 (Content-Language), MS-OXCMAIL
(X-Auto-Response-Suppress). What says which thread a letter belongs to is in `notifications.rendering.threads`.
"""

import base64
import datetime as dt
import re
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache
from typing import Self
from urllib.parse import quote

from notifications.rendering.threads import Thread

#: What an address may look like here; no space, quote, bracket or line break gets through.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
LANGUAGES = {"zh": "zh-CN", "en": "en"}
#: What Exchange shall not send us. Non-delivery and out-of-office it shall: both say that somebody will not answer.
SUPPRESSED = "DR, RN, NRN, AutoReply"
#: Bytes of UTF-8 in one encoded word, which may be 75 characters long (RFC 2047, 2).
WORD_BYTES = 42


class UnsafeHeader(ValueError):
    """A header would contain what ends or forges a header; the letter is not sent."""


@dataclass(frozen=True)
class Attachment:
    """A file beside the letter."""

    #: With its ending; ``plain_name`` is the same in ASCII, for programs that read no other.
    name: str
    plain_name: str
    #: ``application/pdf``, ``text/plain; charset=utf-8``
    kind: str
    content: bytes

    @classmethod
    def of_text(cls, name: str, plain_name: str, text: str) -> Self:
        """Return a text as a file, with a byte order mark for old editors."""
        return cls(name, plain_name, "text/plain; charset=utf-8", f"\ufeff{text}".encode())


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
    thread: Thread | None
    #: Name and identifier.
    list_id: tuple[str, str]
    #: ``zh`` | ``en``
    language: str
    boundary: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


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
        **_threading(message.thread),
        "List-Id": _list_id(*message.list_id),
        "Content-Language": LANGUAGES[message.language],
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": SUPPRESSED,
        "MIME-Version": "1.0",
    }
    head = [_header(name, value) for name, value in headers.items() if value]
    return "\r\n".join([*head, *_body(message), ""]).encode("ascii")


def _threading(thread: Thread | None) -> dict[str, str]:
    """Return what mail programs go by that show the letters about one application together."""
    if thread is None:
        return {}
    root = f"<{_address(thread.root)}>"
    return {
        "In-Reply-To": root,
        "References": root,
        "Thread-Topic": encoded(thread.topic),
        "Thread-Index": thread.index,
    }


def _list_id(name: str, identifier: str) -> str:
    """Return the name as encoded words and the identifier, which is a domain name (RFC 2919, 3)."""
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", identifier, re.IGNORECASE):
        raise UnsafeHeader(f"{identifier!r} is no identifier of a list")
    return f"{encoded_words(name)} <{identifier}>"


def _body(message: Message) -> list[str]:
    """Return both forms of the text as alternatives, with the attachments beside them where there are any."""
    inner, language = message.boundary, f"Content-Language: {LANGUAGES[message.language]}"
    texts = (("text/plain", message.text), ("text/html", message.html))
    forms = [row for kind, text in texts for row in _part(inner, f"{kind}; charset=utf-8", text.encode(), language)]
    both = [f'Content-Type: multipart/alternative; boundary="{inner}"', "", *forms, f"--{inner}--"]
    if not message.attachments:
        return both
    outer = f"=-{inner}"  # neither is the beginning of the other (RFC 2046, 5.1.2)
    return [
        f'Content-Type: multipart/mixed; boundary="{outer}"',
        "",
        f"--{outer}",
        *both,
        "",
        *(row for file in message.attachments for row in _file(outer, file)),
        f"--{outer}--",
    ]


def _file(boundary: str, file: Attachment) -> list[str]:
    """Return a file: its name as RFC 2231 has it, and in ASCII."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,80}", file.plain_name):
        raise UnsafeHeader(f"{file.plain_name!r} is no name of a file that a letter can carry")
    kind = f'{file.kind}; name="{file.plain_name}"'
    named = f"Content-Disposition: attachment;\r\n filename*=utf-8''{quote(file.name, safe='')}"
    return _part(boundary, kind, file.content, named)


def encoded(text: str) -> str:
    """Return ``text`` as a header value: ASCII as it is, all else as encoded words folded over lines."""
    if text.isascii() and text.isprintable() and len(text) <= 60 and "=?" not in text:
        return text
    return encoded_words(text)


@lru_cache(maxsize=1024)
def encoded_words(text: str) -> str:
    """Return ``text`` as encoded words, none of which cuts a character; names come back in letter after letter."""
    pieces, piece = [], b""
    for char in map(str.encode, text):
        if len(piece) + len(char) > WORD_BYTES:
            pieces.append(piece)
            piece = b""
        piece += char
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


def _part(boundary: str, kind: str, content: bytes, *more: str) -> list[str]:
    """Return one part, with ``more`` headers; the lines of a text end as RFC 2046, 4.1.1 wants it."""
    content = content.replace(b"\n", b"\r\n") if kind.startswith("text/") else content
    whole = base64.b64encode(content).decode("ascii")
    body = [whole[at : at + 76] for at in range(0, len(whole), 76)]
    return [f"--{boundary}", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more, "", *body, ""]
