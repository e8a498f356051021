"""Other steps at the decide page: hand over, lend, add, remove, copy, suspend, resume, take back. Only the POST moves.

What was done is shown after a redirect, so that a page that is loaded again does it only once.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import pages
from approvals.answer import NotDecided
from approvals.moves import wish as wishes
from models.states import Channel
from portal import flash
from portal.decide import DecideDoor
from portal.desk import Slip, status_of, token_of
from portal.move_form import PART_OF, read_wish, slip_of
from portal.render import chosen_language, page
from portal.security import fields


@dataclass(frozen=True)
class MoveDoor:
    """``/d/{token}/move``; the forms are on the decide page."""

    door: DecideDoor

    async def move(self, request: Request) -> Response:
        """Make the move; then a page says what was done and what happens next."""
        token, given = str(request.path_params["token"]), await fields(request)
        desk = self.door.desk
        if not desk.csrf_holds(request, given, _here(token)):
            return await self._again(request, given, 403, Slip.of("move", "wrong_csrf"))
        wish, slips = read_wish(given)
        if wish is None:
            return await self._again(request, given, 422, *slips)
        made = await desk.db.write(wishes.by_token, desk.office, token, Channel.LINK, wish, desk.now())
        if isinstance(made, NotDecided):
            status = 422 if type(made.error) in PART_OF else status_of(made.error)
            return await self.door.page(request, token, status, given, [slip_of(wish, made.error)])
        response = RedirectResponse(f"{_here(token)}/move", 303)
        flash.keep(response, desk, f"{_here(token)}/move", {"wanted": wish.wanted, "zh": made.zh, "en": made.en})
        return response

    async def done(self, request: Request) -> Response:
        """Say what was done; without that, lead back to the page."""
        token, desk = token_of(request), self.door.desk
        said = flash.read(request, desk, f"{_here(token)}/move")
        if said is None:
            return RedirectResponse(_here(token), 303)
        view = await desk.db.read(pages.decide_page, token, desk.now())
        language = chosen_language(request, view.language)
        return page(request, "moved.html", language, app=view.standing, view=view, said=said, back=_here(token))

    async def _again(self, request: Request, given: dict[str, str], status: int, *slips: Slip) -> Response:
        """Show the page again; a link that is none is on the chain."""
        async with self.door.desk.noting(request, "move"):
            token = token_of(request)
            await self.door.desk.db.read(pages.decide_page, token, self.door.desk.now())
        return await self.door.page(request, token, status, given, list(slips))


def _here(token: str) -> str:
    return f"/d/{token}"
