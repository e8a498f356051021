"""Parts that run in processes of their own."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("part", ["notifications.sender", "notifications.receiver"])
def test_a_part_in_a_process_of_its_own_knows_every_table(part: str) -> None:
    code = f"import {part}; from sqlmodel import SQLModel; assert len(SQLModel.metadata.sorted_tables) > 10"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
