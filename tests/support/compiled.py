"""SQL is compiled once a process, not once for the database of each test: that was a quarter of a short test's time.

A process of Liandong has one engine of a kind, which keeps what it compiled; tests make hundreds. SQLAlchemy keeps a
compiled statement by its dialect, an object of each engine: here those of one class are one.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache


def compile_once() -> None:
    """Let all engines with dialects of one class share what they compiled."""
    kept: dict[type, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(2000))
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))
    DefaultDialect.__eq__ = lambda dialect, other: type(dialect) is type(other)

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=kept[type(connection.dialect)])
