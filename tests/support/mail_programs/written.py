"""What somebody writes in a mail program, how, and what it is to be read as."""

from dataclasses import dataclass, replace
from typing import Any

from models.states import Outcome


@dataclass(frozen=True)
class Written:
    """A reply; ``below``: under what is quoted. The program itself adds ``signature``."""

    outcome: Outcome
    opinion: str
    command: str
    html: bool = True
    below: bool = False
    signature: str = ""

    @property
    def text(self) -> str:
        """The keys that are pressed."""
        return f"{self.command}\n{self.opinion}"

    def by(self, **how: Any) -> "Written":
        """Return the same, written otherwise."""
        return replace(self, **how)


YES = Written(Outcome.APPROVE, "资料齐全，建议优先支持。", "同意")
YES_IN_ENGLISH = Written(Outcome.APPROVE, "In line with the plan.", "Approve")
NO = Written(Outcome.REFUSE, "材料不全，缺少查新报告。", "不同意")


def back(what: str) -> Written:
    """Return an answer that sends the application back."""
    return Written(Outcome.RETURN, f"请{what}。", "退回")
