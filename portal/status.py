"""The applicant's status page, and the withdrawal on it."""

import datetime as dt
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import applicant_pages, resubmit
from approvals.moves.urge import urge_by_applicant
from models.errors import LiandongError, OpinionTooLong, UnknownToken, WrongState
from models.event import EventKind
from models.road.move_words import INTERNAL
from models.road.standing import Standing
from portal import chain
from portal.desk import Desk, Slip, token_of, too_long
from portal.plot import plot
from portal.render import chosen_language, page
from portal.security import fields


@dataclass(frozen=True)
class StatusDoor:
    """``/s/{token}`` and ``/s/{token}/withdraw``."""

    desk: Desk

    async def show(self, request: Request) -> Response:
        """Show where the application is now and what happens next."""
        return await self._page(request, token_of(request))

    async def back(self, request: Request) -> Response:
        """Lead somebody who reloads the address of the withdrawal back to the page."""
        return RedirectResponse(_here(token_of(request)), 303)

    async def withdraw(self, request: Request) -> Response:
        """End the application at its applicant's wish."""
        given = await fields(request)
        try:
            async with self.desk.noting(request, "withdraw"):
                token = token_of(request)
                view = await self.desk.db.read(applicant_pages.status_page, token, self.desk.now())
                if view.error is not None:
                    raise view.error
                if not self.desk.csrf_holds(request, given, _here(token)):
                    return await self._page(request, token, 403, given, [Slip.of("withdraw", "wrong_csrf")])
                if slips := _slips(given):
                    return await self._page(request, token, 422, given, slips)
                await self.desk.db.write(
                    resubmit.withdraw_by_token, self.desk.office, token, given["reason"], self.desk.now()
                )
        except WrongState as error:
            return await self._page(request, token, 409, given, [Slip.from_error("withdraw", error)])
        return RedirectResponse(_here(token), 303)

    async def urge(self, request: Request) -> Response:
        """Urge those who have not answered, at the applicant's wish."""
        given = await fields(request)
        try:
            async with self.desk.noting(request, "urge"):
                token = token_of(request)
                await self.desk.db.read(applicant_pages.status_page, token, self.desk.now())
                if not self.desk.csrf_holds(request, given, _here(token)):
                    return await self._page(request, token, 403, given, [Slip.of("urge", "wrong_csrf")])
                note = given.get("note", "")
                await self.desk.db.write(urge_by_applicant, self.desk.office, token, note, self.desk.now())
        except UnknownToken:
            raise
        except LiandongError as error:
            slip = Slip.from_error("note" if isinstance(error, OpinionTooLong) else "urge", error)
            return await self._page(request, token, 409, given, [slip])
        return RedirectResponse(f"{_here(token)}", 303)

    async def _page(
        self,
        request: Request,
        token: str,
        status: int = 200,
        given: dict[str, str] | None = None,
        slips: list[Slip] | None = None,
    ) -> Response:
        view = await self.desk.db.read(applicant_pages.status_page, token, self.desk.now())
        language, here = chosen_language(request, view.language), _here(token)
        shared = {
            "view": view,
            "app": view.standing,
            "steps": chain.steps(view.standing),
            "said": chain.decisions(view.standing),
            "slips": slips or [],
            "given": {"reason": "", "confirm": "", "note": ""} | (given or {}),
            "happened": [one for one in chain.moves(view.standing) if one.move.kind not in INTERNAL],
            "urged_at": _urged_at(view.standing),
        }
        if view.standing.is_duty:
            drawn = plot(view.standing.targets, language, self.desk.now())
            return page(request, "duty_status.html", language, status, here=here, plot=drawn, **shared)
        if view.error is not None:
            return page(request, "status.html", language, status, here=here, csrf="", **shared)
        return self.desk.form_page(request, "status.html", language, status, here, **shared)


def _here(token: str) -> str:
    return f"/s/{token}"


def _urged_at(standing: Standing) -> dt.datetime | None:
    """Return when the open stage was urged last."""
    stage = standing.open_stage
    return max((m.at for m in stage.moves if m.kind is EventKind.URGED), default=None) if stage else None


def _slips(given: dict[str, str]) -> list[Slip]:
    reason = given.get("reason", "")
    slips = too_long("reason", reason)
    if not reason.strip():
        slips.append(Slip.of("reason", "wrong_reason"))
    if given.get("confirm") != "yes":
        slips.append(Slip.of("confirm", "wrong_confirm"))
    return slips
