"""Every row of every table, to hold two moments against each other."""

from typing import Any

from approvals.database import Database
from approvals.transaction import Transaction
from models.tables import SQLModel


def _rows(tx: Transaction) -> dict[str, list[tuple[Any, ...]]]:
    tables = SQLModel.metadata.sorted_tables
    return {t.name: sorted((tuple(row) for row in tx.execute(t.select())), key=repr) for t in tables}


async def dump(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    return await db.read(_rows)
