"""Whether a text says by itself how it is cut into parts, for signatures that do not cover Content-Type.

Gmail's do not. Whoever has such a message could name another boundary, one that stands in what its sender quoted: the
quotation would become a part, and what the sender wrote above it a preamble that nobody reads.
"""

import re
from email.parser import BytesHeaderParser

#: What programs write above the first part for readers without MIME (RFC 2046, 5.1.1); nobody answers with it.
_PREAMBLE = re.compile(
    rb"\s*(?:this is a (?:multi-?part|cryptographically signed) message in mime format\.?"
    rb"|this message is in mime format\.\s+the first part should be readable text,"
    rb"\s+while the remaining parts are likely unreadable without mime-aware tools\."
    rb"|this is an openpgp/mime signed message[^\r\n]*)?\s*",
    re.IGNORECASE,
)
_BLANKS = re.compile(rb"[ \t]*(?:\r?\n|\Z)")


def shaped(head: bytes, body: bytes) -> bool:
    """Tell whether the parts of a text begin at its first line, or it has none."""
    message = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")
    if message.get_content_maintype() != "multipart":
        return True
    try:
        boundary = b"--" + str(message.get_boundary("")).encode("ascii")
    except (UnicodeError, TypeError, ValueError):
        return False
    found = _PREAMBLE.match(body)
    at = found.end() if found else 0
    return body.startswith(boundary, at) and _BLANKS.match(body, at + len(boundary)) is not None
