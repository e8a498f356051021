"""Quorum: when does a stage close, and how? Pure.

会签 ``all``: every unit must agree; 或签 ``any``: one is enough; 票签: a number or a ratio of the votes, with
weights and units that have a veto; 依次 ``in_turn``: one is asked after the other, by any of these rules.
A stage closes as soon as it cannot pass any more, or cannot fail any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from models.policy.data import Bilingual, Data
from models.states import Outcome

#: Answers that do not agree.
NOES = (Outcome.REFUSE, Outcome.RETURN)


class Quorum(Data):
    """What one stage needs to pass, and what else its answers mean."""

    #: ``all``, ``any``, a number of votes, or a ratio such as ``2/3`` of the votes that count.
    at_least: Annotated[str, BeforeValidator(str), Field(pattern=r"^(all|any|[1-9]\d?|[1-9]\d?/[1-9]\d?)$")] = "all"
    #: Votes by unit, as the measure lists it (``czt``, ``@city``); every other unit has one.
    weights: dict[str, Annotated[int, Field(ge=1, le=99)]] = Field(default={})
    #: Units whose no is enough.
    veto: tuple[str, ...] = ()
    #: What a no means once the stage cannot pass: it ends there, goes back, or goes on to the lead with the dissent.
    one_no: Literal["ends", "returns", "to_lead"] = "ends"
    #: How an abstention counts: not at all, or as a no.
    abstention: Literal["left_out", "as_no"] = "left_out"
    #: Who recuses is replaced by a colleague or the unit above; or, where there is no colleague, the unit is left out.
    recusal: Literal["replaced", "left_out"] = "replaced"
    #: One after the other, in the order in which the measure lists them.
    in_turn: bool = False
    #: Whether a unit that has approved the same content in a stage with the same act is asked again.
    asked_twice: Literal["ask", "carry"] = "ask"

    @model_validator(mode="after")
    def _ratio_is_at_most_one(self) -> "Quorum":
        if "/" in self.at_least and Fraction(self.at_least) > 1:
            raise ValueError(f"at_least: {self.at_least} is more than all of the votes; write `all`")
        return self

    @property
    def named(self) -> set[str]:
        """The units that weights and vetoes name."""
        return {*self.weights, *self.veto}


def read(value: object) -> object:
    """Return the mapping that a rule's short form stands for: ``all`` is ``{at_least: all}``."""
    return value if isinstance(value, Quorum | dict) else {"at_least": value}


#: A stage's rule as the policy writes it: ``all``, ``2/3``, or a mapping.
StageQuorum = Annotated[Quorum, BeforeValidator(read)]


@dataclass(frozen=True)
class Seat:
    """One unit's place in the vote: ``czt``, ``@city:330100``, and its answer if it gave one."""

    unit: str
    answer: Outcome | None = None


@dataclass(frozen=True)
class Verdict:
    """The stage's outcome, or None while it waits, and why."""

    outcome: Outcome | None
    why: Bilingual


def evaluate(quorum: Quorum, seats: Sequence[Seat]) -> Verdict:
    """Return how a stage stands with ``seats``, those that answered first and in their order in time.

    Raises:
        ValueError: there is no seat.

    """
    if not seats:
        raise ValueError("a stage without seats cannot be voted in")
    said = _count(quorum, seats)
    if _passes(quorum, _with_the_rest(seats, Outcome.REFUSE)):
        return Verdict(Outcome.APPROVE, said)
    if not _passes(quorum, _with_the_rest(seats, Outcome.APPROVE)):
        return Verdict(_failed(quorum, seats), said)
    return Verdict(None, said)


def voters(quorum: Quorum, seats: Sequence[Seat]) -> int:
    """Return how many seats have voted, or still may: neither abstained nor recused."""
    return sum(1 for seat in seats if _counts(quorum, seat))


def weight_of(quorum: Quorum, unit: str) -> int:
    """Return the votes of ``unit`` (``@city:330100`` is listed as ``@city``)."""
    return quorum.weights.get(unit.partition(":")[0], 1)


