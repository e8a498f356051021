"""Prefect's own command, mended: started by ``flows.server`` as a program, never imported (docs/adr/0009).

Prefect 3.8 begins its writing transactions DEFERRED. Two that meet then fail at once with "database is
locked" (an HTTP 503). Worse, the cursor of the failed one lives on in the error's traceback, and when the
garbage collector frees it in the event loop, it waits for a connection that may be waiting for the write lock:
the whole server stands still for the 60 seconds of its busy timeout. Begun IMMEDIATE, writers queue instead,
for milliseconds, in threads.
"""

import runpy
from contextlib import suppress
from pathlib import Path
from typing import Any

from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from prefect.server.events.schemas.events import ReceivedEvent
from prefect.server.services import task_run_recorder


def begin_with_the_lock() -> None:
    """Make every writing transaction on SQLite take the write lock when it begins."""
    begin = AioSqliteConfiguration.begin_transaction

    def begin_transaction(self: AioSqliteConfiguration, session: Any, with_for_update: bool = False) -> Any:
        return begin(self, session, with_for_update=True)

    AioSqliteConfiguration.begin_transaction = begin_transaction  # type: ignore[method-assign]


def wait_less(milliseconds: int = 5000) -> None:
    """Bound what a standstill can cost where a transaction fails nevertheless."""
    set_up = AioSqliteConfiguration.setup_sqlite

    def setup_sqlite(self: AioSqliteConfiguration, connection: Any, record: Any) -> None:
        set_up(self, connection, record)
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
        cursor.close()

    AioSqliteConfiguration.setup_sqlite = setup_sqlite  # type: ignore[method-assign, assignment]


def record_what_can_be() -> None:
    """Mend the recorder of task runs: it begins IMMEDIATE too, and drops the events of a run that is gone.

    A run is gone when it was deleted, or lost with a database that the worker outlived. Prefect would put its
    events back into the queue five times each, and the steps of other runs would wait behind them.
    """
    record = task_run_recorder.record_bulk_task_run_events
    refused = task_run_recorder.IntegrityError  # type: ignore[attr-defined]  # by way of it: no SQL in this room

    async def record_bulk_task_run_events(events: list[ReceivedEvent]) -> None:
        before = SQLITE_BEGIN_MODE.set("IMMEDIATE")  # it writes outside `begin_transaction`
        try:
            await record(events)
        except refused:
            for event in events:
                with suppress(refused):
                    await record([event])
        finally:
            SQLITE_BEGIN_MODE.reset(before)

    task_run_recorder.record_bulk_task_run_events = record_bulk_task_run_events


if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("lifeline.py")))["hold"]()
    from prefect.cli import app

    begin_with_the_lock()
    wait_less()
    record_what_can_be()
    app()
