"""From bytes to MIME parts, within limits; the texts a person wrote; the hash of the body."""

import hashlib
import re
from collections.abc import Iterator
from email.message import Message

from notifications.reading import flowed, smime, tnef
from notifications.reading.charsets import decode
from notifications.reading.limits import DEFAULT_LIMITS, Limits, UnreadableMessage
from notifications.reading.parts import BLANK_LINE, LONGEST_HEADERS, Part, carved, parsed

_CONTENT_TYPE = re.compile(rb"(?:^|[\r\n])content-type:", re.IGNORECASE)
_PARAMETERS = re.compile(
    rb"(?:^|[\r\n])content-(?:type|disposition):(?:[^\r\n]++|(?:\r\n|\r|\n)[ \t])*+", re.IGNORECASE
)
_PICTURES = re.compile(rb"data:image/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=\r\n]+")
#: Bytes that one character takes at most.
_WIDEST = 4


def parse(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> Part:
    """The compat32 policy: its structure survives headers on which the newer parser raises."""
    _refuse_by_size(raw, limits)
    slim, runs = carved(raw)
    _refuse_by_structure(slim, limits)
    try:
        message = parsed(slim, runs)
        _refuse_by_shape(message, limits)
    except UnreadableMessage:
        raise
    except RecursionError as error:
        raise _too_deep(limits) from error
    except Exception as error:  # the parser's own faults on hostile input
        raise UnreadableMessage(f"The message is not well-formed mail ({type(error).__name__}).") from error
    return message


def texts(message: Message, subtype: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """What the person wrote as text/<subtype>: attachments and enclosed messages are not theirs.

    Raises UnreadableMessage where it is longer than any text that is read.
    """
    found: list[str] = []
    most = limits.max_text if subtype == "plain" else limits.max_html
    left = most * _WIDEST
    parts = (p for p in own_parts(message, limits) if p.get_content_type() == f"text/{subtype}" and not is_file(p))
    for part in (p for p in parts if not is_version(p)):
        content = payload(part)
        if len(content) > left:
            content = _PICTURES.sub(b"", content)
        left -= len(content)
        if left < 0:
            raise UnreadableMessage(f"The text has more than {most} characters.")
        found.append(_as_written(part, decode(content, _charset(part))))
    return "\n".join(filter(None, found))


def versions(message: Message, limits: Limits = DEFAULT_LIMITS) -> list[tuple[str, str]]:
    """The subtype and the text of each version that a container holds of the whole message."""
    parts = (part for part in own_parts(message, limits) if is_version(part))
    return [(part.get_content_subtype(), text_of(part)) for part in parts]


def is_version(part: Message) -> bool:
    """Tell whether a text is the whole message once more (winmail.dat beside a text)."""
    return isinstance(part, Part) and part.is_version


def files(message: Message) -> list[tuple[str, str]]:
    """The name and the text of every attached file that is text."""
    parts = (p for p in own_parts(message) if p.get_content_maintype() == "text" and is_file(p))
    return [(part.get_filename() or "", text_of(part)) for part in parts]


def body_hash(message: Message, limits: Limits = DEFAULT_LIMITS) -> str:
    """SHA-256 over all parts, so that another encoding or line ending of the same body gives the same."""
    digest, left = hashlib.sha256(), limits.max_html * _WIDEST
    for part in (p for p in message.walk() if not p.is_multipart()):
        content = payload(part)
        if part.get_content_maintype() == "text" and (left := left - len(content)) >= 0:
            content = _normal(decode(content, _charset(part))).encode()
        digest.update(part.get_content_type().encode("utf-8", "replace") + b"\0")
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def text_of(part: Message) -> str:
    """The decoded text of one part; what cannot be decoded becomes replacement characters."""
    return decode(payload(part), _charset(part))


def payload(part: Message) -> bytes:
    """The decoded bytes of one part; nothing where they cannot be decoded."""
    try:
        content = part.get_payload(decode=True)
    except Exception:  # an encoding that cannot be undone: the part is empty for us
        return b""
    return content if isinstance(content, bytes) else b""


def own_parts(message: Message, limits: Limits = DEFAULT_LIMITS) -> Iterator[Message]:
    """Depth first, without what is inside enclosed messages; what holds parts in its own format is opened."""
    stack, opened = [message], 0
    while stack:
        part = stack.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            stack.extend(reversed(_children(part)))
        elif part.get_content_maintype() == "message":
            continue
        elif opened < limits.max_depth and (inside := _inside(part, limits)):
            opened += 1
            stack.extend(reversed(inside))
        else:
            yield part


def is_file(part: Message) -> bool:
    """Tell whether a part calls itself an attachment, or has a name."""
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except Exception:  # a disposition that cannot be read is that of a file: nothing is decided by it
        return True


def _inside(part: Message, limits: Limits) -> tuple[Part, ...]:
    """The parts in a winmail.dat or an opaque signature; none where it is neither, or broken: then it is a file."""
    kind = part.get_content_type()
    if not isinstance(part, Part) or kind not in tnef.TYPES | smime.TYPES:
        return ()
    if part.inside is None:
        content = payload(part)
        if len(content) > limits.max_container:
            raise UnreadableMessage(f"A part that holds others has more than {limits.max_container} bytes.")
        try:
            part.inside = tnef.parts(content, limits) if kind in tnef.TYPES else _signed(content, limits)
        except UnreadableMessage:
            raise
        except Exception:  # broken or hostile: what cannot be opened is a file like others
            part.inside = ()
        if len(part.inside) > limits.max_parts:
            raise _too_many(limits)
    return part.inside


def _signed(content: bytes, limits: Limits) -> tuple[Part, ...]:
    raw = smime.signed(content)
    return (parse(raw, limits),) if raw else ()


def _as_written(part: Message, text: str) -> str:
    """A text whose lines a program broke is put together again."""
    try:
        is_flowed = str(part.get_param("format") or "").lower() == "flowed"
        delsp = str(part.get_param("delsp") or "").lower() == "yes"
    except Exception:  # parameters that cannot be read say nothing
        return text
    return flowed.whole(text, delsp=delsp) if is_flowed and part.get_content_type() == "text/plain" else text


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except Exception:  # a charset parameter that cannot be read is no charset
        return None


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
    if raw.count(b"\n--") + raw.count(b"\r--") > limits.max_boundaries:
        raise UnreadableMessage(f"More than {limits.max_boundaries} lines of the message begin with two hyphens.")


def _refuse_by_structure(slim: bytes, limits: Limits) -> None:
    if len(slim) > limits.max_structure:
        raise UnreadableMessage(f"The message has more than {limits.max_structure} bytes of headers and short parts.")
    if len(slim) > LONGEST_HEADERS and not BLANK_LINE.search(slim, 0, LONGEST_HEADERS):
        raise UnreadableMessage(f"The headers have more than {LONGEST_HEADERS} bytes.")
    # Each level needs a Content-Type of its own: counting them bounds the parser's recursion beforehand.
    if len(_CONTENT_TYPE.findall(slim)) > limits.max_parts:
        raise _too_many(limits)
    if any(match.end() - match.start() > limits.max_parameters for match in _PARAMETERS.finditer(slim)):
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
