"""All verbs at random against a simple model: nothing is lost, nothing is answered twice, somebody must always act.

The model is a book of its own: which tasks were answered how, and which answers were taken back. After every step
the tables must agree with the book, and the application must have ended or have somebody who can move it on.
"""

import asyncio
from collections.abc import Callable, Iterator
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

from approvals.answers import Decided
from approvals.database import Database
from approvals.moves.mover import Moved
from approvals.moves.take_back import take_back
from approvals.office import Office
from approvals.resubmit import resubmit
from models.secrets import derive_token
from models.settings import Settings
from models.standing import Standing
from models.states import ApplicationState, Channel, Outcome, Purpose, TaskState
from tests.support.clock import Clock
from tests.support.desk import Desk, hangzhou_directory
from tests.support.forms import form_of
from tests.support.invariants import holds

ANSWERS = st.sampled_from([Outcome.APPROVE] * 6 + [Outcome.REFUSE, Outcome.RETURN, Outcome.RETURN, Outcome.ABSTAIN])
STAGES = ["", "", "county_recommendation", "city_recommendation", "formal_check", "cosignature"]
#: Any letter, the newest more often: a person answers what came last, and now and then digs out something old.
LETTER = st.integers(0, 40).map(lambda n: n if n > 25 else n % 3)


class Machine(RuleBasedStateMachine):
    """One application and everybody around it."""

    run: Callable[[Any], Any]
    desk: Desk
    number = 0

    @initialize()
    def submit(self) -> None:
        Machine.number += 1
        self.run(self.desk.submit(project__title=f"项目 {Machine.number}"))
        #: The book: task -> outcome, for every answer that counted and was not taken back.
        self.book: dict[str, Outcome] = {}

    def standing(self) -> Standing:
        return self.run(self.desk.standing())

    # --- what people do

    @rule(which=LETTER, outcome=ANSWERS, to=st.sampled_from(STAGES), straight=st.booleans())
    def answer(self, which: int, outcome: Outcome, to: str, straight: bool) -> None:
        token, task = self.pick(which)
        before = self.standing()
        returns = {"returns_to": to, "straight_back": straight} if outcome is Outcome.RETURN else {}
        opinion = "" if outcome is Outcome.APPROVE else "理由"
        answered = self.run(self.desk.present(token, outcome, opinion, channel=Channel.LINK, **returns))
        was_open = any(t.id == task and t.state is TaskState.OPEN for s in before.stages for t in s.tasks)
        event(f"{outcome}: {type(answered).__name__} {getattr(answered, 'closed', '')}")
        if isinstance(answered, Decided):
            assert was_open, "a task was answered that was not open"
            assert task not in self.book, "a task was answered twice"
            self.book[task] = outcome
        else:
            refusal = type(answered.error).__name__
            assert not was_open or refusal in ("WrongTarget", "LastVoter", "Suspended"), answered

    @rule(which=LETTER)
    def take_back(self, which: int) -> None:
        token, task = self.pick(which)
        made = self.run(self.write(take_back, token, "点错了", Channel.LINK))
        event(f"take back: {type(made).__name__}")
        if isinstance(made, Moved):
            del self.book[task]

    @precondition(lambda self: self.standing().state is ApplicationState.RETURNED)
    @rule(changed=st.booleans())
    def resubmit(self, changed: bool) -> None:
        (letter, *_) = self.run(self.desk.letters("returned", application_id=self.desk._id()))
        token = derive_token(self.desk.office.key, Purpose.AMEND, letter.facts["amend_nonce"])
        standing = self.standing()
        summary = f"第 {standing.round + 1} 稿" if changed else standing.summary
        form = form_of(project__title=standing.title, project__summary=summary)
        self.run(self.write(resubmit, token, form))

    def pick(self, which: int) -> tuple[str, str]:
        found = self.run(self.desk.links())
        return found[which % len(found)]

    def write(self, verb: Callable[..., Any], *args: Any) -> Any:
        return self.desk.db.write(verb, self.desk.office, *args, self.desk.clock.tick())

    @invariant()
    def it_all_holds(self) -> None:
        self.run(holds(self.desk, self.book))


@pytest.fixture
def machine(settings: Settings, office: Office) -> Iterator[type[Machine]]:
    """The machine at an office of its own."""
    with asyncio.Runner() as runner:
        database = Database(settings)
        desk = Desk(database, office, Clock())
        runner.run(desk.register_consortia())
        runner.run(desk.import_directory(hangzhou_directory()))
        yield type("OfThisOffice", (Machine,), {"run": staticmethod(runner.run), "desk": desk})
        runner.run(database.close())


def test_no_task_is_lost_or_answered_twice_whatever_people_do(machine: type[Machine]) -> None:
    steps = hypothesis_settings(max_examples=12, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(machine, settings=steps)  # type: ignore[no-untyped-call]
