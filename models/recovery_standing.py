"""Where a recovery stands, by level: what was claimed back, what was set off, what was repaid, what is left. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.ledger import Account, Line
from models.money import Fen
from models.states import Level


@dataclass(frozen=True)
class RecoveryStanding:
    """What one level has claimed back of an award, in fen."""

    level: Level
    claimed: Fen
    set_off: Fen
    repaid: Fen

    @property
    def left(self) -> Fen:
        """Return what must still come back."""
        return Fen(self.claimed - self.set_off - self.repaid)

    def as_json(self) -> dict[str, Any]:
        """Return it for machines and letters."""
        return {
            "level": self.level.value,
            "claimed": self.claimed,
            "set_off": self.set_off,
            "repaid": self.repaid,
            "left": self.left,
        }


def recoveries_of(lines: Iterable[Line]) -> tuple[RecoveryStanding, ...]:
    """Return where recoveries stand, from every line about one award; empty where nothing was claimed back."""
    sums: dict[tuple[Level, Account], int] = defaultdict(int)
    for line in lines:
        sums[line.level, line.account] += line.debit - line.credit
    found = []
    for level in Level:
        claimed, repaid = -sums[level, Account.RECLAIMED], sums[level, Account.REPAID]
        if claimed:
            set_off = claimed - repaid - sums[level, Account.RECOVERABLE]
            found.append(RecoveryStanding(level, Fen(claimed), Fen(set_off), Fen(repaid)))
    return tuple(found)
