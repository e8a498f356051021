"""The policy of Zhejiang with a stage's rule altered, for tests of rules that it does not use itself."""

import shutil
from pathlib import Path

import policies


def with_stage(root: Path, stage: str, **lines: str) -> Path:
    """Return a folder of policies in which each of ``lines`` of ``stage`` is as given: ``quorum="any"``."""
    folder = _copy(root)
    file = folder / "zhejiang-ai-2025" / "policy.yaml"
    before, _, after = file.read_text("utf-8").partition(f"\n  {stage}:\n")
    mine, _, rest = after.partition("    name:")
    for key, value in lines.items():
        kept = [line for line in mine.splitlines() if not line.startswith(f"    {key}:")]
        mine = "\n".join([*kept, f"    {key}: {value}", ""])
    file.write_text(f"{before}\n  {stage}:\n{mine}    name:{rest}", "utf-8")
    return folder


def with_road(root: Path, road: str) -> Path:
    """Return a folder of policies in which measure 19 travels ``road``."""
    folder = _copy(root)
    file = folder / "zhejiang-ai-2025" / "measures" / "19.yaml"
    file.write_text(file.read_text("utf-8").replace("kind: claim\n", f"kind: claim\nroad: {road}\n"), "utf-8")
    return folder


def _copy(root: Path) -> Path:
    folder = root / "altered"
    if not folder.exists():
        shutil.copytree(policies.ROOT, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return folder
