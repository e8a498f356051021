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
from sqlmodel import col, select

from approvals.answers import Decided
from approvals.database import Database
from approvals.moves.mover import Moved
from approvals.moves.take_back import take_back
from approvals.office import Office
from approvals.resubmit import resubmit
from approvals.transaction import Transaction
from models.quorum import Seat, evaluate
from models.secrets import derive_token
from models.settings import Settings
from models.stage import Stage
from models.standing import Standing
from models.states import UNANSWERED, ApplicationState, Channel, Outcome, Purpose, StageState, TaskKind, TaskState
from models.task import Decision, Task
from tests.support.clock import Clock
from tests.support.desk import Desk, hangzhou_directory
from tests.support.forms import form_of

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

    def tokens(self) -> list[tuple[str, str]]:
        """Every link that was ever sent, with the task behind it in the letter's key, the newest first."""
        letters = self.run(self.desk.letters(application_id=self.desk._id()))
        return [(self.desk.token_in(x), x.key.split(":")[1]) for x in letters if "link_nonce" in x.facts]

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
        found = self.tokens()
        return found[which % len(found)]

    def write(self, verb: Callable[..., Any], *args: Any) -> Any:
        return self.desk.db.write(verb, self.desk.office, *args, self.desk.clock.tick())

    # --- what must hold

    @invariant()
    def the_tables_agree_with_the_book(self) -> None:
        def read(tx: Transaction) -> list[tuple[Task, Decision | None, Stage]]:
            rows = select(Task, Decision, Stage).outerjoin(Decision, col(Decision.task_id) == Task.id)
            return list(
                tx.exec(rows.join(Stage, col(Stage.id) == Task.stage_id).where(Task.application_id == self.desk._id()))
            )

        rows = self.run(self.desk.db.read(read))
        made = {task.id: decision.outcome for task, decision, _ in rows if task.state is TaskState.DONE and decision}
        assert made == self.book
        tasks = {task.id: task for task, _, _ in rows}
        for task, decision, stage in rows:
            if task.state is TaskState.WAITING:
                assert tasks[task.waits_for or ""].state in UNANSWERED, "a task waits for one that nobody answers"
            if task.state in UNANSWERED:
                assert stage.state is StageState.OPEN, "a task is open in a stage that is not"
                assert decision is None

    @invariant()
    def an_open_stage_is_one_that_is_undecided(self) -> None:
        standing = self.standing()
        stage = standing.open_stage
        if stage is None:
            return
        live = [t for t in stage.tasks if t.counts and t.state is not TaskState.VOID]
        said = sorted((t for t in live if t.outcome), key=lambda t: t.decided_at)  # type: ignore[arg-type, return-value]
        seats = [Seat(t.unit, t.outcome) for t in said] + [Seat(t.unit) for t in live if not t.outcome]
        rule_ = standing.route[stage.position].quorum
        assert evaluate(rule_, seats).outcome is None, "a stage stays open though it is decided"

    @invariant()
    def somebody_must_act_or_it_has_ended(self) -> None:
        standing = self.standing()
        stage = standing.open_stage
        if standing.state.ended or standing.state is ApplicationState.RETURNED:
            assert stage is None
            return
        assert stage is not None, "it is in progress, and no stage is open"
        assert stage.position == standing.position
        assert stage.round == standing.round
        waits = [t for t in stage.tasks if t.state is TaskState.OPEN]
        assert waits, "nobody is asked"
        asked = {task for _, task in self.tokens()}
        assert all(t.id in asked for t in waits), "a task is open, and nobody was written to"

    @invariant()
    def only_what_stands_is_carried(self) -> None:
        standing = self.standing()
        for stage in standing.stages:
            for task in stage.tasks:
                assert task.kind is not TaskKind.CARRIED or task.state is not TaskState.OPEN

    @invariant()
    def the_record_verifies(self) -> None:
        assert self.run(self.desk.verify()) is None


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
