"""The key with which the practice mailbox signs replies, as the mail servers of its people would.

Made on first use, readable by its owner alone. It signs for every domain, so that it counts only while the practice
mailbox is on: its public half is in no file that could be forgotten.
"""

import base64
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SELECTOR = "practice"
#: The name of its record, for every domain.
PRACTICE_NAME = f"{SELECTOR}._domainkey.*"
FILE = "practice-dkim.key"
BITS = 2048


def practice_key(home: Path) -> bytes:
    """Return the private key in PEM, made by whoever comes first."""
    path = home / FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        keep_key(path, new_key())
    return path.read_bytes()


def practice_record(home: Path) -> str | None:
    """Return the public half as a DKIM record; None where no key was made."""
    try:
        return record_of((home / FILE).read_bytes())
    except (OSError, ValueError):
        return None


def new_key(bits: int = BITS) -> bytes:
    """Return a fresh private key in PEM (PKCS #1)."""
    return rsa.generate_private_key(65537, bits).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


@lru_cache(maxsize=8)  # to read a private key takes 36 ms, which is longer than to judge a message
def record_of(pem: bytes) -> str:
    """Return the TXT record that says the public half of a private key (RFC 6376, 3.6.1).

    Raises:
        ValueError: it is no private key.

    """
    public = serialization.load_pem_private_key(pem, None).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def keep_key(path: Path, pem: bytes) -> None:
    """Write a key that only its owner reads; where somebody else was first, theirs stays."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
