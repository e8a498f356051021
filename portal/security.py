"""What every answer of the portal carries, the CSRF pair, and how much of a request is read."""

import contextlib
import hmac
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.settings import Settings

log = logging.getLogger("liandong.portal")

CSRF_COOKIE = "liandong_csrf"
#: A decision's form with the longest opinion, percent-encoded, stays below this.
FORM_BYTES = 128 * 1024
#: A lead that sends a duty back ticks units, of which there may be a hundred.
MAX_FIELDS = 200

#: No script at all, nothing from elsewhere, no page of ours inside another.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class TooLarge(Exception):
    """More was sent than the page takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit:,} bytes")
        self.limit = limit


class Guard:
    """The outermost layer: adds the headers, and turns what nobody caught into a plain page with an id.

    A token is part of its page's address, so no address is ever logged.
    """

    def __init__(
        self, app: ASGIApp, sorry: Callable[[Request, str], Awaitable[Response]], headers: dict[str, str] = HEADERS
    ) -> None:
        self.app, self.sorry = app, sorry
        self.headers = [(k.lower().encode(), v.encode()) for k, v in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", []), *self.headers]
                MutableHeaders(raw=message["headers"]).setdefault(
                    "Cache-Control", "max-age=3600" if scope["path"].startswith("/static/") else "no-store"
                )
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        except Exception:
            error_id = secrets.token_hex(4)
            log.exception("unexpected error %s: %s %s", error_id, scope["method"], redacted(scope["path"]))
            if not started:
                await (await self.sorry(Request(scope), error_id))(scope, receive, guarded)


#: ``name``, ``name:port``, ``[address]:port``.
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]*)?", re.IGNORECASE)
_ELSEWHERE = (
    "本系统不在此地址提供服务；如确需使用，请运行人员将 LIANDONG_PUBLIC_URL 设为此地址。\n"
    "This is not the address of this system; if it should be, the operator sets LIANDONG_PUBLIC_URL to it.\n"
)


class OurHosts:
    """Answers only requests for a host of ours: a page elsewhere whose name is pointed at us reads nothing."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        known = (urlsplit(settings.portal_url).hostname, settings.host, "127.0.0.1", "localhost", "::1")
        self.hosts = {host.lower().strip("[]") for host in known if host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is for us."""
        if scope["type"] == "http":
            asked = _HOST.fullmatch(Headers(scope=scope).get("host", ""))
            if asked is None or (asked[1] or asked[2]).lower() not in self.hosts:
                await PlainTextResponse(_ELSEWHERE, 421)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def redacted(path: str) -> str:
    """Return ``path`` without the token in it: ``/d/…/code``."""
    return "/".join("…" if len(part) > 12 else part for part in path.split("/"))


def csrf_cookie(request: Request) -> str:
    """Return the random half of the pair: the browser's, or a fresh one."""
    held = request.cookies.get(CSRF_COOKIE, "")
    return held if len(held) == 32 and held.isalnum() else secrets.token_hex(16)


def csrf_field(key: bytes, cookie: str, path: str) -> str:
    """Return the hidden half: HMAC-SHA256(key, cookie | path) as hex."""
    return hmac.digest(key, f"csrf|{cookie}|{path}".encode(), "sha256").hex()


def csrf_holds(key: bytes, request: Request, given: str, path: str) -> bool:
    """Return whether the form that sends ``given`` was shown to this browser by us."""
    cookie = request.cookies.get(CSRF_COOKIE, "")
    return bool(cookie) and hmac.compare_digest(csrf_field(key, cookie, path).encode(), given.encode())


def keep_csrf_cookie(response: Response, cookie: str, path: str, *, secure: bool) -> None:
    """Give the browser its half, for this page only: another letter's page has its own."""
    response.set_cookie(CSRF_COOKIE, cookie, path=path, httponly=True, samesite="strict", secure=secure)


def limited(request: Request, limit: int) -> Request:
    """Return ``request`` so that reading more than ``limit`` bytes of its body raises TooLarge."""
    with contextlib.suppress(ValueError):
        if int(request.headers.get("content-length", 0)) > limit:
            raise TooLarge(limit)
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise TooLarge(limit)
        return message

    return Request(request.scope, counted)


async def fields(request: Request) -> dict[str, str]:
    """Return the fields of an urlencoded form, the first of each name, without control characters."""
    body = (await limited(request, FORM_BYTES).body()).decode("utf-8", "replace")
    try:
        pairs = parse_qs(body, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise TooLarge(FORM_BYTES) from None
    return {name: clean(values[0]) for name, values in pairs.items()}


#: Line ends as one character; no other control characters, which no opinion needs.
_CONTROL: dict[int, Any] = {n: None for n in (*range(32), *range(127, 160)) if n not in (9, 10)}


def clean(text: str) -> str:
    """Return ``text`` as it may be kept and shown."""
    return text.replace("\r\n", "\n").translate(_CONTROL)
