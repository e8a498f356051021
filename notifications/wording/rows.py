"""The table of a letter: its labels, and what stands beside them, in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notifications.wording import grants, otherwise, releases, review, standing_in
from notifications.wording.catalogue import number, say
from notifications.wording.lines import line
from notifications.wording.names import answer, beijing, on

Words = Mapping[str, Any]
Write = Callable[[Words], str | None]
Rows = tuple[tuple[str, Write], ...]


@dataclass(frozen=True)
class Row:
    """One line of a letter's table of facts."""

    label: str
    value: str
    #: How the value begins, where the eye shall find it first: until when.
    strong: str = ""


def rows(words: Words) -> list[Row]:
    """Return the table of facts: whatever of ROWS the letter knows, in their order."""
    known = DUTY_ROWS if words["duty"] else ROWS
    made, until = ((key, write(words)) for key, write in known), until_when(words)
    return [
        Row(say(words["language"], f"label.{key}"), value, until if key == "due" else "")
        for key, value in made
        if value
    ]


def _plain(key: str) -> Write:
    return lambda w: line(str(w[key])) if w.get(key) else None


def _measure(w: Words) -> str | None:
    if "measure" not in w:
        return None
    said = {"n": w["measure"], "title": w["measure_title"]}
    option = w.get("option")
    if option and option != w["measure_title"]:
        return say(w["language"], "measure.option", **said, option=option)
    return say(w["language"], "measure", **said)


def _stage(w: Words) -> str | None:
    if "stage" not in w or "step" not in w:
        return w.get("stage")
    return say(w["language"], "stage", stage=w["stage"], step=w["step"], steps=w["steps"])


def _unit(w: Words) -> str | None:
    """Return for which unit, and who is asked in its place."""
    if not w.get("unit") or not w["instead"]:
        return w.get("unit")
    return say(w["language"], "unit.instead", unit=w["unit"], instead=w["instead"])


def until_when(w: Words) -> str:
    """Return until when the reader is asked to answer; empty where nothing is asked."""
    return beijing(w["due"], w["language"]) if "due" in w and w["reply"] else ""


def _due(w: Words) -> str | None:
    at = until_when(w)
    return say(w["language"], "due.provisional", at=at) if at and w["due_provisional"] else at


def _decided(w: Words) -> str | None:
    """Return who decided what and when, where a letter tells of an earlier decision."""
    decided = w.get("decided")
    if not decided:
        return None
    who, what = decided.get("who", ""), answer(w.get("act", ""), decided["outcome"], w["language"])
    return f"{what} · {who} · {beijing(decided['at'], w['language'])}" if who else what


def _targets(w: Words) -> str | None:
    """Return every target with its number and what is reached: ``开放应用场景 12 / 50 个（至 2027-12-31）``."""
    return say(w["language"], "between").join(_target(one, w["language"]) for one in w["targets"]) or None


def _target(one: Words, language: str) -> str:
    said = {"name": one["name"], "unit": one["unit"]}
    said |= {key: number(one[key], language) for key in ("reached", "number")}
    return (
        say(language, "target.by", **said, day=on(one["by"], language))
        if one["by"]
        else say(language, "target", **said)
    )


#: Every row that a letter may have: the key of its label, what stands there (None: no such row).
ROWS: Rows = (
    ("due", _due),
    ("number", _plain("number")),
    ("title", _plain("title")),
    ("applicant", _plain("applicant")),
    ("place", _plain("place")),
    ("measure", _measure),
    ("asked", lambda w: None if w["release"] else grants.split(w, "asked")),
    *releases.ROWS,
    ("asked_for", lambda w: None if w["counted"] else w["asked_for"]),
    ("award", lambda w: grants.split(w, "award")),
    ("result", grants.result),
    ("largest", review.largest),
    ("overlaps", review.overlaps),
    ("budgets", review.budgets),
    ("stage", _stage),
    ("unit", _unit),
    *standing_in.ROWS,
    ("decided", _decided),
    ("late", otherwise.said),
)
#: The same of a duty.
DUTY_ROWS: Rows = (
    ("due", _due),
    ("duty_number", _plain("number")),
    ("duty", _plain("title")),
    ("duty_measure", _measure),
    ("lead", _plain("lead")),
    ("targets", _targets),
    ("stage", _stage),
    ("unit", _plain("unit")),
    *standing_in.ROWS,
    ("late", otherwise.said),
)
