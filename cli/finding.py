"""Finding: what `liandong doctor` says about one thing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    #: What is the case, and where it is wrong, what to do.
    zh: str
    en: str
    #: True where nothing is wrong yet, and something should be done all the same.
    warns: bool = False

    @property
    def mark(self) -> tuple[str, str]:
        """The sign before it, and its colour."""
        if not self.fine:
            return "✗", "red"
        return ("!", "yellow") if self.warns else ("✓", "green")
