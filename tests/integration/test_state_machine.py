"""All verbs at random against a simple model: nothing is lost, nothing is answered twice, somebody must always act.

The model is a book of its own: which tasks were answered how, and which answers were taken back. After every step
the tables must agree with the book, the application must have ended or have somebody who can move it on, the money
must balance, and the record must verify. The road is the longest there is: with a public notice at its end, and with
dates after which the clock acts by itself.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from approvals.answer import Decided, NotDecided
from approvals.database import Database
from approvals.late import reminders
from approvals.moves.add import add
from approvals.moves.copy import copy
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend, recall
from approvals.moves.mover import Moved, move_by_operator, move_by_token
from approvals.moves.remove import remove
from approvals.moves.suspend import resume, suspend_by_operator
from approvals.moves.take_back import take_back
from approvals.moves.urge import urge_by_operator
from approvals.notice import notices
from approvals.notice.objections import Said, object_to
from approvals.office import Office
from approvals.resubmit import resubmit, withdraw
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.objection import ObjectionChannel
from models.secrets import derive_token
from models.settings import Settings
from models.standing import Standing
from models.states import ApplicationState, Channel, Outcome, Purpose, TaskState
from models.task import Decision, Task
from tests.support.altered import with_road, with_stage
from tests.support.clock import START, Clock
from tests.support.desk import Desk, hangzhou_directory
from tests.support.forms import form_of
from tests.support.invariants import holds
from tests.support.moves import decided_by_two

ANSWERS = st.sampled_from(
    [Outcome.APPROVE] * 8 + [Outcome.REFUSE, Outcome.RETURN, Outcome.RETURN, Outcome.ABSTAIN, Outcome.RECUSE]
)
STAGES = ["", "", "county_recommendation", "city_recommendation", "formal_check", "cosignature"]
#: Any letter, the newest more often: a person answers what came last, and now and then digs out something old.
LETTER = st.integers(0, 60).map(lambda n: n if n > 45 else n % 3)
UNITS = st.sampled_from(["jxt", "sjj", "fgw", "czt", "kjt", "@city:330100"])
#: Why an answer to a task that is open may be refused all the same.
REFUSED = ("WrongTarget", "LastVoter", "Suspended", "MoneyUndecided", "WrongAnswer", "Recused", "ExpiredToken")
LATE = {
    "county_recommendation": "{remind_every: 2, at_end: {after: 3, does: next_person}}",
    "formal_check": "{remind_every: 2, at_end: {after: 4, does: pass}}",
    "cosignature": "{remind_every: 2, at_end: {after: 6, does: refuse}}",
}


class Machine(RuleBasedStateMachine):
    """One application and everybody around it."""

    run: Callable[[Any], Any]
    desk: Desk
    number = 0

    @initialize()
    def submit(self) -> None:
        Machine.number += 1
        self.desk.clock.now = START
        self.app = self.run(self.desk.submit(project__title=f"项目 {Machine.number}"))
        #: The book: task -> outcome, for every answer that counted and was not taken back.
        self.book: dict[str, Outcome] = {}

    # --- answers

    @rule(which=LETTER, outcome=ANSWERS, to=st.sampled_from(STAGES), straight=st.booleans())
    def answer(self, which: int, outcome: Outcome, to: str, straight: bool) -> None:
        token, task = self.pick(which)
        before = self.standing()
        returns = {"returns_to": to, "straight_back": straight} if outcome is Outcome.RETURN else {}
        opinion = "" if outcome is Outcome.APPROVE else "理由"
        answered = self.run(self.desk.present(token, outcome, opinion, channel=Channel.LINK, **returns))
        was_open = any(t.id == task and t.state is TaskState.OPEN for s in before.stages for t in s.tasks)
        event(f"{outcome}: {type(answered).__name__}")
        if not isinstance(answered, Decided):
            assert not was_open or type(answered.error).__name__ in REFUSED, answered
            return
        assert was_open, "a task was answered that was not open"
        assert task not in self.book, "a task was answered twice"
        if self.is_done(task):  # who recuses has left the task to a colleague
            self.book[task] = outcome

    @rule(which=LETTER)
    def take_back(self, which: int) -> None:
        token, task = self.pick(which)
        made = self.write(take_back, token, "点错了", Channel.LINK)
        event(f"take back: {type(made).__name__}")
        if isinstance(made, Moved):
            del self.book[task]

    @precondition(lambda self: self.standing().state is ApplicationState.RETURNED)
    @rule(changed=st.booleans())
    def resubmit(self, changed: bool) -> None:
        (letter, *_) = self.run(self.desk.letters("returned", application_id=self.desk.app_id))
        token = derive_token(self.desk.office.key, Purpose.AMEND, letter.facts["amend_nonce"])
        standing = self.standing()
        summary = f"第 {standing.round + 1} 稿" if changed else standing.summary
        self.write(resubmit, token, form_of(project__title=standing.title, project__summary=summary))

    @rule(really=st.integers(0, 9))
    def withdraw(self, really: int) -> None:
        if really == 0:
            self.write(withdraw, self.app.number, "市场变化")

    # --- moves

    @rule(which=LETTER, to=UNITS)
    def hand_over(self, which: int, to: str) -> None:
        self.move(which, hand_over, to, "属贵单位职能")

    @rule(which=LETTER, to=UNITS)
    def lend(self, which: int, to: str) -> None:
        self.move(which, lend, to, "请提意见")

    @rule(which=LETTER)
    def recall(self, which: int) -> None:
        self.move(which, recall, "不需要了")

    @rule(which=LETTER, to=UNITS, where=st.sampled_from(["before", "beside", "after"]))
    def add(self, which: int, to: str, where: str) -> None:
        self.move(which, add, to, where, "请一并办理")

    @rule(which=LETTER, unit=UNITS, by_operator=st.booleans())
    def remove(self, which: int, unit: str, by_operator: bool) -> None:
        if not by_operator:
            self.move(which, remove, unit, "不涉及该单位")
            return
        now = self.desk.clock.tick()
        self.tell("remove", lambda tx: self.as_operator(tx, unit, remove, "", "单位撤并", now))

    @rule(which=LETTER, to=UNITS)
    def copy(self, which: int, to: str) -> None:
        self.move(which, copy, to, "请阅")

    @rule()
    def urge(self) -> None:
        self.write(urge_by_operator, self.app.number, "王五", "请尽快")

    @rule()
    def suspend(self) -> None:
        self.write(suspend_by_operator, self.app.number, "王五", "核查")

    @rule()
    def resume(self) -> None:
        self.write(resume, self.app.number, "王五", "已核查")

    @rule(unit=UNITS, outcome=st.sampled_from([Outcome.APPROVE, Outcome.APPROVE, Outcome.REFUSE]))
    def override(self, unit: str, outcome: Outcome) -> None:
        self.write(decided_by_two, self.app.number, unit, outcome)
        self.enter(Channel.OPERATOR)

    @rule()
    def object(self) -> None:
        said = Said("赵六", "zhao@people.example", "该项目去年已经领过补助。")
        self.write(object_to, self.app.number, said, ObjectionChannel.PAGE)

    @rule(count=st.integers(1, 4))
    def days(self, count: int) -> None:
        for _ in range(count):
            now = self.desk.clock.tick(days=1)
            for stage in self.run(self.desk.db.read(notices.due, now)):
                self.run(self.desk.db.write(notices.end_due, self.desk.office, stage, now))
            for stage in self.run(self.desk.db.read(reminders.overdue, now)):
                self.run(self.desk.db.write(reminders.look_at, self.desk.office, stage, now))
        self.enter(Channel.AUTOMATIC)

    @invariant()
    def it_all_holds(self) -> None:
        self.run(holds(self.desk, self.book))

    # --- by which means

    def standing(self) -> Standing:
        return self.run(self.desk.standing())

    def pick(self, which: int) -> tuple[str, str]:
        found = self.run(self.desk.links())
        return found[which % len(found)]

    def move(self, which: int, verb: Callable[..., Moved], *said: str) -> None:
        (token, _), now = self.pick(which), self.desk.clock.tick()
        by = lambda mover, tx: verb(tx, self.desk.office, mover, *said, now)  # noqa: E731
        self.tell(verb.__name__, lambda tx: move_by_token(tx, token, Channel.LINK, lambda mover: by(mover, tx), now))

    def as_operator(self, tx: Transaction, unit: str, verb: Callable[..., Moved], *said: Any) -> Moved:
        return move_by_operator(tx, self.app.number, unit, "王五", lambda by: verb(tx, self.desk.office, by, *said))

    def write(self, verb: Callable[..., Any], *args: Any) -> Any:
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

    def is_done(self, task: str) -> bool:
        return any(t.id == task and t.state is TaskState.DONE for s in self.standing().stages for t in s.tasks)

    def enter(self, channel: Channel) -> None:
        """Enter into the book what no officer answered: the clock did, or two operators."""

        def read(tx: Transaction) -> list[tuple[str, Outcome]]:
            made = select(Task.id, Decision.outcome).join(Decision, col(Decision.id) == Task.decision_id)
            mine = made.where(Task.application_id == self.desk.app_id, Task.state == TaskState.DONE)
            return [(task, Outcome(outcome)) for task, outcome in tx.exec(mine.where(Decision.channel == channel))]

        for task, outcome in self.run(self.desk.db.read(read)):
            self.book.setdefault(task, outcome)


@pytest.fixture
def machine(settings: Settings, office: Office, tmp_path: Path) -> Iterator[type[Machine]]:
    """The machine at an office of its own."""
    folder = with_road(tmp_path, "provincial_with_notice")
    for stage, late in LATE.items():
        folder = with_stage(tmp_path, stage, late=late)
    with asyncio.Runner() as runner:
        database = Database(settings)
        desk = Desk(database, replace(office, policies=folder), Clock())
        runner.run(desk.register_consortia())
        runner.run(desk.import_directory(hangzhou_directory()))
        yield type("OfThisOffice", (Machine,), {"run": staticmethod(runner.run), "desk": desk})
        runner.run(database.close())


def test_no_task_is_lost_or_answered_twice_whatever_people_do(machine: type[Machine]) -> None:
    steps = hypothesis_settings(max_examples=8, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(machine, settings=steps)  # type: ignore[no-untyped-call]
