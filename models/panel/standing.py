"""Where a panel stands, as everybody may see it: nothing of its scores, nor of its experts, before it has closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from models.panel import seats
from models.panel.block import Panel
from models.panel.score import Result, shown
from models.policy.data import Bilingual


@dataclass(frozen=True)
class SeatScore:
    """What one seat scored; known once the panel has closed."""

    seat: str
    #: The expert's name.
    expert: str
    score: Fraction
    #: By the key of the criterion.
    points: Mapping[str, int]
    opinion: str

    @property
    def name(self) -> Bilingual:
        """What everybody may call the seat."""
        return seats.name(self.seat)

    @property
    def shown(self) -> str:
        """The score with two decimals."""
        return shown(self.score)


@dataclass(frozen=True)
class PanelStanding:
    """One panel."""

    panel: Panel
    #: Seats that count, how many of them have scored, and how many have no expert.
    seats: int
    scored: int
    vacant: int
    #: Of the first draw: what it was drawn by, and the hash of what was published of it.
    seed: str
    hash: str
    #: None until the panel has closed.
    result: Result | None = None
    scores: tuple[SeatScore, ...] = ()
