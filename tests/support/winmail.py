"""A minimal writer of TNEF (MS-OXTNEF) and of compressed RTF (MS-OXRTFCP), for winmail.dat as Outlook sends it."""

import struct
import zlib

_STRINGS = {0x001E, 0x001F, 0x0102}


def _object(level: int, name: int, kind: int, data: bytes) -> bytes:
    head = struct.pack("<BHHI", level, name, kind, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def _property(tag: int, kind: int, value: bytes) -> bytes:
    if kind not in _STRINGS:
        return struct.pack("<HH", kind, tag) + value
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack("<HHII", kind, tag, 1, len(value)) + padded


def compressed(rtf: bytes, *, stored: bool = False) -> bytes:
    """RTF as TNEF holds it: stored, or in LZFu with literals only, and one reference to end it."""
    if stored:
        return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    body = bytearray()
    preload = 207
    items = [bytes([byte]) for byte in rtf] + [struct.pack(">H", ((preload + len(rtf)) % 4096) << 4)]
    for start in range(0, len(items), 8):
        group = items[start : start + 8]
        body.append(sum(1 << n for n, item in enumerate(group) if len(item) == 2))
        body += b"".join(group)
    crc = zlib.crc32(bytes(body), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return struct.pack("<IIII", len(body) + 12, len(rtf), 0x75465A4C, crc) + bytes(body)


def winmail(
    *,
    plain: str | None = None,
    html: str | None = None,
    rtf: bytes | None = None,
    files: dict[str, bytes] | None = None,
    stored: bool = False,
    codepage: int = 936,
) -> bytes:
    """Return a winmail.dat with these bodies and files; strings are in ``codepage`` (936 or 65001)."""
    charset = {936: "gb18030", 65001: "utf-8"}[codepage]
    properties = [_property(0x3FDE, 0x0003, struct.pack("<I", codepage))]
    if plain is not None:
        properties.append(_property(0x1000, 0x001F, plain.encode("utf-16-le") + b"\0\0"))
    if html is not None:
        properties.append(_property(0x1013, 0x0102, html.encode(charset)))
    if rtf is not None:
        properties.append(_property(0x1009, 0x0102, compressed(rtf, stored=stored)))
    objects = [
        _object(1, 0x9006, 0x0008, struct.pack("<I", 0x10000)),
        _object(1, 0x9007, 0x0006, struct.pack("<II", codepage, 0)),
        _object(1, 0x8008, 0x0007, b"IPM.Microsoft Mail.Note\0"),
        _object(1, 0x9003, 0x0006, struct.pack("<I", len(properties)) + b"".join(properties)),
    ]
    for name, content in (files or {}).items():
        named = [_property(0x3707, 0x001F, name.encode("utf-16-le") + b"\0\0")]
        objects += [
            _object(2, 0x9002, 0x0006, bytes(14)),
            _object(2, 0x8010, 0x0001, b"FILE~1.DAT\0"),
            _object(2, 0x800F, 0x0006, content),
            _object(2, 0x9005, 0x0006, struct.pack("<I", 1) + b"".join(named)),
        ]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(objects)
