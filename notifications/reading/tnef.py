"""winmail.dat: what Outlook and Exchange put into a TNEF part (MS-OXTNEF), as parts like any others.

Walked by hand: tnefparse 1.4 loops four thousand million times over sixteen bytes that claim so many properties,
and copies the rest of the file at each object. The tests hold both against each other.
"""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from notifications.reading.limits import Limits, UnreadableMessage
from notifications.reading.parts import Part, made
from notifications.reading.rtf import unpacked

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_MOST_OBJECTS, _MOST_PROPERTIES, _MOST_VALUES = 2_000, 2_000, 4
#: Attributes: 2.1.3.1 of MS-OXTNEF, without their type.
_BODY, _PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_RENDERING, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
#: Properties: MS-OXPROPS.
_PLAIN, _RTF, _HTML, _INTERNET_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_LONG_NAME, _MIME_TYPE, _BYTES = 0x3707, 0x370E, 0x3701
_STRING, _UNICODE = 0x001E, 0x001F
_SIZES = {0x0000: 0, 0x0001: 0, 0x0002: 4, 0x000B: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x0048: 16}
_SIZES |= dict.fromkeys((0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8)
_MIME = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,80}")
_LONG = frozenset({0x000D, _STRING, _UNICODE, 0x0102})


class _Object(NamedTuple):
    level: int
    name: int
    data: memoryview


class _Property(NamedTuple):
    kind: int
    data: bytes


def parts(raw: bytes, limits: Limits) -> tuple[Part, ...]:
    """The texts and the files; nothing where the bytes are no TNEF. Raises struct.error and its like on broken ones."""
    if not raw.startswith(_SIGNATURE):
        return ()
    objects = list(_objects(memoryview(raw)))
    codepage = next((int.from_bytes(o.data[:4], "little") for o in objects if o.name == _CODEPAGE), 1252)
    return (*_texts(objects, codepage, limits), *_files(objects, codepage))


def _objects(raw: memoryview) -> Iterator[_Object]:
    at = 6
    for _ in range(_MOST_OBJECTS):
        if at + 11 > len(raw):
            return
        level, name, _, size = struct.unpack_from("<BHHI", raw, at)
        yield _Object(level, name, raw[at + 9 : at + 9 + size])
        at += 11 + size


def _texts(objects: list[_Object], codepage: int, limits: Limits) -> Iterator[Part]:
    """Each text that is there: one that says another thing than its neighbour must be heard."""
    found: dict[int, _Property] = {}
    for item in objects:
        if item.level == 1 and item.name == _PROPERTIES:
            found |= _properties(item.data)
        elif item.level == 1 and item.name == _BODY:
            found.setdefault(_PLAIN, _Property(_STRING, bytes(item.data)))
    if any(len(found[tag].data) > limits.max_html * 4 for tag in (_PLAIN, _HTML) if tag in found):
        raise UnreadableMessage(f"A text in winmail.dat has more than {limits.max_html} characters.")
    if _INTERNET_CODEPAGE in found:
        codepage = int.from_bytes(found[_INTERNET_CODEPAGE].data[:4], "little")
    if _PLAIN in found:
        yield made("text/plain", _string(found[_PLAIN], codepage).encode())
    if _HTML in found:
        yield made("text/html", _string(found[_HTML], codepage).encode())
    if _RTF in found:
        text = unpacked(found[_RTF].data, limits.max_text)
        yield made(f"text/{text.subtype}", text.text.encode("utf-8", "replace"))


def _files(objects: list[_Object], codepage: int) -> Iterator[Part]:
    """Each begins with its rendering (2.1.3.3.15)."""
    groups: list[dict[int, memoryview]] = []
    for item in objects:
        if item.level == 2 and item.name == _RENDERING:
            groups.append({})
        elif item.level == 2 and groups:
            groups[-1][item.name] = item.data
    for group in groups:
        properties = _properties(group[_FILE_PROPERTIES]) if _FILE_PROPERTIES in group else {}
        content = bytes(group[_DATA]) if _DATA in group else properties.get(_BYTES, _Property(0, b"")).data
        title = _Property(_STRING, bytes(group.get(_TITLE, b"")))
        name = _string(properties.get(_LONG_NAME, title), codepage) or "winmail"
        kind = _string(properties.get(_MIME_TYPE, _Property(_STRING, b"")), codepage)
        yield made(kind if _MIME.fullmatch(kind) else "application/octet-stream", content, name=name)


def _properties(data: memoryview) -> dict[int, _Property]:
    """By their tags (2.1.3.4); named ones are passed over, and the first one that is not understood ends it."""
    found: dict[int, _Property] = {}
    at = 4
    for _ in range(min(int.from_bytes(data[:4], "little"), _MOST_PROPERTIES)):
        if at + 4 > len(data):
            break
        kind, tag = struct.unpack_from("<HH", data, at)
        at += 4
        if is_named := tag >= 0x8000:
            at = _after_name(data, at)
        value, at = _value(data, at, kind)
        if value is None:
            break
        if not is_named:
            found.setdefault(tag, _Property(kind & 0xFFF, value))
    return found


def _after_name(data: memoryview, at: int) -> int:
    kind, size = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (_padded(size) if kind else 0)


def _value(data: memoryview, at: int, kind: int) -> tuple[bytes | None, int]:
    """The first of the values, and where the next property begins; None where that is not known."""
    many, kind = bool(kind & 0x1000), kind & 0xFFF
    count = 1
    if many or kind in _LONG:
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    if kind in _SIZES:
        size = _SIZES[kind] if not many or kind not in (0x0002, 0x000B) else 2
        total = _padded(size * count)
        return (bytes(data[at : at + size]), at + total) if at + total <= len(data) else (None, at)
    if kind not in _LONG or count > _MOST_VALUES:
        return None, at
    values: list[bytes] = []
    for _ in range(count):
        (size,) = struct.unpack_from("<I", data, at)
        values.append(bytes(data[at + 4 : at + 4 + size]))
        at += 4 + _padded(size)
    return (values[0] if values else b""), at


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _string(value: _Property, codepage: int) -> str:
    """Text of a string property; bytes of HTML are in the internet code page (MS-OXCMSG 2.2.1.58.6)."""
    if value.kind == _UNICODE:
        return value.data.decode("utf-16-le", "replace").rstrip("\x00")
    names = {65001: "utf-8", 936: "gb18030", 54936: "gb18030", 950: "cp950", 28591: "latin-1", 20127: "utf-8"}
    known = names.get(codepage) or (f"cp{codepage}" if codepage in {932, 949, *range(1250, 1259)} else "utf-8")
    return value.data.decode(known, "replace").rstrip("\x00")
