"""Money as the operator records it, for tests."""

from approvals.budget_book import BudgetEntry, set_budget
from approvals.ledger import all_lines
from models.ledger import Account, balances
from tests.support.desk import Desk
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
