"""PostgreSQL databases that tests take one after the other: emptied in between, which is quicker than made anew.

A copy of a migrated database is 10 MB in 650 files to write and to remove; to delete a test's rows takes 20 ms.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

import asyncpg

from tests.support.postgres import PostgresServer, in_loop_of_its_own

CATALOGS = ("pg_class", "pg_attribute", "pg_constraint", "pg_proc", "pg_trigger")
#: A text that is another after each change of the schema: so many rows, the youngest by its transaction.
SCHEMA = "SELECT concat_ws(' ', " + ", ".join(
    f"(SELECT concat(count(*), ':', max(xmin::text::bigint)) FROM {catalog})" for catalog in CATALOGS
) + ")"  # fmt: skip
#: In bytes; a new one has 1.2 MB. What was deleted is still read over.
SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
TOO_LARGE = 4_000_000
END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
#: As a replica, where the guards of the append-only tables are silent.
EMPTY = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT oid::regclass FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
END $$
"""


@dataclass
class Databases:
    """The databases of ``server``, copies of its migrated database ``template``."""

    server: PostgresServer
    template: str
    _free: list[str] = field(default_factory=list)

    def take(self) -> str:
        """Return the name of a migrated database without a row."""
        if self._free:
            return self._free.pop()
        name = f"test_{uuid4().hex[:12]}"
        self.server.create(name, self.template)
        return name

    def give_back(self, name: str) -> None:
        """Empty database ``name`` for the next test; where its schema was changed or it grew, none takes it again."""

        async def emptied(connection: Any) -> bool:
            await connection.execute(END_OTHERS)
            if await connection.fetchval(SCHEMA) != self._schema or await connection.fetchval(SIZE) > TOO_LARGE:
                return False
            await connection.execute(EMPTY)
            return True

        if self._ask(name, emptied):
            self._free.append(name)

    @cached_property
    def _schema(self) -> str:
        return str(self._ask(self.template, lambda connection: connection.fetchval(SCHEMA)))

    def _ask(self, name: str, what: Any) -> Any:
        async def work() -> Any:
            connection = await asyncpg.connect(self.server.url(name))
            try:
                return await what(connection)
            finally:
                await connection.close()

        return in_loop_of_its_own(work)
