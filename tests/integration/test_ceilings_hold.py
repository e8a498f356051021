"""No sequence of applications pays more than any ceiling, and what is explained is what is enforced."""

import asyncio
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import select

from approvals.answer import Decided
from approvals.database import Database
from approvals.office import Office
from approvals.submit import judged
from approvals.transaction import Transaction
from models.application import Application
from models.errors import RefusedApplication
from models.money import Fen, yuan
from models.records import Tally
from models.settings import Settings
from models.states import ApplicationState, Level
from tests.integration.test_ceilings import INTEREST
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, CONSORTIUM, SHENLAN, form_of
from tests.support.rules import DAY, POLICY

YEARLY = Fen(10_000_000_00)


@dataclass(frozen=True)
class Wish:
    """One application for loan interest: whose, for which year, how much, and whether less is tried when it fails."""

    credit_code: str
    year: int
    fen: int
    project: int

    def fields(self, number: int) -> dict[str, Any]:
        return {
            "applicant__credit_code": self.credit_code,
            "facts__interest_year": str(self.year),
            "amounts__city": yuan(self.fen),
            "project": {"title": f"算力中心 {number}", "cost_basis": f"贷款 {self.project}"},
        }


wishes = st.builds(
    Wish,
    st.sampled_from([SHENLAN, ANOTHER]),
    st.sampled_from([2025, 2026]),
    st.sampled_from([1, 3_000_000_00, 4_999_999_99, 5_000_000_00, 5_000_000_01, 8_750_000_00, 8_750_000_01]),
    st.integers(1, 3),
)


@given(st.lists(wishes, min_size=1, max_size=7), st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=10)
def test_no_sequence_of_applications_pays_more_than_any_ceiling(
    migrated_file: Path, sequence: list[Wish], order: Any
) -> None:
    with tempfile.TemporaryDirectory() as home:
        shutil.copy(migrated_file, Path(home) / "liandong.db")
        asyncio.run(_play(Settings(home=Path(home)), sequence, order))


async def _play(settings: Settings, sequence: list[Wish], order: Any) -> None:
    """Submit them all, determine them in another order, and hold the awards against every ceiling."""
    db = Database(settings)
    desk = Desk(db, Office.of(settings), Clock())
    await desk.import_directory()
    await desk.record_figure("lpr_5y", "3.5%")
    waiting = []
    for number, wish in enumerate(sequence):
        form = form_of(INTEREST, **wish.fields(number))
        explained = await db.read(judged, form, POLICY, DAY)
        try:
            app = await desk.submit_form(form)
        except RefusedApplication as refusal:
            assert refusal.faults == explained.faults
            continue
        assert explained.faults == ()
        assert (app.trace, app.largest) == (explained.trace, explained.largest)
        await desk.approve_to("city_determination")
        waiting.append(app)
    order.shuffle(waiting)
    for desk.app in waiting:
        await desk.answer("@city:330100")
    await _hold(desk)
    await db.close()


async def _hold(desk: Desk) -> None:
    def look(tx: Transaction) -> tuple[list[Application], list[Tally]]:
        awarded = select(Application).where(Application.state == ApplicationState.AWARDED)
        return list(tx.exec(awarded)), list(tx.exec(select(Tally).where(Tally.ceiling == "14.interest")))

    apps, tallies = await desk.db.read(look)
    paid: Counter[tuple[str, int]] = Counter()
    by_loan: dict[tuple[str, str], list[Application]] = {}
    for app in apps:
        fen = sum(getattr(app, f"award_{level.value}") for level in Level)
        paid[app.credit_code, int(app.content["facts"]["interest_year"])] += fen
        by_loan.setdefault((app.credit_code, app.cost_basis_key), []).append(app)
        assert app.largest is not None and fen <= app.largest
        desk.app = app
        assert await desk.verify() is None
    assert all(fen <= YEARLY for fen in paid.values())
    assert {(t.scope, t.year): t.used for t in tallies if t.used} == dict(paid)
    for same in by_loan.values():
        total = sum(app.award_city or 0 for app in same)
        assert total <= max(app.largest or 0 for app in same), "nothing is paid twice for one loan"


async def test_the_same_holds_for_a_place_among_ten(desk: Desk) -> None:
    made = []
    for number in range(12):
        form = form_of(
            CONSORTIUM,
            measure=22,
            option="benchmark",
            facts={"investment": "100", "scenario_field": "医疗"},
            project__title=f"标杆 {number}",
            amounts={"province": "30"},
        )
        await desk.submit_form(form)
        await desk.approve_to("determination")
        made.append(desk.app)
    answers = []
    for desk.app in made:
        answers.append(isinstance(await desk.answer("fgw"), Decided))
    assert answers == [True] * 10 + [False] * 2
