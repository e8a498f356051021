"""Ranking: the applications of one batch by what their panels came to. Pure.

A batch is what was submitted for one option of one measure of one policy in one year.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.panel.score import Result


@dataclass(frozen=True)
class Scored:
    """One application whose panel has closed."""

    number: str
    applicant: str
    title: str
    result: Result


@dataclass(frozen=True)
class Ranked:
    """One application in its place; equal ones share a place, and the next place is then left out."""

    place: int
    scored: Scored


def ranking(all_: Iterable[Scored]) -> list[Ranked]:
    """Return all in their places: by trimmed mean, then by the plain mean; equal in both is equal in place.

    Within one place they stand in the order of their numbers, which decides nothing.
    """
    ordered = sorted(all_, key=lambda one: (-one.result.trimmed, -one.result.plain, one.number))
    made: list[Ranked] = []
    for n, one in enumerate(ordered, start=1):
        same = made and _measure(made[-1].scored) == _measure(one)
        made.append(Ranked(made[-1].place if same else n, one))
    return made


def _measure(one: Scored) -> tuple[object, object]:
    return one.result.trimmed, one.result.plain
