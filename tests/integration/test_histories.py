"""The recorded history of every kind of case: played again on each change, and it gives the same states."""

from pathlib import Path

import pytest
import yaml

from tests.support.desk import Desk
from tests.support.histories import FOLDER, play

FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
async def test_a_recorded_history_gives_the_same_states(file: Path, empty_desk: Desk, tmp_path: Path) -> None:
    recorded = yaml.safe_load(file.read_text("utf-8"))
    played = await play(file, empty_desk, tmp_path)
    for was, now in zip(recorded["steps"], played["steps"], strict=True):
        assert now == was, "if the change is meant, run `python -m tests.support.histories` and look at what it alters"
