"""From bytes to MIME parts, within limits; the texts a person wrote; the hash of the body."""

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from notifications.reading.charsets import decode
from notifications.reading.limits import Limits, UnreadableMessage

_CONTENT_TYPE = re.compile(rb"(?:^|[\r\n])content-type:", re.IGNORECASE)
_PARAMETERS = re.compile(
    rb"(?:^|[\r\n])content-(?:type|disposition):(?:[^\r\n]++|(?:\r\n|\r|\n)[ \t])*+", re.IGNORECASE
)


def parse(raw: bytes, limits: Limits) -> Message:
    """The compat32 policy: its structure survives headers on which the newer parser raises."""
    _refuse_by_size(raw, limits)
    try:
        message = message_from_bytes(raw)
        _refuse_by_shape(message, limits)
    except UnreadableMessage:
        raise
    except RecursionError as error:
        raise _too_deep(limits) from error
    except Exception as error:  # the parser's own faults on hostile input
        raise UnreadableMessage(f"The message is not well-formed mail ({type(error).__name__}).") from error
    return message


def texts(message: Message, subtype: str) -> str:
    """What the person wrote as text/<subtype>: attachments and enclosed messages are not theirs."""
    wanted = f"text/{subtype}"
    found = [p for p in _own_parts(message) if p.get_content_type() == wanted and not _is_file(p)]
    return "\n".join(filter(None, (text_of(part) for part in found)))


def files(message: Message) -> list[tuple[str, str]]:
    """The name and the text of every attached file that is text."""
    parts = (p for p in _own_parts(message) if p.get_content_maintype() == "text" and _is_file(p))
    return [(part.get_filename() or "", text_of(part)) for part in parts]


def file_parts(message: Message) -> list[Message]:
    """Every attached file, whatever its type; enclosed messages are none."""
    return [part for part in _own_parts(message) if _is_file(part)]


def body_hash(message: Message) -> str:
    """SHA-256 over all parts, so that another encoding or line ending of the same body gives the same."""
    digest = hashlib.sha256()
    for part in (p for p in message.walk() if not p.is_multipart()):
        text = part.get_content_maintype() == "text"
        content = _normal(text_of(part)).encode() if text else payload(part)
        digest.update(part.get_content_type().encode("utf-8", "replace") + b"\0")
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def text_of(part: Message) -> str:
    """The decoded text of one part; what cannot be decoded becomes replacement characters."""
    try:
        charset = part.get_content_charset()
    except Exception:  # a charset parameter that cannot be read is no charset
        charset = None
    return decode(payload(part), charset)


def payload(part: Message) -> bytes:
    """The decoded bytes of one part; nothing where they cannot be decoded."""
    try:
        content = part.get_payload(decode=True)
    except Exception:  # an encoding that cannot be undone: the part is empty for us
        return b""
    return content if isinstance(content, bytes) else b""


def _own_parts(message: Message) -> Iterator[Message]:
    """Depth first, without what is inside enclosed messages."""
    stack = [message]
    while stack:
        part = stack.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            stack.extend(reversed(_children(part)))
        elif part.get_content_maintype() != "message":
            yield part


def _is_file(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except Exception:  # a disposition that cannot be read is that of a file: nothing is decided by it
        return True


def _children(part: Message) -> list[Message]:
    if not part.is_multipart():  # get_payload would decode a leaf, in any charset that it asks for
        return []
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _normal(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _refuse_by_size(raw: bytes, limits: Limits) -> None:
    if len(raw) > limits.max_bytes:
        raise UnreadableMessage(f"The message has {len(raw)} bytes; at most {limits.max_bytes} are read.")
    if raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") > limits.max_lines:
        raise UnreadableMessage(f"The message has more than {limits.max_lines} lines.")
    # Each level needs a Content-Type of its own: counting them bounds the parser's recursion beforehand.
    if len(_CONTENT_TYPE.findall(raw)) > limits.max_parts:
        raise _too_many(limits)
    if any(match.end() - match.start() > limits.max_parameters for match in _PARAMETERS.finditer(raw)):
        raise UnreadableMessage(f"A Content-Type header has more than {limits.max_parameters} bytes.")


def _refuse_by_shape(message: Message, limits: Limits) -> None:
    if len(message) > limits.max_headers:
        raise UnreadableMessage(f"The message has more than {limits.max_headers} header fields.")
    level, parts = [message], 0
    for _ in range(limits.max_depth):
        parts += len(level)
        level = [child for part in level for child in _children(part)]
    if level:
        raise _too_deep(limits)
    if parts > limits.max_parts:
        raise _too_many(limits)


def _too_deep(limits: Limits) -> UnreadableMessage:
    return UnreadableMessage(f"The message has more than {limits.max_depth} MIME levels.")


def _too_many(limits: Limits) -> UnreadableMessage:
    return UnreadableMessage(f"The message has more than {limits.max_parts} MIME parts.")
