"""The pages of a duty: a unit reports, the lead accepts or sends back. Only the POST counts."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import decide, duties
from approvals.answer import Answer, Decided, NotDecided
from models.errors import LiandongError, OpinionMissing, OpinionTooLong, ReportMissing, UnknownUnits, WrongFigure
from models.states import Channel
from portal.decide import DecideDoor
from portal.desk import Slip, status_of, token_of
from portal.duty_form import read_acceptance, read_report
from portal.security import fields


@dataclass(frozen=True)
class DutyDoor:
    """``/d/{token}/report`` and ``/d/{token}/accept``; the page itself is the decide page's."""

    door: DecideDoor

    async def back(self, request: Request) -> Response:
        """Lead somebody who reloads the address of a form back to the page."""
        return RedirectResponse(_here(token_of(request)), 303)

    async def report(self, request: Request) -> Response:
        """Take a report: done, which closes the unit's task, or in progress, which leaves it open."""
        token, given = str(request.path_params["token"]), await fields(request)
        desk = self.door.desk
        if not desk.csrf_holds(request, given, _here(token)):
            return await self.door.unread(request, given, 403, [Slip.of("decide", "wrong_csrf")])
        said, slips = read_report(given)
        if said is None:
            return await self.door.unread(request, given, 422, slips)
        result: Decided | NotDecided | duties.Reported
        if isinstance(said, Answer):
            result = await desk.db.write(decide.decide, desk.office, token, said, Channel.LINK, desk.now())
        else:
            result = await desk.db.write(duties.report, desk.office, token, said, Channel.LINK, desk.now())
        return await self._answered(request, token, given, result)

    async def accept(self, request: Request) -> Response:
        """Take the lead's answer: accepted, or sent back to the units that are named."""
        token, given = str(request.path_params["token"]), await fields(request)
        desk = self.door.desk
        if not desk.csrf_holds(request, given, _here(token)):
            return await self.door.unread(request, given, 403, [Slip.of("decide", "wrong_csrf")])
        said, slips = read_acceptance(given)
        if said is None:
            return await self.door.unread(request, given, 422, slips)
        result = await desk.db.write(decide.decide, desk.office, token, said, Channel.LINK, desk.now())
        return await self._answered(request, token, given, result)

    async def _answered(
        self,
        request: Request,
        token: str,
        given: dict[str, str],
        result: Decided | NotDecided | duties.Reported,
    ) -> Response:
        if not isinstance(result, NotDecided):
            return RedirectResponse(_here(token), 303)
        field = _field_of(result.error)
        status = 422 if field != "decide" else status_of(result.error)
        return await self.door.page(request, token, status, given, [Slip.from_error(field, result.error)])


def _here(token: str) -> str:
    return f"/d/{token}"


def _field_of(error: LiandongError) -> str:
    """Return the field of the form that a refusal of the verb is about."""
    match error:
        case ReportMissing() | OpinionMissing() | OpinionTooLong():
            return "opinion"
        case WrongFigure():
            return "figures"
        case UnknownUnits():
            return "units"
    return "decide"
