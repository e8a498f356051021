"""What mail servers of other people do: publish keys in DNS, sign, and forward. A real UDP name server, real keys."""

import base64
import contextlib
import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

import dkim
from asn1crypto import keys, pem
from dnslib import QTYPE, RCODE, RR, TXT, DNSRecord
from dnslib.server import DNSServer

from notifications.authentic.practice_key import new_key, record_of


@functools.cache
def key(bits: int = 1024, number: int = 0) -> bytes:
    """Return a private key in PEM, the same for the whole session."""
    return new_key(bits)


class _Quiet:
    def __getattr__(self, name: str) -> object:
        return lambda *_args: None


@dataclass
class Names:
    """A name server with the records of a test."""

    records: dict[str, list[str]] = field(default_factory=dict)
    #: Names whose servers are broken.
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def publish(self, domain: str, pem: bytes, selector: str = "s1", more: str = "") -> None:
        self.records[f"{selector}._domainkey.{domain}"] = [f"{more}{record_of(pem)}"]

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        name = str(request.q.qname).rstrip(".").lower()
        self.asked.append(name)
        reply = request.reply()
        if name in self.broken:
            reply.header.rcode = RCODE.SERVFAIL
        elif name not in self.records:
            reply.header.rcode = RCODE.NXDOMAIN
        for text in self.records.get(name, ()):
            parts = [text[n : n + 200].encode() for n in range(0, len(text), 200)]
            reply.add_answer(RR(name, QTYPE.TXT, rdata=TXT(parts), ttl=0))
        return reply


@contextlib.contextmanager
def name_server(**records: list[str]) -> Iterator[Names]:
    """Run a name server on a free port of 127.0.0.1."""
    names = Names(dict(records))
    server = DNSServer(names, port=0, address="127.0.0.1", logger=_Quiet())
    names.port = server.server.server_address[1]
    server.start_thread()
    try:
        yield names
    finally:
        server.stop()
        server.server.server_close()


FIELDS = ("from", "from", "to", "subject", "date", "message-id", "mime-version", "content-type")


def sign(
    message: EmailMessage | bytes,
    domain: str = "zj.example",
    private: bytes | None = None,
    *,
    selector: str = "s1",
    fields: tuple[str, ...] = FIELDS,
    length: bool = False,
    **tags: str,
) -> bytes:
    """Return ``message`` with a DKIM signature on top; ``tags`` are further tags, such as ``x`` for its end."""
    raw = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
    made = dkim.DKIM(raw)
    if tags:
        made = _Tagged(raw, {name.encode(): value.encode() for name, value in tags.items()})
    header = made.sign(
        selector.encode(),
        domain.encode(),
        private or key(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.encode() for name in fields],
        length=length,
    )
    return bytes(header) + raw


class _Tagged(dkim.DKIM):  # type: ignore[misc]
    """Signs with tags that the library does not write."""

    def __init__(self, raw: bytes, tags: dict[bytes, bytes]) -> None:
        super().__init__(raw)
        self._tags = tags

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object, **more: object) -> bytes:
        at = next(n for n, (name, _) in enumerate(fields) if name == b"bh")
        fields[at:at] = list(self._tags.items())
        return bytes(super().gen_header(fields, *rest, **more))


@functools.cache
def short_key() -> tuple[bytes, str]:
    """Return an RSA key of 768 bits, which no library makes any more, in PEM and as a DKIM record."""
    dice = random.Random(768)
    p, q = (
        next(n for n in iter(lambda: dice.getrandbits(384) | 1 << 383 | 1 << 382 | 1, 0) if _prime(n)) for _ in "pq"
    )
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = {"modulus": p * q, "public_exponent": 65537, "private_exponent": d, "prime1": p, "prime2": q}
    more = {"exponent1": d % (p - 1), "exponent2": d % (q - 1), "coefficient": pow(q, -1, p), "version": 0}
    private = pem.armor("RSA PRIVATE KEY", keys.RSAPrivateKey(numbers | more).dump())
    public = keys.PublicKeyInfo.wrap(keys.RSAPublicKey({"modulus": p * q, "public_exponent": 65537}), "rsa").dump()
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def _prime(n: int) -> bool:
    """Fermat's test: enough for a toy."""
    return n % 65537 != 1 and all(pow(base, n - 1, n) == 1 for base in (2, 3, 5, 7))
