"""Money at random against a simple model: what was paid, claimed back, set off and repaid is what the ledger says.

The model is a few sums for each award and payer. Two awards of one applicant stand side by side, so that what must
come back of one is set off against the release of the other. After every step the balances must be the model's,
every posting must balance, and the record of both awards and of the release must verify.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from approvals import audit
from approvals.answer import NotDecided
from approvals.money import audit_money
from approvals.money.ledger import about
from approvals.money.recoveries import RecoveryEntry, record_recovery
from approvals.money.releases import ReleaseOpening, open_release
from approvals.money.repayments import RepaymentEntry, record_repayment
from approvals.office import Office
from models.application import Application
from models.calendar import office_date
from models.ledger import Account, balances
from models.money import Fen
from models.settings import Settings
from models.states import ApplicationState, Level, Outcome
from tests.support.desk import hangzhou_directory
from tests.support.machine import Surroundings, office_of
from tests.support.money import CITY, COUNTY, CZT, awarded

UNITS = {Level.PROVINCE: CZT, Level.CITY: CITY, Level.COUNTY: COUNTY}
AMOUNTS = {"province": "1,000,000", "city": "500,000", "county": "300,000"}
SHARES = {Level.PROVINCE: 1_000_000_00, Level.CITY: 500_000_00, Level.COUNTY: 300_000_00}
LEVELS = st.sampled_from(list(Level))
AWARD = st.integers(0, 1)
#: In fen: often a round sum, now and then more than there is.
SUMS = st.sampled_from([1, 100_000_00, 150_000_00, 300_000_00, 2_000_000_00])


class Machine(Surroundings):
    """Two awards of one applicant, their releases, recoveries and repayments."""

    @initialize()
    def begin(self) -> None:
        self.awards: list[Application] = []
        for n in (1, 2):
            Machine.number += 1
            app = self.run(awarded(self.desk, project__title=f"项目 {Machine.number}", amounts=AMOUNTS))
            self.awards.append(app)
            assert self.standing().state is ApplicationState.AWARDED, n
        #: (award, level, what) -> fen.
        self.model: Counter[tuple[int, Level, Account]] = Counter()
        for n in (0, 1):
            for level, fen in SHARES.items():
                self.model[n, level, Account.RESERVED] = self.model[n, level, Account.OWED] = fen
        self.receipts: set[str] = set()
        self.release: tuple[int, Application] | None = None

    @rule(which=AWARD, milestone=st.sampled_from(["award", "acceptance"]))
    def open(self, which: int, milestone: str) -> None:
        opening = ReleaseOpening(self.awards[which].number, milestone, "合同已签订", "operator")
        if self.release is None:
            made = self.write(open_release, opening)
            if isinstance(made, Application):
                self.release = (which, made)

    @rule(answers=st.integers(1, 3), refuses=st.integers(0, 5))
    def agree(self, answers: int, refuses: int) -> None:
        """Let payers agree, or one refuse; the last one pays all levels."""
        if self.release is None:
            return
        which, app = self.release
        self.desk.app = app
        self.begin_with(app)
        for n in range(answers):
            if self.standing().state.ended:
                break
            token, task = self.open_links()[0]
            self.present(token, task, Outcome.REFUSE if refuses == 0 and n == 0 else Outcome.APPROVE)
        standing = self.standing()
        if standing.state.ended:
            self.release = None
        if standing.state is ApplicationState.ACCOMPLISHED:
            self.pay(which, {level: int(app.asked(level)) for level in Level})

    def pay(self, which: int, part: dict[Level, int]) -> None:
        """Pay in the model: the oldest claim of the same payer is set off first."""
        for level, due in part.items():
            self.model[which, level, Account.OWED] -= due
            for award in (0, 1):
                taken = min(due, self.model[award, level, Account.RECOVERABLE])
                self.model[award, level, Account.RECOVERABLE] -= taken
                due -= taken
            self.model[which, level, Account.PAID] += due

    @rule(which=AWARD, level=LEVELS, fen=SUMS)
    def recover(self, which: int, level: Level, fen: int) -> None:
        entry = RecoveryEntry(self.awards[which].number, Fen(fen), "重复列支", "审计报告", level)
        kept = {one: self.model[which, level, one] for one in Account}
        may = kept[Account.RESERVED] - kept[Account.OWED] - kept[Account.RECLAIMED]
        counted = not isinstance(self.write(record_recovery, entry), NotDecided)
        assert counted == (fen <= may)
        if counted:
            self.model[which, level, Account.RECLAIMED] += fen
            self.model[which, level, Account.RECOVERABLE] += fen

    @rule(which=AWARD, level=LEVELS, fen=SUMS, receipt=st.integers(0, 8))
    def repay(self, which: int, level: Level, fen: int, receipt: int) -> None:
        name = f"{Machine.number}-{level}-{receipt}"
        day = office_date(self.desk.clock())
        entry = RepaymentEntry(self.awards[which].number, Fen(fen), name, day, level)
        may = fen <= self.model[which, level, Account.RECOVERABLE] and name not in self.receipts
        counted = not isinstance(self.write(record_repayment, entry), NotDecided)
        assert counted == may
        if counted:
            self.receipts.add(name)
            self.model[which, level, Account.RECOVERABLE] -= fen
            self.model[which, level, Account.REPAID] += fen

    @invariant()
    def the_books_are_the_model(self) -> None:
        db = self.desk.db
        for which, app in enumerate(self.awards):
            kept = balances(self.run(db.read(about, app.id)))
            for level, unit in UNITS.items():
                for account in Account:
                    assert kept.get((unit, account), 0) == self.model[which, level, account], (which, level, account)
            assert self.run(db.read(audit.verify, app.id)) is None
        if self.release is not None:
            assert self.run(db.read(audit.verify, self.release[1].id)) is None
        assert self.run(db.read(audit_money.of_all)) is None

    def teardown(self) -> None:
        """Settle what is open, or the next example's releases would set it off."""
        for which, app in enumerate(getattr(self, "awards", [])):
            for level in Level:
                if fen := self.model[which, level, Account.RECOVERABLE]:
                    day, name = office_date(self.desk.clock()), f"{Machine.number}-{level}-{which}-settled"
                    self.write(record_repayment, RepaymentEntry(app.number, Fen(fen), name, day, level))


@pytest.fixture
def machine(settings: Settings, office: Office) -> Iterator[type[Machine]]:
    """The machine at an office of its own."""
    with office_of(Machine, settings, office) as made:
        made.run(made.desk.register_consortia())
        made.run(made.desk.import_directory(hangzhou_directory()))
        yield made


def test_the_ledger_is_what_a_simple_model_says_whatever_is_paid_claimed_and_repaid(machine: type[Machine]) -> None:
    steps = hypothesis_settings(max_examples=3, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(machine, settings=steps)  # type: ignore[no-untyped-call]
