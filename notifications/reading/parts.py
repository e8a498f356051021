"""A MIME part whose long body stays bytes: the standard library's parser takes 300 MB for a message of 25.

Runs of bytes that cannot hold a boundary nor a header are cut out before the parser sees them, with a mark in
their place that no sender can know, and put back where a body is asked for.
"""

import binascii
import re
import secrets
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message
from typing import Any

#: Shorter messages are parsed as they are.
_SHORT = 500_000
#: Bytes of each stretch that the parser sees: headers within them, and enough of the body to find its end.
_KEPT = 2_048
_KEPT_AT_END = 256
#: Bytes of the longest header section that is looked for.
LONGEST_HEADERS = 262_144
BLANK_LINE = re.compile(rb"(?>\r\n|\r|\n)(?:\r|\n)")
_ENCLOSES = re.compile(rb"content-type:\s*message/", re.IGNORECASE)
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


class Part(Message):
    """One part as the parser made it, or as it was found inside another (winmail.dat, an opaque signature)."""

    #: The runs that were cut out, by their marks; the same for all parts of a message.
    runs: Mapping[bytes, memoryview]
    #: What the part consists of where no parser made it; decoded.
    made: bytes | None = None
    #: True for a text that is the whole message once more, in the format of a container.
    is_version = False
    #: What was found inside, once somebody looked.
    inside: "tuple[Part, ...] | None" = None

    def get_payload(self, i: int | None = None, decode: bool = False) -> Any:
        """Return the payload as the standard library does; decoded, it is whole."""
        if decode and self.made is not None:
            return self.made
        # The standard library's own getter would decode the eight-bit bytes, and lose them.
        payload, runs = vars(self).get("_payload"), getattr(self, "runs", None)
        if not decode or not runs or not isinstance(payload, str):
            return super().get_payload(i, decode)  # type: ignore[call-overload]
        body = payload.encode("ascii", "surrogateescape")
        if not any(mark in body for mark in runs):
            return super().get_payload(None, decode=True)
        encoding = str(self.get("content-transfer-encoding", "")).strip().lower()
        if encoding == "base64":
            return _from_base64(_whole(body, runs).translate(None, _NOT_BASE64))
        return binascii.a2b_qp(_whole(body, runs)) if encoding == "quoted-printable" else _whole(body, runs)


def made(content_type: str, content: bytes, *, name: str = "") -> Part:
    """Return a part that consists of ``content``; a text in UTF-8 is a version of its message."""
    part = Part()
    part.is_version = not name
    part["Content-Type"] = f"{content_type}; charset=utf-8" if part.is_version else content_type
    if name:
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    part.made = content
    return part


def parsed(slim: bytes, runs: Mapping[bytes, memoryview]) -> Part:
    """Return the message whose carved form is ``slim``."""
    message: Part = message_from_bytes(slim, _class=Part)
    stack: list[Part] = [message]
    while stack:
        part = stack.pop()
        part.runs = runs
        children = part.get_payload() if part.is_multipart() else []
        stack.extend(child for child in children if isinstance(child, Part))
    return message


def carved(raw: bytes) -> tuple[bytes, dict[bytes, memoryview]]:
    """Return the message with marks for its long runs, and what they stand for."""
    if len(raw) <= _SHORT:
        return raw, {}
    nonce, view = secrets.token_hex(12), memoryview(raw)
    pieces: list[bytes | memoryview] = []
    runs: dict[bytes, memoryview] = {}
    at = 0
    for start, end in _runs(raw):
        mark = f"carved-{nonce}-{len(runs):06}-".encode()
        runs[mark] = view[start:end]
        pieces += (view[at:start], mark)
        at = end
    return b"".join([*pieces, view[at:]]), runs


def _runs(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where a stretch between two lines that may be boundaries is long, its inside."""
    for start, end in _stretches(raw):
        if end - start < 2 * _KEPT:
            continue
        blank = _end_of_headers(raw, start, end)
        if blank and (first := blank.end() + _KEPT) < (last := end - _KEPT_AT_END):
            yield first, last


def _end_of_headers(raw: bytes, start: int, end: int) -> re.Match[bytes] | None:
    """The blank line below the headers; of an enclosed message (a report's, a forwarder's), below its own."""
    blank = BLANK_LINE.search(raw, start, min(end, start + LONGEST_HEADERS))
    if blank and _ENCLOSES.search(raw, start, blank.end()):
        return BLANK_LINE.search(raw, blank.end(), min(end, blank.end() + LONGEST_HEADERS))
    return blank


def _stretches(raw: bytes) -> Iterator[tuple[int, int]]:
    """Between lines that begin with two hyphens; each is long enough to be worth a look, or is left out."""
    at = 0
    following = {b"\n--": -1, b"\r--": -1}
    while at < len(raw):
        for line, found in following.items():
            if found <= at:
                place = raw.find(line, at + 1)
                following[line] = place if place >= 0 else len(raw)
        end = min(following.values())
        yield at, end
        at = end


def _whole(body: bytes, runs: Mapping[bytes, memoryview]) -> bytes:
    pattern = re.compile(b"carved-[0-9a-f]{24}-[0-9]{6}-")
    pieces: list[bytes | memoryview] = []
    at = 0
    for match in pattern.finditer(body):
        if match.group() in runs:
            pieces += (body[at : match.start()], runs[match.group()])
            at = match.end()
    return b"".join([*pieces, body[at:]])


def _from_base64(body: bytes) -> bytes:
    """What can be decoded: what follows the padding is not read, and padding that is missing is added."""
    end = body.find(b"=")
    if end < 0 and len(body) % 4 == 0:
        return binascii.a2b_base64(body)
    body = body[: end if end >= 0 else len(body)]
    return binascii.a2b_base64(body[: len(body) - (len(body) % 4 == 1)] + b"=" * (-len(body) % 4))
