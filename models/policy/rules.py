"""The rules of a measure, as its data state them: conditions, limits of one award, ceilings over many.

Each rule stands beside the words of the policy that set it; rules without words take those of their option.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from models.policy.conditions import Condition
from models.policy.data import Data
from models.policy.expressions import Expression


class _Rule(Data):
    #: Quoted from the policy letter for letter; empty: the words of the option.
    words: str = ""


class Requires(_Rule):
    """What must be so, or the application is refused."""

    requires: Condition
    #: The date fact whose day decides which figure counts; None: the day of the application.
    as_of: str | None = None


class AtMost(_Rule):
    """The largest award of one application, in money."""

    at_most: Expression
    as_of: str | None = None


class Ceiling(_Rule):
    """What all awards under one measure come to at most: a sum of money, or a number of awards, in a year."""

    ceiling: Expression
    #: What its tally is called within the measure, in every edition of the policy; options may share one.
    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    #: Whose awards are added up.
    per: Literal["applicant", "everyone"]
    each: Literal["year"]
    #: The fact that names the year; None: the year of the determination.
    year_of: str | None = None

    @model_validator(mode="after")
    def _is_one_number(self) -> "Ceiling":
        if self.ceiling.names or len(self.ceiling.literals) != 1:
            raise ValueError("ceiling: state one number, such as 10,000,000 yuan or 10")
        return self

    @property
    def counts_money(self) -> bool:
        """Return whether sums are added up (fen); otherwise awards are counted."""
        return self.ceiling.literals[0].is_money

    @property
    def most(self) -> int:
        """Return the ceiling in fen, or as a number of awards."""
        return int(self.ceiling.value({}))


def _kind(rule: Any) -> str | None:
    """Return which rule a piece of data is: the one whose name stands in it."""
    for name in ("requires", "at_most", "ceiling"):
        if (isinstance(rule, dict) and name in rule) or hasattr(rule, name):
            return name
    return None


Rule = Annotated[
    Annotated[Requires, Tag("requires")] | Annotated[AtMost, Tag("at_most")] | Annotated[Ceiling, Tag("ceiling")],
    Discriminator(
        _kind,
        custom_error_type="rule",
        custom_error_message="is no rule: write requires, at_most or ceiling",
    ),
]

Rules = Annotated[tuple[Rule, ...], Field(default=())]
