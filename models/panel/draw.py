"""The draw: a full order of all who may score, from a seed that nobody knew before. Pure, and repeated by anyone.

The seed is the SHA-256 of the head that the application's chain of events had when the draw was made, with the
number of the draw. Whoever may score stands in the order of SHA-256(seed + key): the first ones get the seats, and
"the next in the draw" is whoever follows.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from models.hashing import canonical, content_hash, sha256
from models.panel.conflicts import Conflict, Employment, Parties, conflicts

#: What a file of a draw says that it is.
FORMAT = "liandong-draw-1"


@dataclass(frozen=True)
class Candidate:
    """An expert of a field that is wanted, as far as a draw knows the expert."""

    key: str
    fields: tuple[str, ...]
    employments: tuple[Employment, ...]
    #: As ``conflicts.tie_key`` writes them.
    ties: tuple[str, ...]
    #: ``conflicts.address_key`` of the mail address.
    address: str

    def as_json(self) -> dict[str, Any]:
        """Return it as the draw keeps it; the order of what an expert stated says nothing."""
        employments = sorted((one.as_json() for one in self.employments), key=canonical)
        return {
            "key": self.key,
            "fields": sorted(self.fields),
            "employments": employments,
            "ties": sorted(self.ties),
            "address": self.address,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Return what ``as_json`` wrote."""
        employments = tuple(Employment.from_json(one) for one in row["employments"])
        return cls(row["key"], tuple(row["fields"]), employments, tuple(row["ties"]), row["address"])


@dataclass(frozen=True)
class Basis:
    """What a draw was made for and from, besides its candidates."""

    #: The application's number, the key of its stage and its round.
    application: str
    stage: str
    round: int
    #: Counts from 1 within the stage: another draw is made where the first is used up.
    number: int
    #: The head of the application's chain of events just before.
    head: str
    day: dt.date
    seats: int
    #: Of which fields, any of them; and how many past years of employment count.
    fields: tuple[str, ...]
    conflict_years: int

    @property
    def seed(self) -> str:
        """Return the seed, 64 hex digits."""
        return sha256(canonical([FORMAT, self.application, self.stage, self.round, self.number, self.head]))


@dataclass(frozen=True)
class Draw:
    """One draw: who stands where in its order, and who was left out for which conflicts."""

    basis: Basis
    parties: Parties
    #: By key.
    candidates: tuple[Candidate, ...]
    order: tuple[str, ...]
    excluded: Mapping[str, tuple[Conflict, ...]]

    def as_json(self) -> dict[str, Any]:
        """Return the draw whole, as it is kept and published; ``repeated`` makes it again."""
        basis = self.basis
        return {
            "format": FORMAT,
            "application": basis.application,
            "stage": basis.stage,
            "round": basis.round,
            "number": basis.number,
            "head": basis.head,
            "seed": basis.seed,
            "day": basis.day.isoformat(),
            "seats": basis.seats,
            "fields": list(basis.fields),
            "conflict_years": basis.conflict_years,
            "parties": self.parties.as_json(),
            "candidates": [candidate.as_json() for candidate in self.candidates],
            "order": list(self.order),
            "excluded": {key: [_of_conflict(one) for one in found] for key, found in self.excluded.items()},
        }


def _of_conflict(conflict: Conflict) -> dict[str, str]:
    return {"kind": conflict.kind, "about": conflict.about, "party": conflict.party}


def place_in(seed: str, key: str) -> str:
    """Return where the expert ``key`` stands in the order of ``seed``: the smallest comes first."""
    return sha256((seed + key).encode())


def draw(basis: Basis, parties: Parties, candidates: Iterable[Candidate]) -> Draw:
    """Draw from ``candidates``; in which order they are given says nothing."""
    known = {candidate.key: candidate for candidate in candidates}
    everyone = tuple(known[key] for key in sorted(known) if set(known[key].fields) & set(basis.fields))
    found = {
        one.key: conflicts(one.employments, one.ties, one.address, parties, basis.day, basis.conflict_years)
        for one in everyone
    }
    seed, free = basis.seed, [key for key, why in found.items() if not why]
    order = tuple(sorted(free, key=lambda key: (place_in(seed, key), key)))
    return Draw(basis, parties, everyone, order, {key: why for key, why in found.items() if why})


def following(order: Iterable[str], taken: Collection[str]) -> Iterable[str]:
    """Return whoever follows in the draw: its order without those who had a seat already."""
    return (key for key in order if key not in taken)


def draw_hash(kept: Mapping[str, Any]) -> str:
    """Return the hash of a draw that was kept: what the chain of events seals."""
    return content_hash(kept)


def repeated(kept: Mapping[str, Any]) -> Draw:
    """Make a draw again from what was published of it, and from nothing else.

    Raises:
        KeyError, TypeError, ValueError: it is no draw.

    """
    if kept["format"] != FORMAT:
        raise ValueError(f"format: {kept['format']}")
    basis = Basis(
        application=kept["application"],
        stage=kept["stage"],
        round=kept["round"],
        number=kept["number"],
        head=kept["head"],
        day=dt.date.fromisoformat(kept["day"]),
        seats=kept["seats"],
        fields=tuple(kept["fields"]),
        conflict_years=kept["conflict_years"],
    )
    candidates = [Candidate.from_json(row) for row in kept["candidates"]]
    return draw(basis, Parties.from_json(kept["parties"]), candidates)


def differences(kept: Mapping[str, Any], again: Draw) -> list[str]:
    """Return the parts of a draw that was kept in which making it again gives something else."""
    made = again.as_json()
    return sorted(key for key in {*kept, *made} if kept.get(key) != made.get(key))
