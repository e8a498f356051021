"""Opaque S/MIME signatures (RFC 8551, 3.5.2): the message inside, unverified. Who wrote it is for others to prove.

Walked by hand (RFC 5652, 5.1; X.690, 8.1): asn1crypto 1.5 takes minutes over a content in five million pieces. The
tests hold both against each other.
"""

from email.message import Message

#: Nothing of these is a file of the sender's: a signature over what was read.
SIGNATURES = frozenset(
    f"application/{kind}" for kind in ("pkcs7-signature", "x-pkcs7-signature", "pgp-signature", "pgp-keys")
)
TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _SET, _INTEGER, _OID, _OCTETS, _PIECES, _EXPLICIT = 0x30, 0x31, 0x02, 0x06, 0x04, 0x24, 0xA0
#: openssl writes pieces of a kilobyte or more.
_MOST_PIECES = 50_000


def is_encrypted(part: Message) -> bool:
    """Tell whether only its reader's key opens the part (RFC 8551, 3.3; RFC 3156, 4)."""
    if part.get_content_type() == "multipart/encrypted":
        return True
    kind = str(part.get_param("smime-type") or "").lower()
    return part.get_content_type() in TYPES and kind in {"enveloped-data", "authenveloped-data"}


def signed(content: bytes) -> bytes:
    """Return the bytes that were signed; nothing where there are none. Raises ValueError on what is no CMS."""
    at, _ = _enter(content, 0, _SEQUENCE)
    at, end = _enter(content, at, _OID)
    if end is None or content[at:end] != _SIGNED_DATA:
        return b""
    at, _ = _enter(content, end, _EXPLICIT)
    at, _ = _enter(content, at, _SEQUENCE)
    at = _past(content, _past(content, at, _INTEGER), _SET)
    at, inner_end = _enter(content, at, _SEQUENCE)
    at = _past(content, at, _OID)
    if at == inner_end or content[at : at + 1] != bytes([_EXPLICIT]):
        return b""
    at, _ = _enter(content, at, _EXPLICIT)
    return _octets(content, at)


def _octets(content: bytes, at: int) -> bytes:
    """An octet string, whole or in pieces (X.690, 8.7)."""
    if content[at] != _PIECES:
        start, end = _enter(content, at, _OCTETS)
        return content[start:end] if end is not None else b""
    at, end = _enter(content, at, _PIECES)
    pieces: list[bytes] = []
    while at != end and content[at : at + 2] != b"\0\0":
        start, at_end = _enter(content, at, _OCTETS)
        if at_end is None or len(pieces) >= _MOST_PIECES:
            raise ValueError("too many pieces")
        pieces.append(content[start:at_end])
        at = at_end
    return b"".join(pieces)


def _past(content: bytes, at: int, tag: int) -> int:
    """Where the element after this one begins; its length must be definite."""
    _, end = _enter(content, at, tag)
    if end is None:
        raise ValueError("an indefinite length where none is expected")
    return end


def _enter(content: bytes, at: int, tag: int) -> tuple[int, int | None]:
    """Where the content of the element at ``at`` begins and ends; None where only its end says so."""
    if at + 2 > len(content) or content[at] != tag:
        raise ValueError(f"no element {tag:#x} at {at}")
    length = content[at + 1]
    if length == 0x80:
        return at + 2, None
    size = length & 0x7F if length > 0x80 else 0
    start = at + 2 + size
    end = start + (int.from_bytes(content[at + 2 : start], "big") if size else length)
    if size > 8 or end > len(content):
        raise ValueError("an element is longer than its message")
    return start, end
