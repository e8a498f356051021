"""Prefect's own database, migrated once a process and copied: its migrations take seven seconds of a core."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from flows.server import PROGRAM, environment
from models.settings import Settings

NAME = "prefect/prefect.db"


def migrate_prefect(settings: Settings) -> None:
    """Give a new installation Prefect's database as Prefect's migrations leave it, unless its settings name another."""
    if settings.prefect_database_url:
        return
    file = settings.home / NAME
    file.parent.mkdir(parents=True)
    shutil.copy(_migrated(), file)


@cache
def _migrated() -> Path:
    home = Path(tempfile.mkdtemp(prefix="liandong-prefect-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / NAME).parent.mkdir()
    upgrade = [sys.executable, "-P", PROGRAM, "server", "database", "upgrade", "--yes"]
    subprocess.run(upgrade, env=os.environ | environment(Settings(home=home)), check=True, capture_output=True)
    return home / NAME
