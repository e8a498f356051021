"""Seats of a panel and the experts on them, as units that are asked: ``panel:3``, ``expert:e00017``. Pure."""

from models.policy.data import Bilingual

#: The act of a stage in which experts score, in a policy's data.
EXPERT_PANEL = "expert_panel"
#: What the key of a seat, and of an expert who is asked, begins with.
SEAT, EXPERT = "panel:", "expert:"

#: Who closed a panel, where letters and papers say who decided.
WHOLE_PANEL = Bilingual(zh="专家评审组", en="The expert panel")


def seats(count: int) -> tuple[str, ...]:
    """Return the keys of ``count`` seats, counted from 1."""
    return tuple(f"{SEAT}{number}" for number in range(1, count + 1))


def number_of(seat: str) -> int:
    """Return the number of a seat."""
    return int(seat.removeprefix(SEAT))


def unit_of(expert: str) -> str:
    """Return the unit by which the expert with the key ``expert`` is asked."""
    return EXPERT + expert


def expert_of(unit: str) -> str | None:
    """Return the key of the expert whom ``unit`` stands for; None where it stands for something else."""
    return unit.removeprefix(EXPERT) if unit.startswith(EXPERT) else None


def on_panel(unit: str) -> bool:
    """Return whether ``unit`` is a seat or an expert: no authority, and nothing stands above it."""
    return unit.startswith((SEAT, EXPERT))


def name(unit: str) -> Bilingual:
    """Return what everybody may call a seat or an expert: who it is, is not said."""
    number = unit.removeprefix(SEAT) if unit.startswith(SEAT) else ""
    return Bilingual(zh=f"评审专家 {number}".strip(), en=f"Expert {number}".strip())
