"""A panel at random: experts score, recuse, are replaced, come late; it closes once, and nobody is lost.

The road begins with the panel, so that every step is about it. The model is the book of answers, and the seats: each
has one expert, or the operator was told that nobody is left.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from approvals.late import reminders
from approvals.office import Office
from approvals.panel import panels
from models.panel.seats import EXPERT_PANEL, expert_of
from models.settings import Settings
from models.states import Outcome, StageState, TaskState
from tests.support.clock import START
from tests.support.invariants import holds
from tests.support.machine import Surroundings, office_of
from tests.support.many import road_of_city
from tests.support.panel import BEST, FAIR, POOR, RESEARCH, PanelDesk, expert

#: The sample policy takes applications until the end of the year.
LAST = START + dt.timedelta(days=30)
SHEETS = st.sampled_from([BEST, FAIR, FAIR, POOR])
scores = precondition(lambda self: self.seen.open_stage and self.seen.open_stage.act == EXPERT_PANEL)


class Machine(Surroundings):
    """One application before its panel; where the panel has closed, the next."""

    desk: PanelDesk

    @initialize()
    def begin(self) -> None:
        self.desk.clock.now = START
        self.submit()

    @precondition(lambda self: not self.seen.open_stage or self.seen.open_stage.act != EXPERT_PANEL)
    @rule()
    def the_next(self) -> None:
        self.submit()

    def submit(self) -> None:
        Machine.number += 1
        self.begin_with(self.run(self.desk.submit(RESEARCH, project__title=f"项目 {Machine.number}")))

    @scores
    @rule(which=st.integers(0, 5), sheet=SHEETS)
    def score(self, which: int, sheet: dict[str, int]) -> None:
        if found := self.open_links():
            self.present(*found[which % len(found)], Outcome.APPROVE, points=sheet)

    @rule(which=st.integers(0, 12), sheet=SHEETS)
    def score_by_any_letter(self, which: int, sheet: dict[str, int]) -> None:
        token, task = self.pick(which)
        if any(t.id == task and expert_of(t.unit) for s in self.standing().stages for t in s.tasks):
            self.present(token, task, Outcome.APPROVE, points=sheet)

    @scores
    @rule(which=st.integers(0, 5))
    def recuse(self, which: int) -> None:
        if found := self.open_links():
            self.present(*found[which % len(found)], Outcome.RECUSE)

    @scores
    @rule(seat=st.integers(1, 4))
    def replace(self, seat: int) -> None:
        self.write(panels.replace, self.app.number, f"panel:{seat}", "联系不上", "王五")

    @scores
    @rule(seat=st.integers(1, 4))
    def drop(self, seat: int) -> None:
        self.write(panels.drop, self.app.number, f"panel:{seat}", "无人可换", "王五")

    @precondition(lambda self: self.desk.clock() < LAST)
    @rule(count=st.integers(1, 6))
    def days(self, count: int) -> None:
        for _ in range(count):
            now = self.desk.clock.tick(days=1)
            for stage in self.run(self.desk.db.read(reminders.overdue, now)):
                self.run(self.desk.db.write(reminders.look_at, self.desk.office, stage, now))

    @invariant()
    def it_all_holds(self) -> None:
        self.run(holds(self.desk, self.book))
        self.seen = self.standing()

    @invariant()
    def each_seat_has_one_expert_and_each_expert_one_seat(self) -> None:
        page = self.run(self.desk.db.read(panels.panel_page, self.app.number))
        sitting = [one.expert for one in page.seated if one.expert]
        assert len(sitting) == len(set(sitting)), "an expert sits twice"
        assert len({one.seat for one in page.seated}) == len(page.seated), "a seat has two experts"
        stage = self.standing().stages[0]
        waits = any(one.state is TaskState.OPEN for one in page.seated)
        assert waits == (stage.state is StageState.OPEN), "a panel closes when every seat has scored, and not before"


@pytest.fixture
def machine(settings: Settings, office: Office, tmp_path: Path) -> Iterator[type[Machine]]:
    """The machine at the sample city, with a few more experts than seats."""
    with office_of(Machine, settings, office, PanelDesk) as made:
        made.run(made.desk.open_city(*(expert(n) for n in range(1, 8))))
        made.desk = road_of_city(
            made.desk, tmp_path, "reviewed", "experts, ruling", ("measures/3.yaml", ', "@county"', "")
        )
        yield made


def test_a_panel_closes_once_and_no_seat_is_lost_whatever_experts_do(machine: type[Machine]) -> None:
    steps = hypothesis_settings(max_examples=2, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(machine, settings=steps)  # type: ignore[no-untyped-call]
