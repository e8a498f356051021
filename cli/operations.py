"""Commands of the operator: migrate, directory import, audit verify, rebuild."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from approvals import audit, waking
from approvals.directory import import_officers, read_directory
from approvals.office import Office
from cli.run import complain, configured, console, opened, policy_today, prepared, run

directory = typer.Typer(help="通讯录 Who answers for which unit.", no_args_is_help=True)
audit_app = typer.Typer(help="审计 Check the record.", no_args_is_help=True)


def migrate() -> None:
    """升级数据库 Create or upgrade the database's tables."""
    settings = configured()
    run(prepared(settings))
    console.print(f"数据库已是最新 The database is up to date: {settings.home}")


@directory.command("import")
def directory_import(
    file: Annotated[Path, typer.Argument(help="CSV: unit,name,email,language")],
    replace: Annotated[
        bool, typer.Option("--replace", help="文件所列单位不再有其他经办人 The listed units have no other officers.")
    ] = False,
) -> None:
    """导入通讯录 Add officers; a file with any fault changes nothing."""
    new, total = run(_import(file, replace=replace))
    console.print(f"已导入 Imported {total}，新增 new: {new}")


async def _import(file: Path, *, replace: bool) -> tuple[int, int]:
    settings = configured()
    try:
        data = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        complain(f"无法读取文件 The file cannot be read: {file}: {error.strerror}")
    entries = read_directory(data, policy_today(settings))
    async with opened(settings) as db:
        new = await db.write(import_officers, Office.of(settings), entries, dt.datetime.now(dt.UTC), replace=replace)
    return new, len(entries)


@audit_app.command("verify")
def audit_verify() -> None:
    """校验 Recompute every application's chain of events; exit code 1 at the first bad event."""
    checked, broken = run(_verify())
    if broken is not None:
        complain(f"{broken.number}: 第 {broken.seq} 个事件不符 event {broken.seq}: {broken.why}")
    console.print(f"{checked} 件申请的事件链全部相符 All {checked} chains verified.")


async def _verify() -> tuple[int, audit.Break | None]:
    async with opened(configured()) as db:
        ids = await db.read(audit.applications)
        for application_id in ids:
            if broken := await db.read(audit.verify, application_id):
                return len(ids), broken
    return len(ids), None


def rebuild() -> None:
    """重建运行 New Prefect runs for all live applications."""
    console.print(f"待重建 Runs to be made by the worker: {run(_rebuild())}")


async def _rebuild() -> int:
    async with opened(configured()) as db:
        wakes = await db.read(waking.live)
        for wake in wakes:
            if wake.run_id is not None:
                await db.write(waking.forget_run, wake.application_id, wake.run_id, dt.datetime.now(dt.UTC))
    return len(wakes)
