"""Commands of the operator: migrate, audit verify, rebuild."""

import datetime as dt

import typer

from approvals import audit, waking
from approvals.money import audit_money
from cli.run import complain, configured, console, opened, prepared, run

audit_app = typer.Typer(help="审计 Check the record.", no_args_is_help=True)


def migrate() -> None:
    """升级数据库 Create or upgrade the database's tables."""
    settings = configured()
    run(prepared(settings))
    console.print(f"数据库已是最新 The database is up to date: {settings.home}")


@audit_app.command("verify")
def audit_verify() -> None:
    """校验 Recompute all chains of events, hold tables, ledger and budgets against them; exit code 1 if one is bad."""
    checked, broken, money = run(_verify())
    if broken is not None:
        complain(f"{broken.number}: 第 {broken.seq} 个事件不符 event {broken.seq}: {broken.why}")
    if money is not None:
        complain(f"账簿或预算不符 Ledger or budget: {money}")
    console.print(f"{checked} 件申请的事件链全部相符 All {checked} chains verified.")


async def _verify() -> tuple[int, audit.Break | None, str | None]:
    async with opened(configured()) as db:
        ids = await db.read(audit.applications)
        for application_id in ids:
            if broken := await db.read(audit.verify, application_id):
                return len(ids), broken, None
        return len(ids), None, await db.read(audit_money.of_all)


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
