"""Answer a letter of the practice mailbox: a form for the words; they go out by SMTP, as from a person's client."""

from asyncio import to_thread
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.settings import Settings
from notifications.practice.clients import NAMES, Client
from notifications.practice.mailbox import Mailbox, body_of, headers_of
from notifications.practice.reply import send_reply
from portal.desk import Slip
from portal.render import chosen_language, page
from portal.security import csrf_cookie, csrf_field, csrf_holds, fields, keep_csrf_cookie

#: Longer than every opinion that is kept, so that a person sees how a long one is answered.
MOST_WORDS = 10_000
BLANK = {"text": "", "client": Client.PLAIN.value, "csrf": ""}


@dataclass(frozen=True)
class Asked:
    """The letter that is answered."""

    address: str
    id: str
    raw: bytes
    headers: dict[str, str]

    @property
    def reply_to(self) -> str:
        """The address that takes the answer; empty where the letter wants none."""
        return parseaddr(self.headers.get("reply-to", ""))[1]


@dataclass(frozen=True)
class MailboxReply:
    """``/{address}/{letter}/reply``."""

    settings: Settings
    mailbox: Mailbox

    async def show(self, request: Request) -> Response:
        """Show the form; ``?say=`` puts words into it, for whoever clicks one of ours."""
        asked = await self._asked(request)
        said = request.query_params.get("say", "")[:MOST_WORDS]
        return self._page(request, asked, given=BLANK | {"text": said})

    async def send(self, request: Request) -> Response:
        """Send the answer by SMTP; then the person's letters, among which ours will arrive."""
        asked = await self._asked(request)
        given = BLANK | await fields(request)
        if not csrf_holds(self.settings.secret_key, request, given["csrf"], _here(request)):
            return self._page(request, asked, 403, given, Slip.of("reply", "wrong_csrf"))
        text = given["text"].strip()
        if not text or len(text) > MOST_WORDS:
            return self._page(request, asked, 422, given, Slip.of("text", "mailbox_reply_words", most=MOST_WORDS))
        client = Client(given["client"]) if given["client"] in set(Client) else Client.PLAIN
        try:
            await send_reply(self.settings, asked.raw, text, client)
        except OSError as error:
            return self._page(request, asked, 502, given, Slip.of("reply", "mailbox_reply_failed", why=str(error)))
        await to_thread(self.mailbox.mark_answered, asked.address, asked.id)
        return RedirectResponse(f"/{quote(asked.address)}?sent=1", 303)

    async def _asked(self, request: Request) -> Asked:
        """Return the letter in the address.

        Raises:
            HTTPException: 404, there is none, or it wants no answer.

        """
        address, letter = request.path_params["address"], request.path_params["letter"]
        try:
            raw = await to_thread(self.mailbox.letter, address, letter)
        except KeyError:
            raise HTTPException(404) from None
        asked = Asked(address, letter, raw, {name.lower(): value for name, value in reversed(headers_of(raw))})
        if not asked.reply_to:
            raise HTTPException(404)
        return asked

    def _page(
        self, request: Request, asked: Asked, status: int = 200, given: dict[str, str] = BLANK, slip: Slip | None = None
    ) -> Response:
        language, here, cookie = chosen_language(request), _here(request), csrf_cookie(request)
        context = {
            "asked": asked,
            "given": given,
            "slips": [slip] if slip else [],
            "clients": [(client.value, NAMES[client][language != "zh"]) for client in Client],
            "letter": body_of(asked.raw, "plain"),
            "most": MOST_WORDS,
            "csrf": csrf_field(self.settings.secret_key, cookie, here),
        }
        response = page(request, "mailbox-reply.html", language, status, here=here, **context)
        keep_csrf_cookie(response, cookie, here, secure=False)
        return response


def _here(request: Request) -> str:
    """Return the page's path as the browser writes it, since a cookie's path is compared letter by letter."""
    raw: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
    return raw.decode("ascii", "replace")
