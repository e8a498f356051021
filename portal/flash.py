"""What was just done, kept by the browser for the page that says so: signed, for one path, for some minutes."""

import base64
import binascii
import hmac
import json

from starlette.requests import Request
from starlette.responses import Response

from portal.desk import Desk

COOKIE = "liandong_done"
SECONDS = 600


def keep(response: Response, desk: Desk, path: str, said: dict[str, str]) -> None:
    """Give the browser ``said`` for ``path``."""
    text = base64.urlsafe_b64encode(json.dumps(said, ensure_ascii=False).encode()).decode()
    value = f"{text}.{_seal(desk, path, text)}"
    response.set_cookie(COOKIE, value, max_age=SECONDS, path=path, httponly=True, samesite="strict", secure=desk.secure)


def read(request: Request, desk: Desk, path: str) -> dict[str, str] | None:
    """Return what was kept for ``path``; None where there is nothing, or it is not ours."""
    text, _, seal = request.cookies.get(COOKIE, "").partition(".")
    if not text or not hmac.compare_digest(_seal(desk, path, text).encode(), seal.encode("utf-8", "replace")):
        return None
    try:
        said: dict[str, str] = json.loads(base64.urlsafe_b64decode(text))
    except (ValueError, binascii.Error):
        return None
    return said


def _seal(desk: Desk, path: str, text: str) -> str:
    return hmac.digest(desk.office.key, f"done|{path}|{text}".encode(), "sha256").hex()
