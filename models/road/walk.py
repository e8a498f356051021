"""Walk: which stages of a round that began with a return are asked again, and where earlier answers stand. Pure."""

from typing import Any

from models.policy.data import Data


class Walk(Data):
    """How a round goes up the route; the first round asks every stage."""

    #: The position of the stage that the return led to, which is always asked; None: the return led to the applicant.
    target: int | None = None
    #: True: all from there on are asked again. False: straight back to whoever sent it, past the answers that stand.
    again: bool = True

    def keeps(self, position: int) -> bool:
        """Tell whether answers of earlier rounds on the same content stand for the stage at ``position``."""
        if self.target is None:
            return not self.again
        return position < self.target or (not self.again and position != self.target)

    def may_carry(self, position: int) -> bool:
        """Tell whether the stage's own rule for those who are asked twice holds at ``position``."""
        return position != self.target

    def to_json(self) -> dict[str, Any]:
        """Return the walk as it is kept with its application."""
        return self.model_dump(exclude_defaults=True)


def of(kept: dict[str, Any]) -> Walk:
    """Return the walk that ``to_json`` wrote."""
    return Walk.model_validate(kept)
