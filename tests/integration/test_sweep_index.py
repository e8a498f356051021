"""The sweep's two questions are each one look into an index, with 100,000 stages waiting."""

import datetime as dt
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

from approvals.late import recount, reminders
from approvals.late.calendars import calendar_of
from approvals.transaction import Transaction
from tests.support.crowd import crowd
from tests.support.desk import Desk

WAITING = 100_000


class Explain(Executable, ClauseElement):
    """The plan of a statement, with the parameters that it is really given."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(Explain, "postgresql")
def _postgresql(element: Explain, compiler: Any, **kw: Any) -> str:
    return f"EXPLAIN {compiler.process(element.statement, **kw)}"


@compiles(Explain, "sqlite")
def _sqlite(element: Explain, compiler: Any, **kw: Any) -> str:
    return f"EXPLAIN QUERY PLAN {compiler.process(element.statement, **kw)}"


def plan(tx: Transaction, statement: Any, values: dict[str, Any]) -> str:
    return "\n".join(str(row[-1]) for row in tx.execute(Explain(statement), values).all())


async def test_with_100000_stages_waiting_the_sweep_reads_an_index_and_nothing_else(desk: Desk) -> None:
    await desk.submit()
    later = desk.clock() + dt.timedelta(days=30)
    version = (await desk.db.read(calendar_of, desk.clock())).version
    (stage,) = (await desk.standing()).stages
    few = {"stages_only": not desk.db.is_sqlite}
    await desk.db.write(crowd, WAITING, of=stage.id, **few, remind_at=later, due_provisional=True, counted_by=version)
    asked = {
        "stage_to_remind": (reminders.DUE, {"now": desk.clock(), "limit": 200}),
        "stage_to_recount": (recount.OUTDATED, {"version": version, "limit": 200}),
    }
    for index, (statement, values) in asked.items():
        said = await desk.db.read(plan, statement, values)
        assert index in said
        assert "Seq Scan" not in said
        assert "SCAN" not in said
    assert await desk.db.read(reminders.overdue, desk.clock()) == []
    assert await desk.db.read(recount.outdated, desk.clock()) == []
    assert len(await desk.db.read(reminders.overdue, later)) == 200, "so many at a time"
