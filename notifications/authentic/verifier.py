"""dkimpy's verification, made fit for long and hostile texts.

Its patterns need the square of a run of blanks, and a step for each word: here the text is brought into its canonical
form (RFC 6376, 3.4) in a few passes, and its hash held against `bh`; dkimpy then checks the signature over the headers.
"""

import base64
import binascii
import hashlib
import hmac
import logging
from typing import Any

import dkim

#: The shortest key, in bits (RFC 8301, 3.2).
SHORTEST_KEY = 1024
_QUIET = logging.getLogger("liandong.dkim")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


class ChangedText(dkim.DKIMException):  # type: ignore[misc]
    """The text is not the one that was signed."""


class _Lean:
    """Checks the text by itself."""

    body: bytes

    def verify_sig_process(self, sig: dict[bytes, bytes], *rest: Any) -> bool:
        """Verify one signature, of a message or of a seal, which has no text."""
        if b"bh" in sig:
            check_text(self.body, sig)
        without = {name: value for name, value in sig.items() if name != b"bh"}
        return bool(super().verify_sig_process(without, *rest))  # type: ignore[misc]


class Signed(_Lean, dkim.DKIM):  # type: ignore[misc]
    """A message with DKIM signatures."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw, logger=_QUIET, minkey=SHORTEST_KEY)


class Sealed(_Lean, dkim.ARC):  # type: ignore[misc]
    """A message with a chain of ARC seals."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw, logger=_QUIET, minkey=SHORTEST_KEY)


def check_text(body: bytes, sig: dict[bytes, bytes]) -> None:
    """See that ``body`` is what was signed.

    Raises:
        ChangedText: it is not, or nobody can tell.

    """
    _, _, form = sig.get(b"c", b"simple/simple").strip().partition(b"/")
    found = hashlib.sha256(canonical(body, relaxed=form.strip() == b"relaxed")).digest()
    try:
        said = base64.b64decode(b"".join(sig[b"bh"].split()))
    except binascii.Error as error:
        raise ChangedText("the hash of the text cannot be read") from error
    if not hmac.compare_digest(found, said):
        raise ChangedText("the text was changed after it was signed")


def canonical(body: bytes, *, relaxed: bool) -> bytes:
    """Return the canonical form of a text whose lines end with CRLF (RFC 6376, 3.4.3 and 3.4.4)."""
    if relaxed:
        body = body.replace(b"\t", b" ")
        while b"  " in body:
            body = body.replace(b"  ", b" ")
        body = body.replace(b" \r\n", b"\r\n")
        body = body.removesuffix(b" ")
    kept = body.rstrip(b"\r\n")
    return kept + b"\r\n" if kept or not relaxed else b""
