"""Every move that people can make at a co-signature, each ready to be made from any connection."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import select

from approvals.answer import Answer
from approvals.database import Database
from approvals.decide import decide
from approvals.late import reminders
from approvals.moves import override
from approvals.moves.add import add
from approvals.moves.copy import copy
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend
from approvals.moves.mover import Moved, move_by_operator, move_by_token
from approvals.moves.remove import remove
from approvals.moves.suspend import suspend_by_operator
from approvals.moves.take_back import take_back
from approvals.moves.urge import urge_by_operator
from approvals.office import Office
from approvals.resubmit import withdraw
from approvals.transaction import Transaction
from models.application import Application
from models.errors import LiandongError
from models.operators import Operator
from models.stage import Stage
from models.states import Channel, Outcome, StageState
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

    def move(self, unit: str, verb: Callable[..., Moved], *said: str) -> "Made":
        """Move the task of ``unit`` by its link."""
        now = self.desk.clock()

        def make(tx: Transaction) -> Any:
            by = lambda mover: verb(tx, self.desk.office, mover, *said, now)  # noqa: E731
            return move_by_token(tx, self.links[unit], Channel.LINK, by, now)

        return lambda db: db.write(make)

    def as_operator(self, unit: str, verb: Callable[..., Moved], *said: str) -> "Made":
        """Move the task of ``unit`` as an operator."""
        now = self.desk.clock()

        def make(tx: Transaction) -> Any:
            by = lambda mover: verb(tx, self.desk.office, mover, *said, now)  # noqa: E731
            return move_by_operator(tx, self.app.number, unit, "王五", by)

        return lambda db: db.write(make)

    def verb(self, verb: Callable[..., Any], *args: Any) -> "Made":
        """Call a verb that wants the office and the time."""
        return lambda db: db.write(verb, self.desk.office, *args, self.desk.clock())


def remind(tx: Transaction, office: Office, application: str, now: datetime) -> bool:
    """Look at the open stage of one application, as the sweep does of all."""
    found = select(Stage.id).where(Stage.application_id == application, Stage.state == StageState.OPEN)
    stage = tx.exec(found).first()
    return stage is not None and reminders.look_at(tx, office, stage, now)


def decided_by_two(tx: Transaction, office: Office, number: str, unit: str, outcome: Outcome, now: datetime) -> Moved:
    """Let one operator propose and another consent, at once."""
    both = replace(office, operators=(Operator("甲", "jia@ops.example"), Operator("乙", "yi@ops.example")))
    proposed = override.propose_or_override(tx, both, number, unit, outcome, "单位撤并", "甲", now)
    mine = [one for one in override.open_proposals(tx) if one.proposed_at == now and one.reason == "单位撤并"]
    return override.consent(tx, both, mine[-1].id, "乙", now) if mine else proposed


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
    "fgw hands over": lambda t: t.move("fgw", hand_over, "jxt", "属贵厅职能"),
    "fgw lends": lambda t: t.move("fgw", lend, "jxt", "请提意见"),
    "fgw adds one before": lambda t: t.move("fgw", add, "jxt", "before", "请先看"),
    "fgw adds one beside": lambda t: t.move("fgw", add, "jxt", "beside", "请会签"),
    "fgw adds one after": lambda t: t.move("fgw", add, "jxt", "after", "请复核"),
    "fgw copies": lambda t: t.move("fgw", copy, "sjj", "请阅"),
    "the operator removes czt": lambda t: t.as_operator("czt", remove, "", "单位撤并"),
    "the clock reminds": lambda t: t.verb(remind, t.app.id),
    "kjt takes back": lambda t: t.verb(take_back, t.links["kjt"], "点错了", Channel.LINK),
    "the operator suspends": lambda t: t.verb(suspend_by_operator, t.app.number, "王五", "核查"),
    "the operator urges": lambda t: t.verb(urge_by_operator, t.app.number, "王五", ""),
    "two operators decide for czt": lambda t: t.verb(decided_by_two, t.app.number, "czt", Outcome.APPROVE),
    "the applicant withdraws": lambda t: t.verb(withdraw, t.app.number, "市场变化"),
}


def refused(answer: Any) -> bool:
    """Tell whether a move was refused with a sentence for a person; anything else that was raised is a fault."""
    if isinstance(answer, BaseException) and not isinstance(answer, LiandongError):
        raise answer
    return isinstance(answer, LiandongError)
