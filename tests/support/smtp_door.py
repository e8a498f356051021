"""A mail server with TLS and logins, for tests of how the sender gets in."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from notifications.receiving.listening import listening

PASSWORD = "correct horse"


@dataclass
class Door:
    """A mail server that writes down who came and what was said; ``drop_after`` hangs up behind a letter's end."""

    taken: list[bytes] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    password: str = PASSWORD
    drop_after: int = 0
    slow: float = 0.0
    messages: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.paths.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.slow)
        self.messages += 1
        self.taken.append(envelope.content)
        if self.messages == self.drop_after:
            server.transport.abort()
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((mechanism, data.password.decode()))
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(args[1]).decode()
        self.logins.append(("XOAUTH2", said))
        if f"auth=Bearer {self.password}\1" in said:
            return AuthResult(success=True)
        await server.challenge_auth('{"status": "400"}')  # as real servers say it; the answer is an empty line
        return AuthResult(success=False, handled=False)


@contextlib.asynccontextmanager
async def door(
    port: int, tls: ssl.SSLContext | None = None, *, starttls: bool = False, login: bool = False, **said: Any
) -> AsyncIterator[Door]:
    """Run a server on ``port``: TLS from the first byte, or STARTTLS, or neither."""
    made, loop = Door(**said), asyncio.get_running_loop()
    more: dict[str, Any] = {"authenticator": made.authenticate, "auth_required": login, "auth_require_tls": False}

    def smtp() -> SMTP:
        return SMTP(made, hostname="mail.example", loop=loop, tls_context=tls if starttls else None, **more)

    if starttls or tls is None:
        async with listening(smtp, "127.0.0.1", port):
            yield made
        return
    server = await loop.create_server(smtp, "127.0.0.1", port, ssl=tls)
    try:
        yield made
    finally:
        server.close()
        await asyncio.sleep(0)
