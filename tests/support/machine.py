"""What every state machine has: an office, an application, verbs by everybody around it, and a book of answers."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from hypothesis import event
from hypothesis.stateful import RuleBasedStateMachine
from sqlmodel import col, select

from approvals.answer import Decided, NotDecided
from approvals.database import Database
from approvals.moves.mover import Moved, move_by_operator, move_by_token
from approvals.office import Office
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.road.standing import Standing
from models.settings import Settings
from models.states import Channel, Outcome, TaskState
from models.task import Decision, Task
from tests.support.clock import Clock
from tests.support.desk import Desk

#: Why an answer to a task that is open may be refused all the same; the last two are a deputy's.
REFUSED = ("WrongTarget", "LastVoter", "Suspended", "MoneyUndecided", "WrongAnswer", "Recused", "ExpiredToken")
REFUSED += ("DeputyshipEnded", "DeputyBarred")


class Surroundings(RuleBasedStateMachine):
    """The office of a machine; its rules are the machine's own."""

    run: Callable[[Any], Any]
    desk: Desk
    #: Where the application stood after the step before.
    seen: Standing
    #: The book: task -> outcome, for every answer that counted and was not taken back.
    book: dict[str, Outcome]
    number = 0

    def begin_with(self, app: Any) -> None:
        """Let the machine be about ``app`` from now on."""
        self.app, self.book = app, {}
        self.seen = self.standing()

    def standing(self) -> Standing:
        """Return where the application stands now."""
        return self.run(self.desk.standing())

    def pick(self, which: int) -> tuple[str, str]:
        """Return a link that was ever sent, 0 the newest, with the task that it opens."""
        found = self.run(self.desk.links())
        return found[which % len(found)]

    def open_links(self) -> list[tuple[str, str]]:
        """Return the links of tasks that are open: of officers, deputies, experts."""
        asked = {t.id for s in self.standing().stages for t in s.tasks if t.state is TaskState.OPEN}
        return [link for link in self.run(self.desk.links()) if link[1] in asked]

    def present(self, token: str, task: str, outcome: Outcome, **said: Any) -> None:
        """Answer, and see that it counts once, and only where the task is open."""
        before = self.standing()
        was_open = any(t.id == task and t.state is TaskState.OPEN for s in before.stages for t in s.tasks)
        answered = self.run(self.desk.present(token, outcome, "理由", channel=Channel.LINK, **said))
        event(f"{outcome}: {type(answered).__name__}")
        if not isinstance(answered, Decided):
            assert not was_open or type(answered.error).__name__ in REFUSED, answered
            return
        assert was_open, "a task was answered that was not open"
        assert task not in self.book, "a task was answered twice"
        made = [t for s in self.standing().stages for t in s.tasks if t.id == task and t.state is TaskState.DONE]
        if made:  # who recuses has left the task to a colleague
            self.book[task] = outcome
            event(f"a deputy answered: {bool(made[0].deputy_for)}")

    def move(self, which: int, verb: Callable[..., Moved], *said: str) -> None:
        """Move a task by a link."""
        (token, _), now = self.pick(which), self.desk.clock.tick()
        by = lambda mover, tx: verb(tx, self.desk.office, mover, *said, now)  # noqa: E731
        self.tell(verb.__name__, lambda tx: move_by_token(tx, token, Channel.LINK, lambda mover: by(mover, tx), now))

    def as_operator(self, unit: str, verb: Callable[..., Moved], *said: str) -> None:
        """Move the task of ``unit`` as an operator."""
        now = self.desk.clock.tick()
        by = lambda mover, tx: verb(tx, self.desk.office, mover, *said, now)  # noqa: E731
        number = self.app.number
        self.tell(verb.__name__, lambda tx: move_by_operator(tx, number, unit, "王五", lambda mover: by(mover, tx)))

    def write(self, verb: Callable[..., Any], *args: Any) -> Any:
        """Call a verb that wants the office and the time."""
        now = self.desk.clock.tick()
        return self.tell(verb.__name__, lambda tx: verb(tx, self.desk.office, *args, now))

    def tell(self, what: str, work: Callable[[Transaction], Any]) -> Any:
        """Do ``work``; a refusal with a sentence for people is an answer like any other."""
        try:
            made = self.run(self.desk.db.write(work))
        except LiandongError as error:
            made = NotDecided(error)
        event(f"{what}: {type(made).__name__}")
        return made

    def enter(self, channel: Channel) -> None:
        """Enter into the book what no officer answered: the clock did, or two operators."""

        def read(tx: Transaction) -> list[tuple[str, Outcome]]:
            made = select(Task.id, Decision.outcome).join(Decision, col(Decision.id) == Task.decision_id)
            mine = made.where(Task.application_id == self.desk.app_id, Task.state == TaskState.DONE)
            return [(task, Outcome(outcome)) for task, outcome in tx.exec(mine.where(Decision.channel == channel))]

        for task, outcome in self.run(self.desk.db.read(read)):
            self.book.setdefault(task, outcome)


M = TypeVar("M", bound=Surroundings)


@contextmanager
def office_of(machine: type[M], settings: Settings, office: Office, desk: type[Desk] = Desk) -> Iterator[type[M]]:
    """Give ``machine`` an office of its own, and a loop that its verbs run in."""
    with asyncio.Runner() as runner:
        database = Database(settings)
        made = desk(database, office, Clock())
        yield type("OfThisOffice", (machine,), {"run": staticmethod(runner.run), "desk": made})
        runner.run(database.close())
