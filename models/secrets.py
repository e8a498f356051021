"""Tokens: what a letter carries so that its reader can be recognised.

A token is ``base32(HMAC-SHA256(key, purpose | nonce))`` cut to 200 bits. The nonce (128 random bits) is
in the database, the key is in the data folder. Of the token itself the database keeps only its SHA-256 and
its first 60 bits, the locator, by which it is found; 140 bits stay secret. So neither the tokens' table nor a
backup of it opens any door (messages that came in are kept as they came), a letter can be rendered again byte
for byte, and an altered token is still traced to the application that it was made for. See docs/adr/0004.
"""

import base64
import hashlib
import hmac
import secrets as _random

#: 200 bits are 40 base32 characters.
TOKEN_BYTES = 25
LOCATOR_LENGTH = 12


def new_nonce() -> str:
    """Return 128 fresh random bits as hex."""
    return _random.token_hex(16)


def derive_token(key: bytes, purpose: str, nonce: str) -> str:
    """Return the token, 40 lower-case base32 characters: fit for a URL and for a mail address."""
    digest = hmac.digest(key, f"token|{purpose}|{nonce}".encode(), "sha256")
    return base64.b32encode(digest[:TOKEN_BYTES]).decode().lower()


def token_hash(token: str) -> str:
    """Return what the database keeps of a token to recognise it."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()


def locator(token: str) -> str:
    """Return the part of a token by which its row is found; not secret."""
    return token.strip().lower()[:LOCATOR_LENGTH]


def derive_code(key: bytes, nonce: str) -> str:
    """Return the one-time code of six digits that belongs to ``nonce``."""
    digest = hmac.digest(key, f"code|{nonce}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
