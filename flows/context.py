"""What a pass needs from its process: the settings, and one database per event loop.

Engines of asyncpg belong to the loop that made them. The worker's thread of passes keeps its database as long
as it lives; a stock process worker, which starts a process per pass, makes one on first use.
"""

import asyncio
from functools import cache
from weakref import WeakKeyDictionary

from approvals.database import Database
from approvals.office import Office
from models.settings import Settings

_databases: WeakKeyDictionary[asyncio.AbstractEventLoop, Database] = WeakKeyDictionary()


@cache
def settings() -> Settings:
    """Return this process's settings."""
    return Settings()


@cache
def office() -> Office:
    """Return the office that the settings describe."""
    return Office.of(settings())


def database() -> Database:
    """Return the database of the running loop, made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _databases:
        _databases[loop] = Database(settings())
    return _databases[loop]


async def close_database() -> None:
    """Close the database of the running loop, if it has one."""
    if found := _databases.pop(asyncio.get_running_loop(), None):
        await found.close()
