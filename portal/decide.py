"""The decide page: an officer opens the link of a letter, looks, and decides. Only the POST decides."""

from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import decide, pages
from approvals.answer import Answer, NotDecided
from approvals.pages import DecidePage
from models.errors import (
    LiandongError,
    NotYourTurn,
    OpinionMissing,
    Recused,
    Suspended,
    UnknownToken,
    WrongAmount,
    WrongCode,
    WrongTarget,
)
from models.event import EventKind
from models.money import Fen, fen_from_yuan, yuan
from models.road.move_words import Move
from models.states import Channel, Level, Outcome, TaskState
from portal import chain, duty_form, move_form, panel_form
from portal.desk import Desk, Slip, status_of, token_of, too_long
from portal.render import chosen_language, page
from portal.security import fields

#: The field that each refusal of the verb is about.
FIELD_OF = {OpinionMissing: "opinion", WrongAmount: "amounts", WrongCode: "code", WrongTarget: "returns_to"}
#: What the page of a task that cannot be answered now is called; any other link no longer works.
CLOSED_AS = {NotYourTurn: "closed_waits", Suspended: "closed_suspended", Recused: "closed_recused"}
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
        if isinstance(result, NotDecided):
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
        shared = _shown(view) | {"slips": slips or []}
        if view.standing.is_duty:
            shared |= duty_form.shown(view, given, language, self.desk.now())
            shared["given"] = move_form.BLANK | shared["given"]
        else:
            shared |= {"given": move_form.BLANK | _stated(view) | (given or {}), "fields": AMOUNTS}
        status, template = _status(view, status), _template(view)
        if view.error is None or view.offers.steps:
            return self.desk.form_page(request, template, language, status, here, **shared)
        return page(request, template, language, status, here=here, **shared)


def _here(token: str) -> str:
    return f"/d/{token}"


def _shown(view: DecidePage) -> dict[str, Any]:
    """Return what every page of a task shows."""
    app = view.standing
    return {
        "view": view,
        "app": app,
        "steps": chain.steps(app),
        "said": chain.decisions(app, but=view.task.id),
        "dissent": chain.dissent(app),
        "happened": chain.moves(app),
        "about": _about(view),
        "closed_as": next((word for kind, word in CLOSED_AS.items() if isinstance(view.error, kind)), "sorry_410"),
    }


def _about(view: DecidePage) -> list[Move]:
    """Return the moves of the task, and what the stage stands still for where it does."""
    made = [move for move in view.stage.moves if view.task.id in move.payload.values()]
    stood = [move for move in view.stage.moves if move.kind is EventKind.SUSPENDED and move not in made]
    return made + (stood[-1:] if view.stage.suspended_at else [])


def _template(view: DecidePage) -> str:
    """Return the page that shows the task as it stands."""
    duty, panel = view.standing.is_duty, bool(view.stage.panel)
    if view.task.state is TaskState.DONE:
        return "duty_decided.html" if duty else "panel_scored.html" if panel else "decided.html"
    if view.error is not None:
        return "closed.html"
    if view.objection is not None:
        return "objection.html"
    return duty_form.TEMPLATES[view.planned.act] if duty else "panel.html" if panel else "decide.html"


def _status(view: DecidePage, status: int) -> int:
    """Return the HTTP status of the page: a task that cannot be answered says so."""
    if view.error is None or view.task.state is TaskState.DONE or status != 200:
        return status
    return status_of(view.error)


def _stated(view: DecidePage) -> dict[str, str]:
    """Return the form as it is first shown: amounts as stated, and no outcome."""
    blank = {"outcome": "", "opinion": "", "code": "", "returns_to": "", "straight": ""}
    if view.stage.panel:
        return blank | panel_form.stated(view)
    if view.planned.share is not None:
        level = Level(view.planned.share)
        return blank | {AMOUNTS[level]: yuan(view.standing.asked[level])}
    return blank | {AMOUNTS[level]: yuan(fen) for level, fen in view.award.items()}


def read_answer(given: dict[str, str]) -> tuple[Answer | None, list[Slip]]:
    """Return what the form says, or what is wrong with it. An amount that is absent means "as stated"."""
    slips = too_long("opinion", given.get("opinion", ""))
    try:
        outcome = Outcome(given.get("outcome", ""))
    except ValueError:
        return None, [Slip.of("outcome", "wrong_outcome"), *slips]
    amounts = _amounts(given, slips) if outcome is Outcome.APPROVE else {}
    if slips:
        return None, slips
    answer = Answer(outcome, given.get("opinion", ""), amounts, given.get("code", ""))
    if outcome is Outcome.RETURN:
        straight = given.get("straight") == "yes"
        answer = replace(answer, returns_to=given.get("returns_to", ""), straight_back=straight)
    return answer, []


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
