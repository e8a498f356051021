"""The practice mailbox in a browser: whose letters there are, each as a mail client would show it, and its answer.

For demonstrations: anybody who can open these pages reads everybody's letters. It listens on this machine only.
"""

import datetime as dt
from asyncio import to_thread
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from models.settings import Settings
from notifications.practice.mailbox import Mailbox, attached_to, body_of, files_of, headers_of
from notifications.reading.attached import Attached
from portal.app import STATIC, sorry_http, sorry_too_large, sorry_unexpected
from portal.mailbox_reply import MailboxReply
from portal.render import chosen_language, page
from portal.security import HEADERS, Guard, OurHosts, TooLarge

#: A letter brings its own styles and pictures; it still runs nothing and loads nothing from elsewhere.
LETTER_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
)
#: Links in a letter open in a tab of their own, outside the letter's sandbox.
_FRAME = '<!DOCTYPE html><meta charset="utf-8"><base target="_blank"><meta name="referrer" content="no-referrer">'


@dataclass(frozen=True)
class ReadLetter:
    """One letter, taken apart."""

    headers: list[tuple[str, str]]
    html: str
    text: str
    files: list[Attached]
    #: Name and text of each attached file that is text.
    texts: list[tuple[str, str]]

    def header(self, name: str) -> str:
        """Return the first header ``name``, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def sent_at(self) -> dt.datetime | None:
        """When it says that it was written; None where it says no time."""
        try:
            at = parsedate_to_datetime(self.header("Date"))
        except ValueError:
            return None
        return at if at.tzinfo else None


def read_letter(raw: bytes) -> ReadLetter:
    """Return the letter in ``raw`` with its two forms, each empty where it has none, and its files."""
    return ReadLetter(headers_of(raw), body_of(raw, "html"), body_of(raw, "plain"), attached_to(raw), files_of(raw))


@dataclass(frozen=True)
class MailboxPages:
    """``/``, ``/{address}`` and ``/{address}/{letter}``."""

    mailbox: Mailbox

    async def people(self, request: Request) -> Response:
        """Show who has had letters."""
        addresses = await to_thread(self.mailbox.people)
        people = [(address, await to_thread(self.mailbox.letters, address)) for address in addresses]
        return page(request, "mailbox-people.html", chosen_language(request), people=people)

    async def letters(self, request: Request) -> Response:
        """Show one person's letters, the newest first."""
        address = request.path_params["address"]
        letters = await to_thread(self.mailbox.letters, address)
        if not letters:
            raise HTTPException(404)
        context = {"address": address, "letters": letters, "sent": "sent" in request.query_params}
        return page(request, "mailbox-letters.html", chosen_language(request), **context)

    async def letter(self, request: Request) -> Response:
        """Show one letter: as written for the eye, or with ``?as=text`` as plain text."""
        address, letter = request.path_params["address"], read_letter(await self._raw(request))
        as_text = request.query_params.get("as") == "text" or not letter.html
        context = {"address": address, "letter": letter, "as_text": as_text, "frame": _FRAME + letter.html}
        return page(request, "mailbox-letter.html", chosen_language(request), **context)

    async def file(self, request: Request) -> Response:
        """Give one file of a letter to be kept, as a mail client would."""
        files = attached_to(await self._raw(request))
        seq = int(request.path_params["seq"])
        if not 1 <= seq <= len(files):
            raise HTTPException(404)
        file = files[seq - 1]
        name = f"attachment; filename*=utf-8''{quote(file.name, safe='')}"
        return Response(file.content, media_type="application/octet-stream", headers={"Content-Disposition": name})

    async def _raw(self, request: Request) -> bytes:
        try:
            return await to_thread(self.mailbox.letter, request.path_params["address"], request.path_params["letter"])
        except KeyError:
            raise HTTPException(404) from None


def create_mailbox_app(settings: Settings) -> FastAPI:
    """Return the pages of the practice mailbox in the data folder of ``settings``."""
    app = FastAPI(title="Liandong practice mailbox", docs_url=None, redoc_url=None, openapi_url=None)
    pages = MailboxPages(Mailbox(settings.home))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_route("/", pages.people, ["GET"])
    app.add_route("/{address}", pages.letters, ["GET"])
    app.add_route("/{address}/{letter}", pages.letter, ["GET"])
    app.add_route("/{address}/{letter}/files/{seq:int}", pages.file, ["GET"])
    reply = MailboxReply(settings, pages.mailbox)
    app.add_route("/{address}/{letter}/reply", reply.show, ["GET"])
    app.add_route("/{address}/{letter}/reply", reply.send, ["POST"])
    app.add_exception_handler(HTTPException, sorry_http)
    app.add_exception_handler(TooLarge, sorry_too_large)
    app.add_middleware(OurHosts, settings=settings)
    app.add_middleware(Guard, sorry=sorry_unexpected, headers=HEADERS | {"Content-Security-Policy": LETTER_POLICY})
    return app
