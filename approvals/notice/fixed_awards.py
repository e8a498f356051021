"""An award between its determination and the end of its public notice: counted at once, given back if it fails.

Ceilings and overlaps are checked in the determination's transaction and counted there: two cases that are on view
at the same time never pass a ceiling together (docs/adr/0017).
"""

import datetime as dt
from collections.abc import Mapping

from approvals import ceilings
from approvals.money import budgets
from approvals.transaction import Transaction
from models.application import Application
from models.case.case import Case
from models.money import Fen
from models.notice import FixedAward
from models.states import Level


def keep(tx: Transaction, app: Application, case: Case, amounts: Mapping[Level, Fen], now: dt.datetime) -> None:
    """Keep what was fixed, and count it under the ceilings of ``case``, whose tallies are locked."""
    shares = {level.value: amounts[level] for level in Level}
    tx.insert(FixedAward, application_id=app.id, round=app.round, fixed_at=now, **shares)
    ceilings.count(tx, case, Fen(sum(amounts.values())), now)
    budgets.reserve(tx, app, amounts, now)
    tx.write_rows()  # the notice states it


def fixed_award(tx: Transaction, app: Application) -> FixedAward | None:
    """Return what a determination fixed for ``app`` and a notice still shows; None where nothing is."""
    return tx.get(FixedAward, app.id)


def become(tx: Transaction, app: Application) -> None:
    """Make what was fixed the award of ``app``: it is counted already."""
    fixed = fixed_award(tx, app)
    assert fixed is not None, f"{app.number} has no award to become its own"
    for level in Level:
        setattr(app, f"award_{level.value}", fixed.share(level))
    tx.delete(fixed)


def give_back(tx: Transaction, app: Application, case: Case, now: dt.datetime) -> None:
    """Take what was fixed off the ceilings again, and give it back to its budgets: it is not awarded."""
    fixed = fixed_award(tx, app)
    if fixed is not None:
        ceilings.uncount(tx, case, fixed.total, fixed.fixed_at)
        budgets.give_back(tx, app, now)
        tx.delete(fixed)
