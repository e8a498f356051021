"""A crowd: very many copies of one application, each with its open stage."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from approvals.transaction import Transaction
from models.application import Application
from models.stage import Stage

#: Ids of eight digits after a word: no row that the verbs make has such a one.
ID = "'copy' || CAST(10000000 + i AS TEXT)"
#: What no two applications share: each copy has an applicant of its own.
OWN = ("id", "number", "credit_code", "project_key", "cost_basis_key")


def crowd(tx: Transaction, count: int, *, of: str, stages_only: bool = False, **stage: Any) -> None:
    """Copy the stage ``of`` and its application ``count`` times; ``stage`` is what is different in the stages.

    ``stages_only`` leaves the applications out, which PostgreSQL allows its superuser: a test has less to write.
    """
    on_postgresql = tx.get_bind().dialect.name == "postgresql"
    nothing = f"CAST('[]' AS {'JSONB' if on_postgresql else 'TEXT'})"
    light = dict.fromkeys(("content", "trace", "route"), nothing)
    if stages_only:
        tx.execute(sa.text("ALTER TABLE stage DISABLE TRIGGER ALL"))
    else:
        _copy(tx, Application, of, count, dict.fromkeys(OWN, ID) | light, {})
    _copy(tx, Stage, of, count, {"id": ID, "application_id": ID}, stage)
    if on_postgresql:
        tx.execute(sa.text("ANALYZE application, stage"))


def _copy(
    tx: Transaction, table: type[SQLModel], of: str, count: int, made: dict[str, str], given: dict[str, Any]
) -> None:
    columns = list(table.model_fields)
    taken = [made.get(name, f":{name}" if name in given else name) for name in columns]
    types = SQLModel.metadata.tables[str(table.__tablename__)].columns
    statement = sa.text(
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"
        f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        f" SELECT {', '.join(taken)} FROM {table.__tablename__} CROSS JOIN n"
        f" WHERE id IN (:of, (SELECT application_id FROM stage WHERE id = :of))"
    )
    binds = [sa.bindparam(name, value, types[name].type) for name, value in given.items()]
    tx.execute(statement.bindparams(sa.bindparam("count", count, sa.Integer), sa.bindparam("of", of), *binds))
