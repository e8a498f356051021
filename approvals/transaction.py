"""The transaction: what every verb is handed.

A SQLAlchemy session for what is read and changed, and `insert` for what is written once. Rows written once
are collected and go out together, one prepared statement a table, at the end or with `write_rows`: an object
for each of them cost a decision more than all of its SQL (see benchmarks/).
"""

from collections import defaultdict
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import PydanticUndefined
from sqlmodel import Session, SQLModel


class Transaction(Session):
    """One transaction; made and committed by `approvals.database.Database`."""

    def __init__(self, bind: Any = None, **options: Any) -> None:
        super().__init__(bind, **({"autoflush": False, "expire_on_commit": False} | options))
        self._rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
        #: Bells to ring after the commit: ``sender``, ``worker``.
        self.bells: set[str] = set()

    def insert(self, table: type[SQLModel], **columns: Any) -> None:
        """Write one row that this transaction does not touch again; columns left out get their default."""
        self._rows[table].append(defaults(table) | columns)

    def write_rows(self) -> None:
        """Send the collected rows now; queries do not see them before."""
        for table in order():
            if rows := self._rows.pop(table, None):
                self.connection().execute(insertion(table), rows[0] if len(rows) == 1 else rows)

    def finish(self) -> None:
        """Send everything that is still to be sent: changed rows first, for guards look at them."""
        self.flush()
        self.write_rows()


@cache
def insertion(table: type[SQLModel]) -> sa.Insert:
    """Return the one INSERT statement of ``table``, compiled once by SQLAlchemy's cache."""
    return sa.insert(table)


@cache
def defaults(table: type[SQLModel]) -> dict[str, Any]:
    """Return the default of each column of ``table`` that has one."""
    return {name: field.default for name, field in table.model_fields.items() if field.default is not PydanticUndefined}


@cache
def order() -> list[type[SQLModel]]:
    """Return all tables so that each comes after those that it refers to."""
    tables = {mapper.local_table: mapper.class_ for mapper in SQLModel._sa_registry.mappers}
    return [tables[table] for table in SQLModel.metadata.sorted_tables]
