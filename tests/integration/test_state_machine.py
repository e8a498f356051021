"""All verbs at random against a simple model: nothing is lost, nothing is answered twice, somebody must always act.

The model is a book of its own: which tasks were answered how, and which answers were taken back. After every step
the tables must agree with the book, the application must have ended or have somebody who can move it on, the money
must balance, and the record must verify. The road is the longest there is: with a public notice at its end, and with
dates after which the clock acts by itself. Where an application has ended, the next comes.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from approvals.deputy import deputies
from approvals.late import reminders
from approvals.moves.add import add
from approvals.moves.copy import copy
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend, recall
from approvals.moves.mover import Moved
from approvals.moves.remove import remove
from approvals.moves.suspend import resume, suspend_by_operator
from approvals.moves.take_back import take_back
from approvals.moves.urge import urge_by_operator
from approvals.notice import notices
from approvals.notice.objections import Said, object_to
from approvals.office import Office
from approvals.resubmit import resubmit, withdraw
from models.calendar import office_date
from models.deputy import DeputyEntry
from models.objection import ObjectionChannel
from models.policy.notice_rules import PUBLIC_NOTICE
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Channel, Outcome, Purpose, TaskState
from tests.support.altered import with_road, with_stage
from tests.support.clock import START
from tests.support.desk import address_of, hangzhou_directory
from tests.support.forms import form_of
from tests.support.invariants import holds
from tests.support.machine import Surroundings, office_of
from tests.support.moves import decided_by_two

ANSWERS = st.sampled_from(
    [Outcome.APPROVE] * 8 + [Outcome.REFUSE, Outcome.RETURN, Outcome.RETURN, Outcome.ABSTAIN, Outcome.RECUSE]
)
STAGES = ["", "", "county_recommendation", "city_recommendation", "formal_check", "cosignature"]
#: Any letter, the newest more often: a person answers what came last, and now and then digs out something old.
LETTER = st.integers(0, 60).map(lambda n: n if n > 45 else n % 3)
UNITS = st.sampled_from(["jxt", "sjj", "fgw", "czt", "kjt", "@city:330100"])
#: Whose officers have deputies.
OFFICES = st.sampled_from(["@county:330110", "@city:330100", "kjt", "fgw", "czt"])
LATE = {
    "county_recommendation": "{remind_every: 2, at_end: {after: 3, does: next_person}}",
    "formal_check": "{remind_every: 2, at_end: {after: 4, does: pass}}",
    "cosignature": "{remind_every: 2, at_end: {after: 6, does: refuse}}",
}
lives = precondition(lambda self: not self.seen.state.ended)


class Machine(Surroundings):
    """One application and everybody around it."""

    @initialize()
    def begin(self) -> None:
        self.desk.clock.now = START
        self.submit()

    @precondition(lambda self: self.seen.state.ended)
    @rule()
    def the_next(self) -> None:
        self.submit()

    def submit(self) -> None:
        Machine.number += 1
        self.begin_with(self.run(self.desk.submit(project__title=f"项目 {Machine.number}")))

    # --- answers

    @lives
    @rule(which=st.integers(0, 5), count=st.integers(1, 4))
    def go_on(self, which: int, count: int) -> None:
        """Approve by links of tasks that are open, an officer's or a deputy's."""
        for _ in range(count):
            if found := self.open_links():
                self.present(*found[which % len(found)], Outcome.APPROVE)

    @lives
    @rule(which=LETTER, outcome=ANSWERS, to=st.sampled_from(STAGES), straight=st.booleans())
    def answer(self, which: int, outcome: Outcome, to: str, straight: bool) -> None:
        back = {"returns_to": to, "straight_back": straight} if outcome is Outcome.RETURN else {}
        self.present(*self.pick(which), outcome, **back)

    @lives
    @rule(which=LETTER)
    def take_back(self, which: int) -> None:
        token, task = self.pick(which)
        if isinstance(self.write(take_back, token, "点错了", Channel.LINK), Moved):
            del self.book[task]

    @precondition(lambda self: self.seen.state is ApplicationState.RETURNED)
    @rule(changed=st.booleans())
    def resubmit(self, changed: bool) -> None:
        (letter, *_) = self.run(self.desk.letters("returned", application_id=self.desk.app_id))
        token = derive_token(self.desk.office.key, Purpose.AMEND, letter.facts["amend_nonce"])
        seen = self.seen
        summary = f"第 {seen.round + 1} 稿" if changed else seen.summary
        self.write(resubmit, token, form_of(project__title=seen.title, project__summary=summary))

    @lives
    @rule(really=st.integers(0, 9))
    def withdraw(self, really: int) -> None:
        if really == 0:
            self.write(withdraw, self.app.number, "市场变化")

    # --- moves

    @lives
    @rule(which=LETTER, to=UNITS, verb=st.sampled_from([hand_over, lend, copy]))
    def send(self, which: int, to: str, verb: Callable[..., Moved]) -> None:
        self.move(which, verb, to, "属贵单位职能")

    @lives
    @rule(which=LETTER)
    def recall(self, which: int) -> None:
        self.move(which, recall, "不需要了")

    @lives
    @rule(which=LETTER, to=UNITS, where=st.sampled_from(["before", "beside", "after"]))
    def add(self, which: int, to: str, where: str) -> None:
        self.move(which, add, to, where, "请一并办理")

    @lives
    @rule(which=LETTER, unit=UNITS, by_operator=st.booleans())
    def remove(self, which: int, unit: str, by_operator: bool) -> None:
        if by_operator:
            self.as_operator(unit, remove, "", "单位撤并")
        else:
            self.move(which, remove, unit, "不涉及该单位")

    @lives
    @rule(verb=st.sampled_from([urge_by_operator, suspend_by_operator]))
    def operate(self, verb: Callable[..., Moved]) -> None:
        self.write(verb, self.app.number, "王五", "请核查")

    @precondition(lambda self: self.seen.open_stage and self.seen.open_stage.suspended_at)
    @rule()
    def resume(self) -> None:
        self.write(resume, self.app.number, "王五", "已核查")

    @lives
    @rule(unit=OFFICES, later=st.sampled_from([0, 0, 0, 1]), days=st.integers(0, 6))
    def appoint(self, unit: str, later: int, days: int) -> None:
        first = office_date(self.desk.clock()) + dt.timedelta(days=later)
        until, who = first + dt.timedelta(days=days), address_of(unit)
        self.write(deputies.appoint, DeputyEntry(who, f"deputy.{who}", first, until, "王五", "代理"))

    @lives
    @rule(which=st.integers(0, 5), outcome=ANSWERS)
    def a_deputy_answers(self, which: int, outcome: Outcome) -> None:
        """From today somebody stands in for an officer who is asked, and answers by the letter that came to them."""
        asked = [t for s in self.standing().stages for t in s.tasks if t.state is TaskState.OPEN]
        if not asked:
            return
        task, today = asked[which % len(asked)], office_date(self.desk.clock())
        who = address_of(task.unit)
        self.write(deputies.appoint, DeputyEntry(who, f"deputy.{who}", today, today, "王五", "代理"))
        letters = self.run(self.desk.letters(application_id=self.desk.app_id))
        told = [x for x in letters if x.address == f"deputy.{who}" and "link_nonce" in x.facts]
        if tokens := [self.desk.token_in(x) for x in told if x.key.split(":")[1] == task.id]:
            self.present(tokens[0], task.id, outcome)

    @rule(which=st.integers(0, 3))
    def revoke(self, which: int) -> None:
        if found := self.run(self.desk.db.read(deputies.listed, self.desk.clock())):
            self.write(deputies.revoke, found[which % len(found)][0].id, "王五")

    @lives
    @rule(unit=UNITS, outcome=st.sampled_from([Outcome.APPROVE, Outcome.APPROVE, Outcome.REFUSE]))
    def override(self, unit: str, outcome: Outcome) -> None:
        self.write(decided_by_two, self.app.number, unit, outcome)
        self.enter(Channel.OPERATOR)

    @precondition(lambda self: self.seen.open_stage and self.seen.open_stage.act == PUBLIC_NOTICE)
    @rule()
    def object(self) -> None:
        said = Said("赵六", "zhao@people.example", "该项目去年已经领过补助。")
        self.write(object_to, self.app.number, said, ObjectionChannel.PAGE)

    @rule(count=st.integers(1, 4))
    def days(self, count: int) -> None:
        desk, db = self.desk, self.desk.db
        for _ in range(count):
            now = desk.clock.tick(days=1)
            for due, does in (
                (deputies.to_begin, deputies.begin),
                (notices.due, notices.end_due),
                (reminders.overdue, reminders.look_at),
            ):
                for one in self.run(db.read(due, now)):
                    self.run(db.write(does, desk.office, one, now))
        self.enter(Channel.AUTOMATIC)

    @invariant()
    def it_all_holds(self) -> None:
        self.run(holds(self.desk, self.book))
        self.seen = self.standing()


@pytest.fixture
def machine(settings: Settings, office: Office, tmp_path: Path) -> Iterator[type[Machine]]:
    """The machine at an office of its own."""
    folder = with_road(tmp_path, "provincial_with_notice")
    for stage, late in LATE.items():
        folder = with_stage(tmp_path, stage, late=late)
    with office_of(Machine, settings, replace(office, policies=folder)) as made:
        made.run(made.desk.register_consortia())
        made.run(made.desk.import_directory(hangzhou_directory()))
        yield made


def test_no_task_is_lost_or_answered_twice_whatever_people_do(machine: type[Machine]) -> None:
    steps = hypothesis_settings(max_examples=5, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(machine, settings=steps)  # type: ignore[no-untyped-call]
