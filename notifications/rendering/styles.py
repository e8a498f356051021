"""Styles: the sheet of the letters, put into each element, since many mail clients drop what stands in a head.

css-inline works out what fits an element of the sheet once for each kind of element, not once for each letter.
"""

from functools import cache
from pathlib import Path

import css_inline
from bs4 import BeautifulSoup
from markupsafe import Markup

LAYOUTS = Path(__file__).parent.parent / "layouts"


@cache
def css(language: str, element: str, names: str = "") -> Markup:
    """Return the attributes ``class`` and ``style`` of an ``element`` with the classes ``names``.

    The sheet names elements by themselves, by their classes and by the language of the letter, and never by where
    they stand: so a document with this element alone says what its style is.
    """
    inside = "" if element == "body" else f'<{element} class="{names}"></{element}>'
    if element == "td":
        inside = f"<table><tr>{inside}</tr></table>"
    lang = "zh-CN" if language == "zh" else "en"
    page = f'<html lang="{lang}"><body>{inside}</body></html>'
    found = BeautifulSoup(_inliner().inline(page), "html.parser").find(element)
    assert found is not None
    style = str(found.get("style") or "")
    made = Markup('class="{}" style="{}"').format(names, style)
    return made if names else Markup('style="{}"').format(style)


@cache
def screens() -> Markup:
    """Return the sheet that stays in the head: narrow screens, and dark ones."""
    return Markup((LAYOUTS / "screens.css").read_text("utf-8"))  # noqa: S704 - a file of ours


@cache
def _inliner() -> css_inline.CSSInliner:
    sheet = (LAYOUTS / "letter.css").read_text("utf-8")
    return css_inline.CSSInliner(extra_css=sheet, load_remote_stylesheets=False, minify_css=True)
