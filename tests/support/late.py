"""The real policy with rules for late stages: a copy in which some stages escalate, and end by themselves."""

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

import policies
from approvals.late import calendars, recount, reminders
from models.files.calendar_file import DayEntry
from tests.support.desk import Desk

#: By stage: the county is reminded early, then its city is told, then asked; and so on.
LATE: dict[str, dict[str, Any]] = {
    "county_recommendation": {
        "remind_before": 1,
        "remind_every": 2,
        "escalate": {"after": 3, "to": "superior"},
        "at_end": {"after": 6, "does": "next_person"},
    },
    "formal_check": {"remind_every": 2, "at_end": {"after": 5, "does": "pass"}},
    "cosignature": {
        "remind_every": 2,
        "escalate": {"after": 1, "to": "operator"},
        "at_end": {"after": 5, "does": "refuse"},
    },
}


def with_late(folder: Path, late: dict[str, dict[str, Any]] | None = None) -> Path:
    """Return a folder of policies: the real one, with ``late`` in its stages."""
    root = folder / "late-policies"
    shutil.copytree(policies.ROOT / "zhejiang-ai-2025", root / "zhejiang-ai-2025")
    file = root / "zhejiang-ai-2025" / "policy.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    for stage, rule in (LATE if late is None else late).items():
        data["stages"][stage]["late"] = rule
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return root


def late_desk(desk: Desk, folder: Path, late: dict[str, dict[str, Any]] | None = None) -> Desk:
    """Return ``desk`` as it works by rules for late stages."""
    return replace(desk, office=replace(desk.office, policies=with_late(folder, late)))


async def sweep(desk: Desk) -> list[str]:
    """Do what a sweep does about stages now; return the ids of those that were seen to."""
    now, seen = desk.clock(), []
    for verb, found in (
        (recount.recount, await desk.db.read(recount.outdated, now)),
        (reminders.look_at, await desk.db.read(reminders.overdue, now)),
    ):
        seen += [stage for stage in found if await desk.db.write(verb, desk.office, stage, now)]
    return seen


async def sweep_on(desk: Desk, day: str) -> list[str]:
    """Sweep once a minute after offices close on ``day``."""
    desk.clock.now = dt.datetime.fromisoformat(f"{day} 10:01+00:00")
    return await sweep(desk)


async def record_days(desk: Desk, *days: str) -> None:
    """Record days: ``2027-01-01 off``, ``2027-01-02 working``."""
    split = [day.split() for day in days]
    entries = [DayEntry(day=day, working=word, source="国务院办公厅通知（测试）") for day, word in split]
    await desk.db.write(calendars.record_days, entries, desk.clock())


async def be_late(desk: Desk) -> None:
    """Let an application wait until its date moves, whoever stands above is told, and the clock ends the stage."""
    await desk.submit(project__title="逾期后改请上级")
    desk.clock.now += dt.timedelta(days=30)
    for _ in range(12):
        desk.clock.tick(days=1)
        await sweep(desk)
    await record_days(desk, *(f"2027-01-{day:02} off" for day in range(1, 11)))
    await sweep(desk)
    await desk.answer("@county:330110")
    await desk.answer("@city:330100")
    for _ in range(25):
        desk.clock.tick(days=1)
        await sweep(desk)
    await desk.withdraw()