def _with_the_rest(seats: Sequence[Seat], answer: Outcome) -> list[Seat]:
    return [seat if seat.answer else Seat(seat.unit, answer) for seat in seats]


def _counts(quorum: Quorum, seat: Seat) -> bool:
    if seat.answer is Outcome.RECUSE:
        return False
    return seat.answer is not Outcome.ABSTAIN or quorum.abstention == "as_no"


def _votes(quorum: Quorum, seats: Sequence[Seat]) -> tuple[int, int]:
    """Return the votes that agree, and all that count."""
    agreed = sum(weight_of(quorum, seat.unit) for seat in seats if seat.answer is Outcome.APPROVE)
    return agreed, sum(weight_of(quorum, seat.unit) for seat in seats if _counts(quorum, seat))


def _passes(quorum: Quorum, seats: Sequence[Seat]) -> bool:
    """Tell whether a stage passes in which everybody has answered."""
    if any(seat.answer in NOES and seat.unit.partition(":")[0] in quorum.veto for seat in seats):
        return False
    agreed, counted = _votes(quorum, seats)
    match quorum.at_least:
        case "all":
            return 0 < agreed == counted
        case "any":
            return agreed > 0
        case needed if "/" in needed:
            return 0 < agreed >= Fraction(needed) * counted
        case needed:
            return agreed >= int(needed)


def _failed(quorum: Quorum, seats: Sequence[Seat]) -> Outcome:
    """Return how a stage closes that cannot pass: the first no says which, unless the rule does."""
    match quorum.one_no:
        case "to_lead":
            return Outcome.REFER
        case "returns":
            return Outcome.RETURN
        case "ends":
            return next((seat.answer for seat in seats if seat.answer in NOES), Outcome.REFUSE)


def _count(quorum: Quorum, seats: Sequence[Seat]) -> Bilingual:
    """Return the count in words: how many agreed, how many did not, how many are out, what is needed."""
    answers = [seat.answer for seat in seats]
    yes, no = answers.count(Outcome.APPROVE), sum(answer in NOES for answer in answers)
    out, left = answers.count(Outcome.ABSTAIN) + answers.count(Outcome.RECUSE), answers.count(None)
    vetoed = [s.unit for s in seats if s.answer in NOES and s.unit.partition(":")[0] in quorum.veto]
    zh, en = [f"同意 {yes}", f"不同意或退回 {no}"], [f"{yes} agreed", f"{no} did not"]
    if out:
        zh, en = [*zh, f"弃权或回避 {out}"], [*en, f"{out} abstained or recused"]
    if left:
        zh, en = [*zh, f"未答复 {left}"], [*en, f"{left} open"]
    agreed, counted = _votes(quorum, seats)
    if quorum.weights:
        zh, en = [*zh, f"计票 {agreed}/{counted}"], [*en, f"votes {agreed}/{counted}"]
    if vetoed:
        zh, en = [*zh, "有否决权的单位未同意"], [*en, "a unit with a veto did not agree"]
    needs_zh, needs_en = needs(quorum)
    return Bilingual(zh=f"{needs_zh}：{'，'.join(zh)}", en=f"{needs_en}: {', '.join(en)}")


def needs(quorum: Quorum) -> tuple[str, str]:
    """Return what a stage needs to pass, in Chinese and in English."""
    match quorum.at_least:
        case "all":
            said = ("须全部同意", "all must agree")
        case "any":
            said = ("任一同意即可", "one is enough")
        case needed if "/" in needed:
            said = (f"须 {needed} 以上同意", f"{needed} of the votes must agree")
        case needed:
            said = (f"须 {needed} 票同意", f"{needed} votes must agree")
    return said


def to_json(quorum: Quorum) -> dict[str, Any]:
    """Return the rule as it is kept with an application's route."""
    return quorum.model_dump(mode="json", exclude_defaults=True)


def from_json(kept: dict[str, Any] | str) -> Quorum:
    """Return the rule that ``to_json`` wrote."""
    return Quorum.model_validate(read(kept))
