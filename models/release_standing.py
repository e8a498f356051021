"""Release standing: what a release pays, of which award and on which milestone, for whoever shows it."""

from dataclasses import dataclass
from typing import Any

from models.money import Fen
from models.policy.data import Bilingual
from models.states import Level


@dataclass(frozen=True)
class ReleaseStanding:
    """One instalment of an award; amounts in fen."""

    #: The number of the award.
    award: str
    name: Bilingual
    #: Which instalment, counted from 1, of how many.
    part: int
    parts: int
    evidence: str
    opened_by: str
    amounts: dict[Level, Fen]
    #: What is set off against it by level: as it was paid, or as it would be paid now.
    set_off: dict[Level, Fen]

    @property
    def pay(self) -> dict[Level, Fen]:
        """Return what each level pays out."""
        return {level: Fen(fen - self.set_off.get(level, 0)) for level, fen in self.amounts.items()}

    def as_json(self) -> dict[str, Any]:
        """Return what letters say of it."""
        return {
            "award": self.award,
            "name": self.name.model_dump(),
            "part": self.part,
            "parts": self.parts,
            "evidence": self.evidence,
            "set_off": {level.value: fen for level, fen in self.set_off.items() if fen},
            "pay": {level.value: fen for level, fen in self.pay.items()},
        }
