"""The desk: what every page of the portal needs, and what its pages share."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import HTMLResponse

from approvals import refusals
from approvals.database import Database
from approvals.moves.copy import NotAReader
from approvals.office import Office
from models.deputy import DeputyshipEnded
from models.errors import (
    AlreadyDecided,
    ContentChanged,
    ExpiredToken,
    LiandongError,
    NotYourTurn,
    OfficerReplaced,
    OpinionMissing,
    Recused,
    RefusedApplication,
    StageClosed,
    Suspended,
    UnknownApplication,
    UnknownToken,
    WrongAmount,
    WrongCode,
    WrongState,
)
from models.paper import NoPaper, UnknownPaper
from models.policy.notice_rules import NoticeEnded, TooManyObjections, UnknownNotice, WrongObjection
from models.settings import Settings
from portal.render import page
from portal.security import csrf_cookie, csrf_field, csrf_holds, keep_csrf_cookie
from portal.words import LANGUAGES, Language, say

#: The longest opinion or reason, in characters.
MAX_WORDS = 5000
_TOKEN = re.compile(r"[A-Za-z2-7]{1,64}")

#: The HTTP status of each refusal; any other is 400.
STATUS: dict[type[LiandongError], int] = {
    UnknownToken: 404,
    UnknownApplication: 404,
    UnknownPaper: 404,
    NoPaper: 404,
    AlreadyDecided: 409,
    WrongState: 409,
    NotYourTurn: 409,
    Suspended: 409,
    Recused: 410,
    ExpiredToken: 410,
    StageClosed: 410,
    OfficerReplaced: 410,
    DeputyshipEnded: 410,
    NotAReader: 410,
    ContentChanged: 410,
    RefusedApplication: 422,
    OpinionMissing: 422,
    WrongAmount: 422,
    WrongCode: 422,
    UnknownNotice: 404,
    NoticeEnded: 410,
    WrongObjection: 422,
    TooManyObjections: 429,
}


def status_of(error: LiandongError) -> int:
    """Return the HTTP status of ``error``."""
    return STATUS.get(type(error), 400)


@dataclass(frozen=True)
class Slip:
    """One thing to correct in a form: the id of the field, and a sentence in each language."""

    field: str
    sentence: dict[Language, str]

    @classmethod
    def of(cls, field: str, key: str, **values: object) -> Self:
        """Return the slip with the words of ``key``."""
        return cls(field, {language: say(key, language, **values) for language in LANGUAGES})

    @classmethod
    def from_error(cls, field: str, error: LiandongError) -> Self:
        """Return the slip with the sentence of ``error``."""
        return cls(field, {language: _capital(error.sentence(language)) for language in LANGUAGES})


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


@dataclass(frozen=True)
class Desk:
    """Database, office and clock, handed to every page."""

    settings: Settings
    db: Database
    office: Office
    now: Callable[[], dt.datetime]

    @property
    def secure(self) -> bool:
        """True where the portal is reached by HTTPS: cookies are kept to it."""
        return self.settings.portal_url.startswith("https:")

    @asynccontextmanager
    async def noting(self, request: Request, door: str) -> AsyncIterator[None]:
        """Put a refusal of the link in the address on the chain of its application, then let it be told.

        What is wrong with an amended application is no refusal of the link.
        """
        try:
            yield
        except RefusedApplication:
            raise
        except LiandongError as error:
            await self.db.write(refusals.record_refusal, str(request.path_params["token"]), door, error, self.now())
            raise

    def csrf_holds(self, request: Request, given: dict[str, str], here: str) -> bool:
        """Return whether the form was shown to this browser by us."""
        return csrf_holds(self.office.key, request, given.get("csrf", ""), here)

    def form_page(
        self, request: Request, template: str, language: Language, status: int, here: str, **context: Any
    ) -> HTMLResponse:
        """Return a page with a form: it carries the CSRF pair, bound to the path ``here``."""
        cookie = csrf_cookie(request)
        field = csrf_field(self.office.key, cookie, here)
        response = page(request, template, language, status, here=here, csrf=field, **context)
        keep_csrf_cookie(response, cookie, here, secure=self.secure)
        return response


def token_of(request: Request) -> str:
    """Return the token in the address.

    Raises:
        UnknownToken: it has characters that no token has.

    """
    token = str(request.path_params["token"])
    if not _TOKEN.fullmatch(token):
        raise UnknownToken
    return token


def too_long(field: str, text: str) -> list[Slip]:
    """Return the slip of a text that is longer than is kept."""
    if len(text) <= MAX_WORDS:
        return []
    return [Slip.of(field, "wrong_long", limit=f"{MAX_WORDS:,}", length=f"{len(text):,}")]
