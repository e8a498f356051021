"""Authenticity: what was looked at to see who sent a message, and whether its From domain is proven. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """What came of one check, in the words of RFC 8601, section 2.7."""

    PASS = "pass"  # noqa: S105 - a result
    FAIL = "fail"
    #: There was nothing to check.
    NONE = "none"
    #: It could not be checked now; later it may.
    TEMPERROR = "temperror"
    #: It can never be checked: what is there is broken.
    PERMERROR = "permerror"
    #: It holds, and our rules do not take it.
    POLICY = "policy"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    result: Result
    #: In English, for the operator.
    why: str

    def as_json(self) -> dict[str, str]:
        """Return the check as it is kept."""
        return {"name": self.name, "result": self.result.value, "why": self.why[:300]}


@dataclass(frozen=True)
class Authenticity:
    """All checks of one message, and what proves its From domain."""

    checks: tuple[Check, ...] = ()
    #: What proves it: ``dkim zj.example``, ``authentication-results mx.example dmarc``; empty: nothing does.
    proof: str = ""

    @property
    def temporary(self) -> bool:
        """True where nothing proves it now, and something may later."""
        return not self.proof and any(check.result is Result.TEMPERROR for check in self.checks)

    @property
    def why(self) -> str:
        """Why nothing proves it, in English, on one line."""
        return "; ".join(f"{check.name}={check.result.value} ({check.why})" for check in self.checks)[:450]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the checks as they are kept with the message."""
        return [check.as_json() for check in self.checks]
