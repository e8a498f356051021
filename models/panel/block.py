"""The panel of a stage as a policy's data state it: seats, fields, the sheet, how scores are trimmed. Pure."""

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.policy.data import Bilingual, Data
from models.policy.expressions import Expression
from models.policy.measure import Key

#: A sheet's score, and every mean of scores, is in points of so many.
WHOLE = 100


def _number(value: object) -> Fraction:
    """Return the plain number in ``30%`` or ``62.5``."""
    read = Expression.parse(str(value))
    if isinstance(value, float) or read.names or read.money_power({}) != 0:
        raise ValueError("write a plain number, such as 30%, 60 or '62.5'")
    return read.value({})


def _share(value: object) -> Fraction:
    share = _number(value)
    if not 0 < share <= 1:
        raise ValueError("is a share of the whole sheet: more than 0%, at most 100%")
    return share


def _points(value: object) -> Fraction:
    points = _number(value)
    if not 0 <= points <= WHOLE or (points * 100).denominator != 1:
        raise ValueError(f"is points of {WHOLE}, with two decimals at most")
    return points


class Criterion(Data):
    """One line of the sheet."""

    key: Key
    name: Bilingual
    #: Its share of the sheet, written ``30%``; all of them together make 100%.
    weight: Annotated[Fraction, BeforeValidator(_share)]
    #: Whole points, from 0 to this.
    max: int = Field(ge=1, le=1000)

    @property
    def percent(self) -> str:
        """The weight as people read it: ``30%``, ``33.3%``."""
        tenths = self.weight * 1000 // 1
        return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


class Panel(Data):
    """How the experts of one stage are drawn, what they score, and when the application passes."""

    seats: int = Field(ge=1, le=25)
    #: Fields of which an expert has one at least; ``measure``: those that the application's measure names.
    fields: Literal["measure"] | Annotated[tuple[Key, ...], Field(min_length=1)]
    #: An employer of so many past years is a conflict as the present one is.
    conflict_years: int = Field(ge=0, le=50)
    sheet: tuple[Criterion, ...] = Field(min_length=1, max_length=30)
    #: So many of the highest and so many of the lowest scores are left out of the mean.
    trim: int = Field(default=0, ge=0)
    #: In points of 100: what the trimmed mean reaches at least where the application passes.
    threshold: Annotated[Fraction, BeforeValidator(_points)]
    #: The fewest scores by which a panel may close, where the operator takes a seat away that nobody can fill.
    min_scores: int = Field(ge=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        whole = sum((criterion.weight for criterion in self.sheet), Fraction(0))
        if whole != 1:
            raise ValueError(f"sheet: the weights make {whole * 100}% and must make 100%; correct them")
        keys = [criterion.key for criterion in self.sheet]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"sheet: {twice[0]!r} is there twice; rename one")
        if self.min_scores > self.seats:
            raise ValueError(f"min_scores: {self.min_scores} scores from {self.seats} seats; lower it")
        if self.min_scores <= 2 * self.trim:
            raise ValueError(f"trim: {self.trim} at each end of {self.min_scores} scores leaves none; lower it")
        return self
