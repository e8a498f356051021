"""The forms of a duty: what they show first, and what was said in them. Pure."""

import datetime as dt
from typing import Any

from approvals.answer import Answer
from approvals.duties import Progressing
from approvals.pages import DecidePage
from models.report import MAX_FIGURE
from models.states import Outcome
from portal.desk import Slip, too_long
from portal.plot import plot

#: The page that asks in a stage of a duty, by the act of the stage.
TEMPLATES = {"report": "report.html", "accept": "accept.html"}
#: What fields of the form are called: a figure by its target, a unit by its place on the route.
FIGURE, UNIT = "figure_", "unit_"


def stated(view: DecidePage) -> dict[str, str]:
    """Return the form of a duty as it is first shown: nothing chosen, the last figures, all units to be sent back."""
    known = {progress.target.key: progress.by_unit.get(view.task.unit) for progress in view.standing.targets}
    figures = {FIGURE + key: "" if figure is None else str(figure) for key, figure in known.items()}
    units = {f"{UNIT}{n}": unit for n, unit in enumerate(view.standing.route[0].units)}
    return {"outcome": "", "opinion": ""} | figures | units


def shown(view: DecidePage, given: dict[str, str] | None, language: str, now: dt.datetime) -> dict[str, Any]:
    """Return what the pages of a duty show besides what every page does."""
    blank = dict.fromkeys(stated(view), "")
    return {
        "given": stated(view) if given is None else blank | given,
        "figure_fields": {p.target.key: FIGURE + p.target.key for p in view.standing.targets},
        "plot": plot(view.standing.targets, language, now),
        "mine": next((one for one in view.standing.reports if one.unit == view.task.unit), None),
    }


def read_report(given: dict[str, str]) -> tuple[Answer | Progressing | None, list[Slip]]:
    """Return what the form of a report says, or what is wrong with it. A figure that is left empty is not told."""
    opinion, outcome = given.get("opinion", ""), given.get("outcome", "")
    slips = [] if outcome in ("done", "in_progress") else [Slip.of("outcome", "wrong_report")]
    slips += too_long("opinion", opinion)
    figures: dict[str, int] = {}
    for field, text in given.items():
        if field.startswith(FIGURE) and text.strip():
            figure = whole(text)
            if figure is None:
                slips.append(Slip.of(field, "wrong_figure"))
            else:
                figures[field.removeprefix(FIGURE)] = figure
    if slips:
        return None, slips
    if outcome == "done":
        return Answer(Outcome.APPROVE, opinion, figures=figures), []
    return Progressing(opinion, figures), []


def whole(text: str) -> int | None:
    """Return the number in ``text``: digits, grouped or not; None where it is none that can be counted."""
    digits = text.strip().replace(",", "").replace("，", "")
    if not digits.isdecimal() or len(digits) > len(str(MAX_FIGURE)) or int(digits) > MAX_FIGURE:
        return None
    return int(digits)


def read_acceptance(given: dict[str, str]) -> tuple[Answer | None, list[Slip]]:
    """Return what the form of the lead says, or what is wrong with it."""
    opinion, word = given.get("opinion", ""), given.get("outcome", "")
    slips = [] if word in ("accept", "return") else [Slip.of("outcome", "wrong_acceptance")]
    slips += too_long("opinion", opinion)
    units = tuple(unit for field, unit in given.items() if field.startswith(UNIT))
    if word == "return" and not units:
        slips.append(Slip.of("units", "wrong_units"))
    if slips:
        return None, slips
    if word == "accept":
        return Answer(Outcome.APPROVE, opinion), []
    return Answer(Outcome.RETURN, opinion, units=units), []
