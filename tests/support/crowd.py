"""A crowd: very many copies of the one application that was submitted, each with its open stage."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from approvals.transaction import Transaction
from models.application import Application
from models.stage import Stage

#: Ids of eight digits after a word: no row that the verbs make has such a one.
ID = "'copy' || CAST(10000000 + i AS TEXT)"


def crowd(tx: Transaction, count: int, **stage: Any) -> None:
    """Copy the one application and its open stage ``count`` times; ``stage`` is what is different in the stages."""
    on_postgresql = tx.get_bind().dialect.name == "postgresql"
    nothing = f"CAST('[]' AS {'JSONB' if on_postgresql else 'TEXT'})"
    light = dict.fromkeys(("content", "trace", "route"), nothing)
    _copy(tx, Application, count, {"id": ID, "number": ID, "project_key": ID} | light, {})
    _copy(tx, Stage, count, {"id": ID, "application_id": ID}, stage)
    if on_postgresql:
        tx.execute(sa.text("ANALYZE stage"))


def _copy(tx: Transaction, table: type[SQLModel], count: int, made: dict[str, str], given: dict[str, Any]) -> None:
    columns = list(table.model_fields)
    taken = [made.get(name, f":{name}" if name in given else name) for name in columns]
    types = SQLModel.metadata.tables[str(table.__tablename__)].columns
    statement = sa.text(
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"
        f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        f" SELECT {', '.join(taken)} FROM {table.__tablename__} CROSS JOIN n"
    )
    binds = [sa.bindparam(name, value, types[name].type) for name, value in given.items()]
    tx.execute(statement.bindparams(sa.bindparam("count", count, sa.Integer), *binds))
