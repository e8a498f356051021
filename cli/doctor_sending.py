"""What `liandong doctor` sees of outgoing mail: the SMTP server with TLS and login, and the published DKIM key."""

import asyncio

import dns.asyncresolver
import dns.exception

from cli.finding import Finding
from models.errors import LiandongError
from models.settings import Settings
from notifications.sending.signing import Signer, signer
from notifications.sending.smtp import Connection, PutOff

SECONDS = 3.0
DKIM = "签名 DKIM"


async def smtp(settings: Settings) -> list[Finding]:
    """Connect and log in as the sender does."""
    host, port = settings.smtp_host, settings.smtp_port
    connection = Connection(settings)
    try:
        async with asyncio.timeout(SECONDS):
            await connection.open()
    except (PutOff, OSError, TimeoutError) as error:
        return [_not_taken(f"{host}:{port}", str(error) or type(error).__name__)]
    finally:
        await connection.close()
    as_whom = f"，{settings.smtp_user}" if settings.smtp_user else ""
    protection = {"none": "", "tls": "，TLS", "starttls": "，STARTTLS"}[settings.smtp_protection]
    return [Finding("SMTP", True, f"{host}:{port}{protection}{as_whom}", "answers")]


def _not_taken(where: str, why: str) -> Finding:
    advice = "LIANDONG_SMTP_HOST / LIANDONG_SMTP_PORT"
    return Finding(
        "SMTP",
        False,
        f"{where} 拒绝连接、没有应答或不接受我们，信件在等待（{why}）；请启动邮件服务器，或改设 {advice}",
        f"{where} refuses or is silent, letters wait ({why}); start the mail server or set {advice}",
    )


async def dkim(settings: Settings) -> list[Finding]:
    """Hold the published key against the one that signs."""
    try:
        key = signer(settings)
    except LiandongError as error:
        return [Finding(DKIM, False, error.zh, error.en)]
    if key is None:
        if settings.practice_mailbox:
            return []
        zh, en = (
            "信件没有签名，容易被当作垃圾邮件；请运行 liandong dkim new",
            "letters are not signed: liandong dkim new",
        )
        return [Finding(DKIM, True, zh, en, warns=True)]
    if settings.dkim_key.stat().st_mode & 0o077:
        path = settings.dkim_key
        return [Finding(DKIM, False, f"他人可读私钥；请运行 chmod 600 {path}", f"others can read {path}: chmod 600")]
    if settings.dns_server.lower() == "none":
        return [Finding(DKIM, True, f"{key.name}，未查", "LIANDONG_DNS_SERVER is none: not looked up", warns=True)]
    return [await _published(key, settings)]


async def _published(key: Signer, settings: Settings) -> Finding:
    try:
        found = await _records(key.name, settings)
    except (dns.exception.DNSException, OSError, ValueError) as error:
        zh = f"查不到 {key.name}（{type(error).__name__}）；请发布 liandong dkim show 所示记录"
        return Finding(DKIM, False, zh, f"{key.name} is not found; publish what `liandong dkim show` says")
    if any(_tags(one).get("p") == _tags(key.record)["p"] for one in found):
        return Finding(DKIM, True, key.name, "is published")
    zh = f"{key.name} 发布的不是现用密钥；请改为 liandong dkim show 所示记录"
    return Finding(DKIM, False, zh, f"{key.name} publishes another key; publish what `liandong dkim show` says")


async def _records(name: str, settings: Settings) -> list[str]:
    """Return the TXT records of ``name``, each put together from its strings."""
    resolver = dns.asyncresolver.Resolver(configure=not settings.dns_server)
    if settings.dns_server:
        host, _, port = settings.dns_server.rpartition(":")
        resolver.nameservers, resolver.port = [host or port], int(port) if host else 53
    answer = await resolver.resolve(f"{name}.", "TXT", lifetime=SECONDS)
    return [b"".join(row.strings).decode("ascii", "replace") for row in answer]


def _tags(record: str) -> dict[str, str]:
    """Return the tags of a record without the spaces that may stand anywhere in them (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}
