"""Sign our letters (DKIM, RFC 6376; Ed25519: RFC 8463), with the same bytes at every try.

dkimpy canonicalises and folds; the signature itself is made by `cryptography`, and its time is that of the letter:
dkimpy would take the time of the try, so that two tries differed, and its RSA is ten times slower (ADR 0026).
"""

import base64
import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from dkim import hash_headers, rfc822_parse
from dkim.canonicalization import CanonicalizationPolicy

from models.errors import LiandongError
from models.settings import Settings

#: Signed once more than there are, so that nobody adds a second one (RFC 6376, 8.15).
ONLY_THESE = ("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "References")
#: Signed where there are any.
THESE_TOO = (
    "Cc", "In-Reply-To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted", "List-Id",
    "List-Unsubscribe",
)  # fmt: skip
#: Headers may be folded anew on the way. Our bodies are base64, with no space that anybody could change: ``simple``
#: costs a tenth of ``relaxed`` there.
RULES = CanonicalizationPolicy.from_c_value(b"relaxed/simple")
END_OF_HEAD = b"\r\n\r\n"
#: RFC 8301, 3.2: fewer bits are not to be trusted; more than 2048 do not fit every name server.
BITS, FEWEST_BITS = 2048, 1024
WIDTH = 72


class WrongDkimKey(LiandongError):
    """The key that our letters are to be signed with is not there or is none."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"无法使用 DKIM 私钥 {path}（{why}）；请运行 liandong dkim new，或更正 LIANDONG_DKIM_KEY_FILE。",
            f"The DKIM key {path} cannot be used ({why}); run `liandong dkim new`, or mend LIANDONG_DKIM_KEY_FILE.",
        )


class DkimKeyIsThere(LiandongError):
    """A key that is in use is never overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 已存在；更换密钥请先另选 LIANDONG_DKIM_SELECTOR 和 LIANDONG_DKIM_KEY_FILE，发布后再启用。",
            f"{path} is there already; to change keys, choose another LIANDONG_DKIM_SELECTOR and "
            "LIANDONG_DKIM_KEY_FILE, and publish the record before you use it.",
        )


@dataclass(frozen=True)
class Signer:
    """One key, and under which name its public half is published."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def name(self) -> str:
        """Return where the record is published."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """Return the TXT record (RFC 6376, 3.6.1): of RSA the whole public key, of Ed25519 its 32 bytes."""
        public = self.key.public_key()
        if isinstance(self.key, Ed25519PrivateKey):
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"

    def signed(self, message: bytes, at: dt.datetime) -> bytes:
        """Return ``message`` (CRLF) with its signature in front; the same at every try."""
        head, _, body = message.partition(END_OF_HEAD)
        headers, _ = rfc822_parse(head + END_OF_HEAD)
        names = _signed_names([name.decode("ascii").lower() for name, _ in headers])
        body_hash = base64.b64encode(hashlib.sha256(RULES.canonicalize_body(body)).digest()).decode()
        unsigned = self._unsigned(names, body_hash, at)
        seen = _Bytes()
        canonical = RULES.canonicalize_headers(headers)
        hash_headers(seen, RULES, canonical, [n.encode() for n in names], (b"DKIM-Signature", unsigned), {})
        signature = base64.b64encode(self._sign(bytes(seen.held))).decode()
        return b"DKIM-Signature:" + unsigned + _folded(signature).encode() + b"\r\n" + message

    def _unsigned(self, names: list[str], body_hash: str, at: dt.datetime) -> bytes:
        algorithm = "ed25519" if isinstance(self.key, Ed25519PrivateKey) else "rsa"
        lines = [
            f" v=1; a={algorithm}-sha256; c=relaxed/simple; d={self.domain};",
            f"s={self.selector}; t={int(at.timestamp())};",
            *_wrapped("h=" + ":".join(names) + ";"),
            f"bh={body_hash};",
            "b=",
        ]
        return "\r\n ".join(lines).encode("ascii")

    def _sign(self, said: bytes) -> bytes:
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(hashlib.sha256(said).digest())  # RFC 8463, 3: the hash is what is signed
        return self.key.sign(said, PKCS1v15(), hashes.SHA256())


class _Bytes:
    """What dkimpy takes for a hash: keeps what is to be signed."""

    def __init__(self) -> None:
        self.held = bytearray()

    def update(self, data: bytes) -> None:
        self.held += data


def signer(settings: Settings) -> Signer | None:
    """Return what signs our letters; None where nobody asked for signatures and no key is in the data folder.

    Raises:
        WrongDkimKey: there should be a key, and there is none that can be used.

    """
    path = settings.dkim_key
    try:
        stamp = path.stat()
    except FileNotFoundError:
        if settings.dkim_key_file:
            raise WrongDkimKey(path, "no such file") from None
        return None
    except OSError as error:
        raise WrongDkimKey(path, str(error.strerror)) from error
    key = _key(path, stamp.st_mtime_ns, stamp.st_size)
    return Signer(settings.mail_domain, settings.dkim_selector, key)


@lru_cache(maxsize=4)
def _key(path: Path, _changed: int, _size: int) -> RSAPrivateKey | Ed25519PrivateKey:
    """Return the key in ``path``, parsed once for each time that it changes."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise WrongDkimKey(path, str(error.strerror)) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongDkimKey(path, "no PEM of an unencrypted private key") from error
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise WrongDkimKey(path, "neither RSA nor Ed25519")
    if isinstance(key, RSAPrivateKey) and key.key_size < FEWEST_BITS:
        raise WrongDkimKey(path, f"RSA of {key.key_size} bits")
    return key


def make_key(settings: Settings, *, ed25519: bool = False) -> Signer:
    """Make a key, readable by its owner alone, and return what signs with it.

    Raises:
        DkimKeyIsThere: there is one.

    """
    key = Ed25519PrivateKey.generate() if ed25519 else generate_private_key(65537, BITS)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = settings.dkim_key
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except FileExistsError:
        raise DkimKeyIsThere(path) from None
    return Signer(settings.mail_domain, settings.dkim_selector, key)


def _signed_names(there: list[str]) -> list[str]:
    """Return what stands under h=: a name as often as it is to be signed."""
    names = [name.lower() for name in ONLY_THESE for _ in range(there.count(name.lower()) + 1)]
    return names + [name.lower() for name in THESE_TOO for _ in range(there.count(name.lower()))]


def _wrapped(names: str) -> list[str]:
    """Return ``a:b:c`` in lines, broken behind colons."""
    lines = [""]
    for part in names.replace(":", ":\n").split("\n"):
        if len(lines[-1]) + len(part) > WIDTH:
            lines.append("")
        lines[-1] += part
    return lines


def _folded(signature: str) -> str:
    return "\r\n ".join(signature[at : at + WIDTH] for at in range(0, len(signature), WIDTH))
