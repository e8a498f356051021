"""Quorum: when does a stage close, and how? Pure.

The rule ``all`` (会签): every unit asked must approve. A stage closes as soon as its outcome cannot change
any more, so the first answer that is not an approval closes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.states import Outcome


@dataclass(frozen=True)
class Verdict:
    """The stage's outcome, or None while it waits, and why."""

    outcome: Outcome | None
    why: str


def evaluate(rule: str, asked: int, answers: Iterable[Outcome]) -> Verdict:
    """Return how a stage stands that asked ``asked`` units and has ``answers``, in their order in time.

    Raises:
        ValueError: an unknown rule, or more answers than units.

    """
    given = list(answers)
    if rule != "all":
        raise ValueError(f"unknown quorum rule {rule!r}: use 'all'")
    if len(given) > asked:
        raise ValueError(f"{len(given)} answers from {asked} units")
    for answer in given:
        if answer is not Outcome.APPROVE:
            return Verdict(answer, "all must agree, and one did not")
    if len(given) == asked:
        return Verdict(Outcome.APPROVE, "all agreed")
    return Verdict(None, f"{len(given)} of {asked} answered")
