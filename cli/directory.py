"""Commands about the directory: import, list."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from approvals.directory import Listed, import_officers, listing, shared_addresses
from approvals.office import Office
from cli.answers_page import two_lines
from cli.run import complain, configured, console, opened, policy_today, printable, run
from models.errors import RefusedApplication
from models.files.directory_file import MAX_BYTES, read_directory

app = typer.Typer(help="通讯录 Who answers for which unit.", no_args_is_help=True)

#: Columns of a terminal that has room for units in both languages.
WIDE = 100


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV / XLSX: unit,name,email[,role,language,letters,other_emails]")],
    replace: Annotated[
        bool, typer.Option("--replace", help="文件所列单位不再有其他经办人 The listed units have no other officers.")
    ] = False,
) -> None:
    """导入通讯录 Add officers; a file with any fault changes nothing."""
    new, total, listed = run(_import(file, replace=replace))
    console.print(f"已导入 Imported {total}，新增 new: {new}")
    if missing := _missing(listed):
        console.print(_count_missing(missing), style="yellow")
        console.print("详见 see: liandong directory list", style="yellow")


async def _import(file: Path, *, replace: bool) -> tuple[int, int, list[Listed]]:
    settings = configured()
    policy = policy_today(settings)
    try:
        data = await asyncio.to_thread(_beginning, file)
    except OSError as error:
        complain(f"无法读取文件 The file cannot be read: {file}: {error.strerror}")
    try:
        entries = read_directory(data, policy)
    except RefusedApplication as refused:
        lines = [printable(f"{fault.field}: {fault.zh} {fault.en}") for fault in refused.faults]
        complain("\n".join([*lines, f"未导入任何记录 Nothing was imported: {file}"]))
    async with opened(settings) as db:
        new = await db.write(import_officers, Office.of(settings), entries, dt.datetime.now(dt.UTC), replace=replace)
        return new, len(entries), await db.read(listing, policy)


def _beginning(file: Path) -> bytes:
    """Return the file, or as much of it as shows that it is too large."""
    with file.open("rb") as opened_file:
        return opened_file.read(MAX_BYTES + 1)


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="机器可读 For machines.")] = False) -> None:
    """查看通讯录 Units in the policy's order with their officers, and those that have none."""
    listed = run(_list())
    if as_json:
        print(json.dumps(_to_json(listed), ensure_ascii=False, indent=2))
        return
    console.print(_table(listed))
    for address, units in shared_addresses(listed).items():
        who = "、".join(units)
        console.print(f"同一邮箱代表多个单位 One address answers for several units: {address}: {who}", style="yellow")
    missing = _missing(listed)
    console.print(_count_missing(missing), style="yellow" if missing else "green")


async def _list() -> list[Listed]:
    settings = configured()
    policy = policy_today(settings)
    async with opened(settings) as db:
        return await db.read(listing, policy)


def _missing(listed: list[Listed]) -> list[Listed]:
    return [one for one in listed if not one.officers]


def _count_missing(missing: list[Listed]) -> str:
    if not missing:
        return "每个单位都有经办人 Every unit has an officer."
    return f"{len(missing)} 个单位没有经办人 units without an officer: {len(missing)}"


def _table(listed: list[Listed]) -> Table:
    """Return a table of units, a row of two lines for each officer; a unit without one says so."""
    wide = console.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("单位\nUnit", overflow="fold", min_width=16)
    if wide:
        table.add_column("英文名称\nIn English", overflow="fold", max_width=40)
    table.add_column("经办人\nOfficer", overflow="fold")
    table.add_column("邮箱\nE-mail", overflow="fold")
    table.add_column("语言\nLanguage", no_wrap=True)
    for one in listed:
        unit = [two_lines(one.name.zh if one.known else "不在政策中 not in policy", one.unit)]
        unit += [Text(one.name.en if one.known else "", "dim")] if wide else []
        if not one.officers:
            table.add_row(*unit, Text("无 none", "yellow"), "", "")
        for officer in one.officers:
            who = two_lines(officer.name, officer.role) if officer.role else Text(printable(officer.name))
            table.add_row(*unit, who, printable(officer.email), officer.language)
            unit = [Text("") for _ in unit]
    return table


def _to_json(listed: list[Listed]) -> dict[str, Any]:
    """Return what machines read of the directory."""
    return {
        "units": [
            {
                "unit": one.unit,
                "name": {"zh": one.name.zh, "en": one.name.en},
                "in_policy": one.known,
                "officers": [
                    {"name": o.name, "email": o.email, "role": o.role, "language": o.language, "letters": o.letters}
                    for o in one.officers
                ],
            }
            for one in listed
        ],
        "without_officer": [one.unit for one in _missing(listed)],
    }
