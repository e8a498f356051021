"""Pages from templates: Jinja2 with StrictUndefined and autoescape, in the reader's language."""

import datetime as dt
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from models import money as amounts
from models import states
from models.calendar import office_time
from notifications.wording import otherwise
from notifications.wording.catalogue import moment
from portal.words import LANGUAGES, Language, language_of, say

LANGUAGE_COOKIE = "liandong_lang"
TEMPLATES = Path(__file__).with_name("templates")


@cache
def environment() -> Environment:
    """Return the one environment, with every template beside this file."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _tools(language: Language) -> dict[str, Any]:
    """Return what templates may call, bound to ``language``."""
    return {
        "lang": language,
        "t": partial(_say, language),
        "tt": lambda key, in_language, **values: say(key, in_language, **values),
        "money": lambda fen: amounts.money(fen, language),
        "yuan": amounts.yuan,
        "time": partial(_time, language),
        "date": lambda at: office_time(at)[:10],
        "name": lambda word: _name(word, language),
        "answer": lambda act, outcome: states.answer_names(act, outcome)[language != "zh"],
        "happens": lambda late, act: late and otherwise.row({"late": late, "act": act, "language": language}),
        "levels": list(states.Level),
        "other": next(one for one in LANGUAGES if one != language),
    }


def _say(language: Language, key: str, **values: object) -> str:
    return say(key, language, **values)


def _time(language: Language, at: dt.datetime) -> str:
    return moment(at, language)


def _name(word: StrEnum, language: Language) -> str:
    return states.name(word, language)


def chosen_language(request: Request, default: str = "zh") -> Language:
    """Return the language asked for in the address, else the remembered one, else ``default``."""
    asked = language_of(request.query_params.get("lang")) or language_of(request.cookies.get(LANGUAGE_COOKIE))
    return asked or language_of(default) or "zh"


def page(
    request: Request, template: str, language: Language, status: int = 200, *, here: str = "", **context: Any
) -> HTMLResponse:
    """Return ``template`` filled in; ``here`` is where the language toggle leads, by default the page itself."""
    context |= _tools(language) | {"here": here or request.url.path}
    response = HTMLResponse(environment().get_template(template).render(context), status)
    if language_of(request.query_params.get("lang")):
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax", httponly=True)
    return response
