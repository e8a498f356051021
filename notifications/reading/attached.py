"""The files of a message, as bytes: they are kept as they came and opened by nobody here.

A file is whatever calls itself an attachment or has a name, and every part that is no text: also those inside
winmail.dat and inside an opaque signature. None are: the texts that were read, signatures, calendar entries,
enclosed messages, and pictures that are shown within the text and smaller than `SMALL_PICTURE`, which are logos.
"""

import hashlib
import re
from email.message import Message
from email.utils import getaddresses
from typing import NamedTuple

from notifications.reading import headers, mime, smime
from notifications.reading.limits import DEFAULT_LIMITS, Limits, UnreadableMessage

#: Bytes. A smaller picture within a text is part of a signature; a scanned page is larger.
SMALL_PICTURE = 20_000
_TYPE = re.compile(r"[!-.0-~]{1,80}/[!-.0-~]{1,120}")


class TooManyFiles(Exception):
    """There are more files than are kept, or larger ones."""


class Attached(NamedTuple):
    """One file of a message."""

    #: Decoded (RFC 2231, RFC 2047), without a folder; empty where it has none.
    name: str
    #: What the message calls its type, in lower case; "application/octet-stream" where that is none.
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        """Return its bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Return the hash of its bytes, hex."""
        return hashlib.sha256(self.content).hexdigest()


def attached(raw: bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[str, list[Attached]]:
    """Return the name beside the sender's address, and the files in their order.

    Raises UnreadableMessage, and nothing else, for a message beyond the limits.
    """
    try:
        message = mime.parse(raw, limits)
        return _name(message), list(files_of(message, limits))
    except UnreadableMessage:
        raise
    except TooManyFiles as error:
        raise UnreadableMessage(
            f"It has more than {limits.max_files} files, or more than {limits.max_file_bytes} bytes of them."
        ) from error
    except Exception as error:  # hostile mail finds faults in parsers: they must not stop the others' mail
        raise UnreadableMessage(f"The message cannot be read ({type(error).__name__}).") from error


def files_of(message: Message, limits: Limits) -> tuple[Attached, ...]:
    """Return the files; raises TooManyFiles beyond the limits."""
    found: list[Attached] = []
    size = 0
    for part in mime.own_parts(message, limits):
        if not _may_be_file(part):
            continue
        content = mime.payload(part)
        if _is_logo(part, content):
            continue
        size += len(content)
        if len(found) >= limits.max_files or size > limits.max_file_bytes:
            raise TooManyFiles
        found.append(Attached(_file_name(part), _type(part), content))
    return tuple(found)


def _type(part: Message) -> str:
    kind = part.get_content_type()
    return kind if _TYPE.fullmatch(kind) else "application/octet-stream"


def _may_be_file(part: Message) -> bool:
    kind = part.get_content_type()
    if kind in smime.SIGNATURES or part.get_content_maintype() == "multipart":
        return False
    return mime.is_file(part) or kind not in {"text/plain", "text/html", "text/calendar"}


def _is_logo(part: Message, content: bytes) -> bool:
    if part.get_content_maintype() != "image" or len(content) >= SMALL_PICTURE:
        return False
    return "content-id" in part or str(part.get("content-disposition", "")).lower().startswith("inline")


def _name(message: Message) -> str:
    """The display name of the first From header, its encoded words decoded."""
    named = getaddresses([headers.first(message, "from")])
    return headers.decoded(named[0][0]) if named else ""


def _readable(part: Message) -> Message:
    """The headers that name a file, with the eight-bit bytes that many programs write there as text."""
    copy = Message()
    for header in ("content-disposition", "content-type"):
        for value in headers.values(part, header)[:1]:
            copy[header] = value
    return copy


def _file_name(part: Message) -> str:
    try:
        name = headers.decoded(_readable(part).get_filename() or "")
    except Exception:  # a name that cannot be read is none
        return ""
    return "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()[:255]
