"""Money as the operator records it, for tests."""

from typing import Any

from approvals.database import Database
from approvals.money import releases
from approvals.money.budget_book import BudgetEntry, set_budget
from approvals.money.ledger import all_lines
from approvals.money.recoveries import RecoveryEntry, record_recovery
from approvals.money.releases import ReleaseOpening
from approvals.money.repayments import RepaymentEntry, record_repayment
from models.application import Application
from models.calendar import office_date
from models.ledger import Account, balances
from models.money import Fen
from models.states import Level
from tests.support.desk import Desk
from tests.support.forms import CONSORTIUM
from tests.support.policies import ZHEJIANG

CZT, CITY, COUNTY = "czt", "@city:330100", "@county:330110"


async def grant(desk: Desk, unit: str, amount: str, measure: int = 19, year: int = 2026) -> None:
    """Record a budget as the operator would."""
    entry = BudgetEntry.model_validate(
        {
            "unit": unit,
            "measure": measure,
            "year": year,
            "amount": amount,
            "granted_on": "2026-01-15",
            "source": "测试批复",
        }
    )
    await desk.db.write(set_budget, ZHEJIANG, entry, desk.clock.tick())


async def balances_of(desk: Desk) -> dict[tuple[str, Account], int]:
    """Return every balance of the ledger that is not zero."""
    return {key: fen for key, fen in balances(await desk.db.read(all_lines)).items() if fen}


async def awarded(desk: Desk, base: dict[str, Any] = CONSORTIUM, **changes: Any) -> Application:
    """Submit an application and walk it to its award."""
    app = await desk.submit(base, **changes)
    await desk.approve_to()
    return app


async def open_release(desk: Desk, award: str, milestone: str = "award", evidence: str = "合同已签订") -> Application:
    """Open a release as the operator would; the desk's verbs are about it from now on."""
    opening = ReleaseOpening(award, milestone, evidence, "operator")
    desk.app = await desk.db.write(releases.open_release, desk.office, opening, desk.clock.tick())
    return desk.app


async def recover(desk: Desk, award: str, fen: int, level: Level | None = None, db: Database | None = None) -> None:
    """Record that something must be paid back, as the operator would."""
    entry = RecoveryEntry(award, Fen(fen), "重复列支", "审计报告〔2026〕3 号", level, "operator")
    await (db or desk.db).write(record_recovery, desk.office, entry, desk.clock.tick())


async def repay(
    desk: Desk, award: str, fen: int, receipt: str, level: Level | None = None, db: Database | None = None
) -> None:
    """Record that something came back in cash, as the operator would."""
    now = desk.clock.tick()
    entry = RepaymentEntry(award, Fen(fen), receipt, office_date(now), level, "operator")
    await (db or desk.db).write(record_repayment, desk.office, entry, now)


async def released(desk: Desk, award: str, milestone: str = "award") -> Application:
    """Open a release, and agree as everybody who pays."""
    app = await open_release(desk, award, milestone)
    await desk.approve_to()
    return app
