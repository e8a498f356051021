"""A measure as its data state it: who is responsible, what it offers under which rules, what it tells units to do."""

import datetime as dt
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.policy.data import Bilingual, Data
from models.policy.expressions import Expression
from models.policy.instalments import Instalment
from models.policy.rules import Rules
from models.states import Level

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


#: Quoted from the policy letter for letter.
Quotation = Annotated[str, Field(min_length=1)]


class FactKind(Data):
    """One thing that an applicant states besides the amounts, for the rules to look at."""

    #: ``money`` in yuan; ``rate`` such as 3.5%; ``number`` with decimals; ``count`` without; the rest as named.
    type: Literal["money", "rate", "number", "count", "date", "yes_no", "text"]
    name: Bilingual


class Reading(Data):
    """A number that the text leaves open and that this data therefore chooses; reviewers see the note."""

    value: Expression
    name: Bilingual
    note: Bilingual

    @model_validator(mode="after")
    def _is_one_plain_number(self) -> "Reading":
        if self.value.names or self.value.money_power({}) != 0:
            raise ValueError('value: state one plain number, such as "365"; money and names belong into the rules')
        return self

    @property
    def number(self) -> Fraction:
        """Return the number chosen."""
        return self.value.value({})


class BatchKind(Data):
    """Says that an option is applied for in batches: a file whose rows state these facts, a piece each."""

    #: The facts that each row states; the file has an `amount` column besides.
    columns: tuple[Key, ...] = Field(min_length=1)
    #: The fact that names a piece: none is paid twice.
    piece: Key


class Option(Data):
    """One thing that a measure offers, with the words that allow it and the rules that limit it."""

    name: Bilingual
    gives: Literal["money", "voucher", "recognition", "listing", "clearance"] = "money"
    #: Whose money it may be; empty where it gives none.
    levels: tuple[Level, ...] = ()
    words: Quotation
    rules: Rules
    #: Facts that no rule looks at and reviewers want to see.
    also_state: tuple[str, ...] = ()
    #: None: one application is for one thing; its `at_most` rules hold for each piece otherwise.
    batch: BatchKind | None = None
    #: The parts in which an award is paid; none: as the policy says (models.release).
    instalments: tuple[Instalment, ...] = ()
    #: What the text leaves open, for reviewers.
    notes: tuple[Bilingual, ...] = ()
    #: The register that the applicant or project enters with the award, or with a refusal.
    award_lists_in: str | None = None
    refusal_lists_in: str | None = None


class Target(Data):
    """A number that the text wants reached."""

    key: Key
    name: Bilingual
    number: int = Field(ge=1)
    unit: Bilingual
    #: The last day to reach it, or ``each: year`` where every year counts anew; neither: the text sets no day.
    by: dt.date | None = None
    each: Literal["year"] | None = None
    words: Quotation
    #: The option whose awards count towards it; None: it is counted from reports.
    counts_awards_of: str | None = None

    @model_validator(mode="after")
    def _has_one_term(self) -> "Target":
        if self.by and self.each:
            raise ValueError("by and each: a target is for one day or for each year; keep one")
        return self


class Duty(Data):
    """Something that the measure tells its units to do: the lead opens it, the others report."""

    title: Bilingual
    words: Quotation
    #: Which of the measure's units report; empty: all of them but the lead.
    units: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    notes: tuple[Bilingual, ...] = ()


class Measure(Data):
    """One numbered measure of the policy."""

    number: int = Field(ge=1)
    #: ``claim``: somebody applies; ``duty``: units are told to act; ``gate``: a clearance that others need.
    kind: Literal["claim", "duty", "gate"]
    title: Bilingual
    #: Keys of the responsible units in the order of the text; the first is the lead.
    units: tuple[str, ...] = Field(min_length=1)
    #: Which of the policy's roads its claims travel; None: the one that its lead stands on.
    road: str | None = None
    #: Of which fields experts are drawn, where a stage takes those of the measure.
    expert_fields: tuple[Key, ...] = ()
    facts: dict[Key, FactKind] = Field(default={})
    readings: dict[Key, Reading] = Field(default={})
    options: dict[Key, Option] = Field(default={})
    duties: dict[Key, Duty] = Field(default={})
    notes: tuple[Bilingual, ...] = ()

    @property
    def lead(self) -> str:
        """The key of the leading unit: the first that the text lists."""
        return self.units[0]
