"""The command about experts: import a file of them, or list those who are there."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from approvals.office import Office
from approvals.panel import seating
from approvals.panel.experts import Imported, import_experts, listing
from approvals.transaction import Transaction
from cli.run import complain, configured, console, opened, printable, run
from models.errors import RefusedApplication
from models.expert import Expert, ExpertEmployment, ExpertTie
from models.files.experts_file import MAX_BYTES, ExpertEntry, read_experts
from models.policy.folder import editions
from models.settings import Settings

Listed = list[tuple[Expert, list[ExpertEmployment], list[ExpertTie]]]


def experts(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="CSV / XLSX: key,name,email,fields,employer,credit_code,from[,to,ties,language,active]"
            "；不填则列出 none: list them"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 For machines.")] = False,
) -> None:
    """评审专家 Import experts (a file with any fault changes nothing), or list them."""
    if file is not None:
        made, filled = run(_import(file))
        console.print(f"已导入专家 Imported experts: {made.total}，新增 new: {made.new}")
        if filled:
            console.print(f"补上空缺席位 Vacant seats filled: {filled}")
        return
    listed = run(_list())
    if as_json:
        print(json.dumps([_to_json(*one) for one in listed], ensure_ascii=False, indent=2))
    elif listed:
        console.print(_table(listed))
    else:
        console.print("尚无专家 There are no experts; liandong experts FILE")


async def _import(file: Path) -> tuple[Imported, int]:
    settings = configured()
    try:
        data = await asyncio.to_thread(_beginning, file)
    except OSError as error:
        complain(f"无法读取文件 The file cannot be read: {file}: {error.strerror}")
    try:
        entries = read_experts(data, _fields(settings))
    except RefusedApplication as refused:
        lines = [printable(f"{fault.field}: {fault.zh} {fault.en}") for fault in refused.faults]
        complain("\n".join([*lines, f"未导入任何记录 Nothing was imported: {file}"]))
    async with opened(settings) as db:
        return await db.write(_import_and_seat, Office.of(settings), entries, dt.datetime.now(dt.UTC))


def _import_and_seat(
    tx: Transaction, office: Office, entries: list[ExpertEntry], now: dt.datetime
) -> tuple[Imported, int]:
    return import_experts(tx, office, entries, now), seating.fill(tx, office, now)


def _beginning(file: Path) -> bytes:
    """Return the file, or as much of it as shows that it is too large."""
    with file.open("rb") as opened_file:
        return opened_file.read(MAX_BYTES + 1)


def _fields(settings: Settings) -> set[str]:
    """Return every field that an edition of any policy knows."""
    known = [policy for versions in editions(settings.policies).values() for policy in versions]
    return {field for policy in known for field in policy.expert_fields}


async def _list() -> Listed:
    async with opened(configured()) as db:
        return await db.read(listing)


def _table(listed: Listed) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("专家\nExpert", "邮箱\nE-mail", "领域\nFields", "单位\nEmployers", "利害关系\nTies"):
        table.add_column(heading, overflow="fold")
    for expert, jobs, ties in listed:
        who = f"{expert.key} {expert.name}" + ("" if expert.active else "（停用 inactive）")
        worked = "\n".join(f"{job.employer} {job.from_day}–{job.to_day or ''}" for job in jobs)
        cells = (who, expert.email, " ".join(expert.fields), worked, "、".join(tie.declared for tie in ties))
        table.add_row(*(printable(cell) for cell in cells))
    return table


def _to_json(expert: Expert, jobs: list[ExpertEmployment], ties: list[ExpertTie]) -> dict[str, Any]:
    return {
        "key": expert.key,
        "name": expert.name,
        "email": expert.email,
        "language": expert.language,
        "fields": expert.fields,
        "active": expert.active,
        "employments": [
            {
                "employer": job.employer,
                "credit_code": job.credit_code,
                "from": job.from_day.isoformat(),
                "to": job.to_day.isoformat() if job.to_day else None,
            }
            for job in jobs
        ],
        "ties": [tie.declared for tie in ties],
    }
