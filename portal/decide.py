"""The decide page: an officer opens the link of a letter, looks, and decides. Only the POST decides."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import decide, pages
from approvals.pages import DecidePage
from models.errors import LiandongError, OpinionMissing, UnknownToken, WrongAmount, WrongCode
from models.money import Fen, fen_from_yuan, yuan
from models.states import Channel, Level, Outcome
from portal import chain, duty_form, panel_form
from portal.desk import Desk, Slip, status_of, token_of, too_long
from portal.render import chosen_language, page
from portal.security import fields

#: The field that each refusal of the verb is about.
FIELD_OF = {OpinionMissing: "opinion", WrongAmount: "amounts", WrongCode: "code"}
#: What the form calls the amount of a level.
AMOUNTS = {level: f"amount_{level.value}" for level in Level}


@dataclass(frozen=True)
class DecideDoor:
    """``/d/{token}`` and ``/d/{token}/code``."""

    desk: Desk

    async def show(self, request: Request) -> Response:
        """Show the file, and the form or the decision that was made."""
        return await self.page(request, token_of(request))

    async def decide(self, request: Request) -> Response:
        """Take the decision; then the page shows who decided what and when."""
        token, given = str(request.path_params["token"]), await fields(request)
        if not self.desk.csrf_holds(request, given, _here(token)):
            return await self.unread(request, given, 403, [Slip.of("decide", "wrong_csrf")])
        answer, slips = read_answer(given)
        if answer is None:
            return await self.unread(request, given, 422, slips)
        result = await self.desk.db.write(decide.decide, self.desk.office, token, answer, Channel.LINK, self.desk.now())
        if isinstance(result, decide.NotDecided):
            return await self._not_decided(request, token, given, result.error)
        return RedirectResponse(_here(token), 303)

    async def unread(self, request: Request, given: dict[str, str], status: int, slips: list[Slip]) -> Response:
        """Answer a form that says nothing we may read; a link that cannot decide at all is on the chain even so."""
        try:
            async with self.desk.noting(request, "decide"):
                token = token_of(request)
                await self._check(token)
        except UnknownToken:
            raise
        except LiandongError as error:
            return await self.page(request, token, status_of(error))
        return await self.page(request, token, status, given, slips)

    async def _check(self, token: str) -> None:
        """Raise unless ``token`` can decide now."""
        view = await self.desk.db.read(pages.decide_page, token, self.desk.now())
        if view.error is not None:
            raise view.error

    async def _not_decided(self, request: Request, token: str, given: dict[str, str], error: LiandongError) -> Response:
        field = FIELD_OF.get(type(error))
        if field is None:
            return await self.page(request, token, status_of(error), given, [Slip.from_error("decide", error)])
        if field == "code":
            given["code"] = ""
        return await self.page(request, token, 422, given, [Slip.from_error(field, error)])

    async def send_code(self, request: Request) -> Response:
        """Write the officer a one-time code; what was entered so far stays."""
        given = await fields(request)
        try:
            async with self.desk.noting(request, "code"):
                token = token_of(request)
                await self._check(token)
                if not self.desk.csrf_holds(request, given, _here(token)):
                    return await self.page(request, token, 403, given, [Slip.of("decide", "wrong_csrf")])
                await self.desk.db.write(pages.send_code, self.desk.office, token, self.desk.now())
        except UnknownToken:
            raise
        except LiandongError as error:
            return await self.page(request, token, status_of(error), given, [Slip.from_error("code", error)])
        return await self.page(request, token, 200, given | {"code": ""})

    async def back(self, request: Request) -> Response:
        """Lead somebody who reloads the address of the code back to the page."""
        return RedirectResponse(_here(token_of(request)), 303)

    async def page(
        self,
        request: Request,
        token: str,
        status: int = 200,
        given: dict[str, str] | None = None,
        slips: list[Slip] | None = None,
    ) -> Response:
        """Show the file with its form, or the decision, or why there is nothing to decide."""
        view = await self.desk.db.read(pages.decide_page, token, self.desk.now())
        language, here = chosen_language(request, view.language), _here(token)
        said = chain.decisions(view.standing, but=view.task.id)
        shared = {"view": view, "app": view.standing, "steps": chain.steps(view.standing), "said": said}
        if view.standing.is_duty:
            shared |= duty_form.shown(view, given, language, self.desk.now())
        if view.stage.panel and view.task.decided_at is not None:
            return page(request, "panel_scored.html", language, status, here=here, **shared)
        if view.task.decided_at is not None:
            template = "duty_decided.html" if view.standing.is_duty else "decided.html"
            return page(request, template, language, status, here=here, **shared)
        if view.error is not None:
            return page(request, "closed.html", language, status_of(view.error), here=here, **shared)
        if view.objection is not None:
            given = {"outcome": "", "opinion": "", "code": ""} | (given or {})
            return self.desk.form_page(
                request, "objection.html", language, status, here, given=given, slips=slips or [], **shared
            )
        if view.standing.is_duty:
            template = duty_form.TEMPLATES[view.planned.act]
            return self.desk.form_page(request, template, language, status, here, slips=slips or [], **shared)
        if view.stage.panel:
            shared |= {"given": panel_form.stated(view) | (given or {}), "slips": slips or []}
            return self.desk.form_page(request, "panel.html", language, status, here, **shared)
        return self.desk.form_page(
            request,
            "decide.html",
            language,
            status,
            here,
            given=_stated(view) | (given or {}),
            slips=slips or [],
            fields=AMOUNTS,
            **shared,
        )


def _here(token: str) -> str:
    return f"/d/{token}"


def _stated(view: DecidePage) -> dict[str, str]:
    """Return the form as it is first shown: amounts as stated, and no outcome."""
    blank = {"outcome": "", "opinion": "", "code": ""}
    if view.planned.share is not None:
        level = Level(view.planned.share)
        return blank | {AMOUNTS[level]: yuan(view.standing.asked[level])}
    return blank | {AMOUNTS[level]: yuan(fen) for level, fen in view.award.items()}


def read_answer(given: dict[str, str]) -> tuple[decide.Answer | None, list[Slip]]:
    """Return what the form says, or what is wrong with it. An amount that is absent means "as stated"."""
    slips = too_long("opinion", given.get("opinion", ""))
    try:
        outcome = Outcome(given.get("outcome", ""))
    except ValueError:
        return None, [Slip.of("outcome", "wrong_outcome"), *slips]
    amounts = _amounts(given, slips) if outcome is Outcome.APPROVE else {}
    if slips:
        return None, slips
    return decide.Answer(outcome, given.get("opinion", ""), amounts, given.get("code", "")), []


def _amounts(given: dict[str, str], slips: list[Slip]) -> dict[Level, Fen]:
    """Return the amounts given; add a slip for each that is no sum of yuan."""
    found: dict[Level, Fen] = {}
    for level, field in AMOUNTS.items():
        if field in given:
            try:
                found[level] = fen_from_yuan(given[field])
            except ValueError:
                slips.append(Slip.of(field, "wrong_yuan", level=level))
    return found
