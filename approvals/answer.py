"""Answer: what somebody says of a task, who it was, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.errors import LiandongError
from models.money import Fen
from models.officer import Officer
from models.states import Channel, Level, Outcome


@dataclass(frozen=True)
class Answer:
    """What an officer says. Amounts in fen; none means "as stated"."""

    outcome: Outcome
    opinion: str = ""
    amounts: Mapping[Level, Fen] = field(default_factory=dict)
    #: The one-time code, where the sum asks for one.
    code: str = ""
    #: What a unit has reached of a duty's targets, by their keys.
    figures: Mapping[str, int] = field(default_factory=dict)
    #: The units that are to report again, where a duty is sent back; none: all of them.
    units: tuple[str, ...] = ()
    #: Of a return: the key of the earlier stage that it leads to; empty: the applicant.
    returns_to: str = ""
    #: Of a return: whether it then comes straight back, past the answers that stand.
    straight_back: bool = False
    #: What an expert scores, by the key of the sheet's criterion.
    points: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Decided:
    """The answer counts."""

    number: str
    outcome: Outcome
    closed: Outcome | None


@dataclass(frozen=True)
class NotDecided:
    """Nothing was decided; the refusal is on the chain where an application is known."""

    error: LiandongError
    number: str | None = None


@dataclass(frozen=True)
class Author:
    """Who gave an answer and by which door: an officer with a token, or what stood in for one."""

    channel: Channel
    officer: Officer | None = None
    token_id: str | None = None
    #: The operator, or ``sweep``; empty where an officer answered.
    by: str = ""
    deputy_for: Officer | None = None
    #: What proved who sent a reply: ``dkim zj.example``; empty at other doors.
    proof: str = ""
    #: Other units of the stage for which the same address has answered.
    answered_for: tuple[str, ...] = ()
