"""Typeset: facts become the bytes of a PDF, the same bytes from the same facts (docs/adr/0019).

PDF/A-2u, the archival format of ISO 19005-2: fonts are embedded, and a character that no font has is an error of
the compiler and never a box. Such a character is written as its code, ``〔U+1F44D〕``, and the paper says so.
"""

import datetime as dt
import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as chinese
import typst

from models.paper import PaperKind, PaperNotMade

ROOT = Path(__file__).parent
STANDARDS: list[Any] = ["a-2u"]
#: The sheet and its copy differ in what stands on them.
LAYOUTS = {
    PaperKind.AWARD_LETTER: "award-letter.typ",
    PaperKind.DECISION_SHEET: "decision-sheet.typ",
    PaperKind.APPLICANT_COPY: "decision-sheet.typ",
}


class Illegible(Exception):
    """A text has what an archival PDF cannot have: a character without a glyph, or one that says nothing."""


def typeset(kind: PaperKind, facts: dict[str, Any]) -> bytes:
    """Return the paper as PDF; the time that the file itself carries is that of the ``facts``.

    Raises:
        PaperNotMade: it cannot be set; the sentence says why.

    """
    return set_in(LAYOUTS[kind], facts)


def set_in(name: str, facts: dict[str, Any]) -> bytes:
    """Return what is set in the layout ``name``: see ``typeset``."""
    layout = ROOT / name
    try:
        return _compiled(layout, facts)
    except Illegible:
        unknown = {character for character in _characters(facts) if not is_known(character)}
    try:
        return _compiled(layout, coded(facts, unknown) | {"coded": sorted(map(code, unknown))})
    except Illegible as error:
        raise PaperNotMade(str(error)) from error


def code(character: str) -> str:
    """Return how a character that no font has is written: ``〔U+1F44D〕``."""
    return f"〔U+{ord(character):04X}〕"


@lru_cache(maxsize=4096)
def is_known(character: str) -> bool:
    """Return whether one of our fonts has ``character``: a small paper with nothing else on it can be set."""
    try:
        _compiled(ROOT / "character.typ", {"character": character, "at": "1970-01-01T00:00:00+00:00"})
    except Illegible:
        return False
    return True


def _compiled(layout: Path, facts: dict[str, Any]) -> bytes:
    compiler = typst.Compiler(layout, root=ROOT, font_paths=_fonts(), ignore_system_fonts=True)
    try:
        made = compiler.compile(
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=int(dt.datetime.fromisoformat(facts["at"]).timestamp()),
            sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        if error.message.startswith("PDF/A"):
            raise Illegible(error.message) from error
        raise PaperNotMade(error.message) from error
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Return the only fonts that there are: Noto SC from its package, and the compiler's own; none of the machine."""
    folder = chinese.serif_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


def _characters(value: Any) -> set[str]:
    """Return every character that stands in the texts of ``value``."""
    if isinstance(value, str):
        return set(value) - {"\n"}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_characters, parts))


def coded(value: Any, unknown: set[str]) -> Any:
    """Return ``value`` with the code in place of each unknown character in its texts."""
    if isinstance(value, str):
        return "".join(code(character) if character in unknown else character for character in value)
    if isinstance(value, dict):
        return {key: part if key == "at" else coded(part, unknown) for key, part in value.items()}
    return [coded(part, unknown) for part in value] if isinstance(value, list) else value
