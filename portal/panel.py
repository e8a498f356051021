"""The page of an expert: a sheet to fill in, or to recuse. Only the POST counts."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import decide
from approvals.answer import NotDecided
from models.errors import LiandongError, OpinionMissing, OpinionTooLong, WrongCode
from models.panel.score import SheetIncomplete
from models.states import Channel
from portal.decide import DecideDoor
from portal.desk import Slip, status_of, token_of
from portal.panel_form import POINTS, read_sheet
from portal.security import fields


@dataclass(frozen=True)
class PanelDoor:
    """``/d/{token}/score``; the page itself is the decide page's."""

    door: DecideDoor

    async def back(self, request: Request) -> Response:
        """Lead somebody who reloads the address of the form back to the page."""
        return RedirectResponse(_here(token_of(request)), 303)

    async def score(self, request: Request) -> Response:
        """Take a sheet, or a recusal; then the page shows what was scored."""
        token, given = str(request.path_params["token"]), await fields(request)
        desk = self.door.desk
        if not desk.csrf_holds(request, given, _here(token)):
            return await self.door.unread(request, given, 403, [Slip.of("decide", "wrong_csrf")])
        said, slips = read_sheet(given)
        if said is None:
            return await self.door.unread(request, given, 422, slips)
        result = await desk.db.write(decide.decide, desk.office, token, said, Channel.LINK, desk.now())
        if not isinstance(result, NotDecided):
            return RedirectResponse(_here(token), 303)
        field = _field_of(result.error)
        if field == "code":
            given["code"] = ""
        status = 422 if field != "decide" else status_of(result.error)
        return await self.door.page(request, token, status, given, [Slip.from_error(field, result.error)])


def _here(token: str) -> str:
    return f"/d/{token}"


def _field_of(error: LiandongError) -> str:
    """Return the field of the form that a refusal of the verb is about."""
    match error:
        case SheetIncomplete(field=criterion):
            return POINTS + criterion
        case OpinionMissing() | OpinionTooLong():
            return "opinion"
        case WrongCode():
            return "code"
    return "decide"
