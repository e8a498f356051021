"""Decide several: the page that the link of a digest opens. Each choice is decided as on the task's own page."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import decide
from approvals.answer import Answer, NotDecided
from approvals.morning import several
from approvals.morning.several import Line, SeveralPage
from models.errors import LiandongError, WrongAmount
from models.money import money
from models.policy import gives
from models.states import Channel, Outcome
from portal.desk import Desk, Slip, status_of, token_of, too_long
from portal.render import chosen_language, page
from portal.security import fields
from portal.words import Language


@dataclass(frozen=True)
class Became:
    """What became of one choice."""

    line: Line
    outcome: Outcome
    #: Why it was not counted; None where it was.
    error: LiandongError | None

    @property
    def own_page(self) -> bool:
        """True where it can be decided on the task's own page only: its sum cannot stand as stated."""
        return isinstance(self.error, WrongAmount)


@dataclass(frozen=True)
class SeveralDoor:
    """``/m/{token}`` and ``/m/{token}/code``."""

    desk: Desk

    async def show(self, request: Request) -> Response:
        """Show what waits; nothing is chosen."""
        return await self._page(request, await self._view(request))

    async def decide(self, request: Request) -> Response:
        """Decide what was chosen, one after the other, and say what became of each."""
        given = await fields(request)
        view = await self._view(request)
        if not self.desk.csrf_holds(request, given, _here(request)):
            return await self._page(request, view, 403, given, [Slip.of("decide", "wrong_csrf")])
        answers, slips = read_answers(view, given)
        if slips:
            return await self._page(request, view, 422, given, slips)
        became = [await self._decide(line, answer) for line, answer in answers]
        language = chosen_language(request, view.language)
        return page(request, "several_done.html", language, here=_here(request), view=view, became=became)

    async def _decide(self, line: Line, answer: Answer) -> Became:
        now = self.desk.now()
        result = await self.desk.db.write(decide.decide, self.desk.office, line.token, answer, Channel.LINK, now)
        return Became(line, answer.outcome, result.error if isinstance(result, NotDecided) else None)

    async def send_code(self, request: Request) -> Response:
        """Write the officer one code for all; what was entered so far stays."""
        given = await fields(request)
        view = await self._view(request)
        if not self.desk.csrf_holds(request, given, _here(request)):
            return await self._page(request, view, 403, given, [Slip.of("decide", "wrong_csrf")])
        try:
            await self.desk.db.write(several.send_code, self.desk.office, token_of(request), self.desk.now())
        except LiandongError as error:
            return await self._page(request, view, status_of(error), given, [Slip.from_error("code", error)])
        return await self._page(request, await self._view(request), 200, given | {"code": ""})

    async def back(self, request: Request) -> Response:
        """Lead somebody who reloads the address of the code back to the page."""
        return RedirectResponse(_here(request), 303)

    async def _view(self, request: Request) -> SeveralPage:
        token = token_of(request)
        return await self.desk.db.read(several.several_page, self.desk.office, token, self.desk.now())

    async def _page(
        self,
        request: Request,
        view: SeveralPage,
        status: int = 200,
        given: dict[str, str] | None = None,
        slips: list[Slip] | None = None,
    ) -> Response:
        shown = {"view": view, "given": _blank(view) | (given or {}), "slips": slips or [], "asked_for": _asked_for}
        language = chosen_language(request, view.language)
        return self.desk.form_page(request, "several.html", language, status, _here(request), **shown)


def _here(request: Request) -> str:
    return f"/m/{token_of(request)}"


def _blank(view: SeveralPage) -> dict[str, str]:
    """Return the form as it is first shown: nothing is chosen, not even to leave a task for later."""
    fields_of = {f"{field}_{n}": "" for n in range(len(view.lines)) for field in ("outcome", "opinion")}
    return fields_of | {"code": ""}


def _asked_for(line: Line, language: Language) -> str:
    """Return what a task is about in a few words: the sum; of a duty nothing."""
    if line.is_duty:
        return ""
    return gives.asked_for(line.gives, line.option.get(language), money(line.asked_total, language), language)


def read_answers(view: SeveralPage, given: dict[str, str]) -> tuple[list[tuple[Line, Answer]], list[Slip]]:
    """Return what was chosen for which task, and what is wrong with it: then nothing at all is decided.

    A task that somebody else decided meanwhile is answered by the verb, which says so.
    """
    answers: list[tuple[Line, Answer]] = []
    slips: list[Slip] = []
    code = given.get("code", "").strip()
    for n, line in enumerate(view.lines):
        chosen, opinion = given.get(f"outcome_{n}", ""), given.get(f"opinion_{n}", "")
        if not chosen:
            continue
        if chosen not in set(line.outcomes if line.error is None else several.OFFERED):
            slips.append(Slip.of(f"outcome_{n}", "wrong_outcome"))
            continue
        slips += too_long(f"opinion_{n}", opinion)
        if Outcome(chosen) is not Outcome.APPROVE and not opinion.strip():
            slips.append(Slip.of(f"opinion_{n}", "several_no_opinion", number=line.number))
        answers.append((line, Answer(Outcome(chosen), opinion, code=code if line.code_needed else "")))
    if not answers and not slips:
        slips.append(Slip.of("decide", "several_none_chosen"))
    if not code and any(line.code_needed and line.error is None for line, _ in answers):
        slips.append(Slip.of("code", "several_no_code"))
    return answers, slips
