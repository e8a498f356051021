"""Every move that people can make at a co-signature, each ready to be made from any connection."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from approvals.answers import Answer
from approvals.database import Database
from approvals.decide import decide
from approvals.moves.take_back import take_back
from approvals.resubmit import withdraw
from models.application import Application
from models.errors import LiandongError
from models.states import Channel, Outcome
from tests.support.desk import Desk


@dataclass
class Table:
    """One application whose co-signers fgw and czt are asked, with what everybody around it holds."""

    desk: Desk
    app: Application
    #: The newest link of each unit, by its key.
    links: dict[str, str]

    def answer(self, unit: str, outcome: Outcome = Outcome.APPROVE, **more: Any) -> "Made":
        """Answer as ``unit``."""
        said = Answer(outcome, "" if outcome is Outcome.APPROVE else "理由", **more)
        return lambda db: db.write(decide, self.desk.office, self.links[unit], said, Channel.LINK, self.desk.clock())

    def verb(self, verb: Callable[..., Any], *args: Any) -> "Made":
        """Call a verb that wants the office and the time."""
        return lambda db: db.write(verb, self.desk.office, *args, self.desk.clock())


#: A move, waiting for the connection that it is made from.
Made = Callable[[Database], Awaitable[Any]]

MOVES: dict[str, Callable[[Table], Made]] = {
    "fgw approves": lambda t: t.answer("fgw"),
    "fgw refuses": lambda t: t.answer("fgw", Outcome.REFUSE),
    "fgw returns to the applicant": lambda t: t.answer("fgw", Outcome.RETURN),
    "fgw returns to the city": lambda t: t.answer(
        "fgw", Outcome.RETURN, returns_to="city_recommendation", straight_back=True
    ),
    "fgw abstains": lambda t: t.answer("fgw", Outcome.ABSTAIN),
    "fgw recuses": lambda t: t.answer("fgw", Outcome.RECUSE),
    "czt approves": lambda t: t.answer("czt"),
    "czt returns to the applicant": lambda t: t.answer("czt", Outcome.RETURN),
    "kjt takes back": lambda t: t.verb(take_back, t.links["kjt"], "点错了", Channel.LINK),
    "the applicant withdraws": lambda t: t.verb(withdraw, t.app.number, "市场变化"),
}


def refused(answer: Any) -> bool:
    """Tell whether a move was refused with a sentence for a person; anything else that was raised is a fault."""
    if isinstance(answer, BaseException) and not isinstance(answer, LiandongError):
        raise answer
    return isinstance(answer, LiandongError)
