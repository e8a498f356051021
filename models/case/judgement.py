"""What the rules make of one application: each rule, what it looked at, what came of it, and its words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from models.errors import Fault
from models.money import Fen
from models.policy.data import Bilingual


@dataclass(frozen=True)
class Records:
    """What the rules look up besides the application: figures, registers, and what was awarded before."""

    #: The value of a figure on a day, where it has one.
    figures: Mapping[tuple[str, date], Fraction] = field(default_factory=dict)
    #: The registers in which the applicant or the project is listed.
    listed: frozenset[str] = frozenset()
    #: What was awarded so far under each ceiling of the case, by its key: fen, or a number of awards.
    used: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Looked:
    """One thing that a rule looked at."""

    name: Bilingual
    value: Bilingual


@dataclass(frozen=True)
class Finding:
    """What one rule found; a row of the trace."""

    measure: int
    rule: Bilingual
    looked_at: tuple[Looked, ...]
    result: Bilingual
    holds: bool
    #: The policy's words that set the rule.
    words: str
    #: The largest award that the rule allows, in fen; None where it sets none.
    limit: Fen | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding as it is kept with the application."""
        rows = [{"name": row.name.model_dump(), "value": row.value.model_dump()} for row in self.looked_at]
        kept = {"rule": self.rule.model_dump(), "looked_at": rows, "result": self.result.model_dump()}
        return asdict(self) | kept


@dataclass(frozen=True)
class Judgement:
    """Whether an application is admitted, the largest award, and why."""

    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]

    @property
    def largest(self) -> Fen | None:
        """Return the largest award in fen; None where no rule sets one."""
        limits = [finding.limit for finding in self.findings if finding.limit is not None]
        return min(limits) if limits else None

    @property
    def trace(self) -> list[dict[str, Any]]:
        """Return the findings as JSON."""
        return [finding.as_json() for finding in self.findings]
