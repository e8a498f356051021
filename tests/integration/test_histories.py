"""The recorded history of every kind of case: played again on each change, and it gives the same states."""

from pathlib import Path

import pytest
import yaml

from tests.support.desk import Desk
from tests.support.histories import FOLDER, play

FILES = sorted(FOLDER.glob("*.yaml"))


def played_on(file: Path) -> list[str]:
    """Return the databases of a story: a simple one says ``databases: sqlite``, all others are played on both."""
    said = yaml.safe_load(file.read_text("utf-8")).get("databases", "all")
    return ["sqlite", "postgresql"] if said == "all" else [said]


CASES = [(file, backend) for file in FILES for backend in played_on(file)]


@pytest.mark.parametrize(
    ("file", "backend"), CASES, ids=[f"{file.stem}-{backend}" for file, backend in CASES], indirect=["backend"]
)
async def test_a_recorded_history_gives_the_same_states(file: Path, empty_desk: Desk, tmp_path: Path) -> None:
    recorded = yaml.safe_load(file.read_text("utf-8"))
    played = await play(file, empty_desk, tmp_path)
    for was, now in zip(recorded["steps"], played["steps"], strict=True):
        assert now == was, "if the change is meant, run `python -m tests.support.histories` and look at what it alters"
