"""The policy of Zhejiang with a stage's rule altered, for tests of rules that it does not use itself."""

import shutil
from pathlib import Path

import policies


def with_stage(root: Path, stage: str, **lines: str) -> Path:
    """Return a folder of policies in which each of ``lines`` of ``stage`` is as given: ``quorum="any"``."""
    folder = root / "altered"
    if not folder.exists():
        shutil.copytree(policies.ROOT, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    file = folder / "zhejiang-ai-2025" / "policy.yaml"
    before, _, after = file.read_text("utf-8").partition(f"\n  {stage}:\n")
    mine, _, rest = after.partition("    name:")
    for key, value in lines.items():
        kept = [line for line in mine.splitlines() if not line.startswith(f"    {key}:")]
        mine = "\n".join([*kept, f"    {key}: {value}", ""])
    file.write_text(f"{before}\n  {stage}:\n{mine}    name:{rest}", "utf-8")
    return folder
