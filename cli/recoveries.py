"""Commands about recoveries: what must be paid back, what was repaid in cash, and what is left."""

import datetime as dt
import getpass
from typing import Annotated

import typer

from approvals.money import repayments
from approvals.money.recoveries import RecoveryEntry, record_recovery
from approvals.money.repayments import RepaymentEntry, record_repayment
from approvals.office import Office
from cli import recovery_page
from cli.run import complain, configured, console, opened, run
from models.calendar import office_date
from models.ledger import Due
from models.money import Fen, fen_from_yuan, money_en, money_zh
from models.recovery_standing import RecoveryStanding
from models.states import NAMES, Level

app = typer.Typer(
    help="追回 Recoveries: what must be paid back: set off against a release, or repaid.", no_args_is_help=True
)


@app.command("record")
def record(
    number: Annotated[str, typer.Argument(help="核定编号 The number of the award.")],
    amount: Annotated[str, typer.Option(help="金额（元） The sum to be paid back, in yuan.")],
    reason: Annotated[str, typer.Option(help="原因 Why: paid twice, a milestone that was missed.")],
    source: Annotated[str, typer.Option(help="来源 Who says so: a decision, an audit report.")],
    level: Annotated[Level | None, typer.Option(help="层级 Whose money, where several levels have paid.")] = None,
    by: Annotated[str, typer.Option(help="经办人 Who records it.")] = "",
) -> None:
    """登记追回 Record that an applicant must pay back; the next release to the applicant is that much less."""
    due = run(_record(RecoveryEntry(number, _fen(amount), reason, source, level, by or getpass.getuser())))
    zh, en = NAMES[due.level]
    console.print(f"已登记追回：{zh} {money_zh(due.fen)}，从下一次拨付中抵减")
    console.print(f"Recorded: {en}, {money_en(due.fen)}; set off against the next release")


def _fen(amount: str) -> Fen:
    try:
        return Fen(fen_from_yuan(amount))
    except ValueError as error:
        complain(f"--amount: {error}")


async def _record(entry: RecoveryEntry) -> Due:
    settings = configured()
    async with opened(settings) as db:
        return await db.write(record_recovery, Office.of(settings), entry, dt.datetime.now(dt.UTC))


@app.command("repaid")
def repaid(
    number: Annotated[str, typer.Argument(help="核定编号 The number of the award.")],
    amount: Annotated[str, typer.Option(help="金额（元） The sum that came back, in yuan.")],
    receipt: Annotated[str, typer.Option(help="凭证 The reference of the receipt; each counts once.")],
    day: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="到账日 The day it came.", show_default="今天 today"),
    ] = None,
    level: Annotated[Level | None, typer.Option(help="层级 Whose money, where several levels are owed.")] = None,
    by: Annotated[str, typer.Option(help="经办人 Who records it.")] = "",
) -> None:
    """登记缴回 Record what an applicant paid back in cash; it is not set off any more."""
    paid_on = day.date() if day else office_date(dt.datetime.now(dt.UTC))
    entry = RepaymentEntry(number, _fen(amount), receipt, paid_on, level, by or getpass.getuser())
    due, left = run(_repaid(entry))
    zh, en = NAMES[due.level]
    console.print(f"已登记缴回：{zh} {money_zh(due.fen)}，尚应追回 {money_zh(left)}")
    console.print(f"Recorded: {en}, {money_en(due.fen)} repaid; {money_en(left)} left to be paid back")


async def _repaid(entry: RepaymentEntry) -> tuple[Due, Fen]:
    settings = configured()
    async with opened(settings) as db:
        due = await db.write(record_repayment, Office.of(settings), entry, dt.datetime.now(dt.UTC))
        rows = await db.read(repayments.owed_back)
        left = [one.left for number, _, one in rows if (number, one.level) == (entry.award, due.level)]
        return due, Fen(sum(left))


@app.command("list")
def list_() -> None:
    """应追回一览 What must still come back, by award and level, the oldest first."""
    rows = run(_owed())
    console.print(recovery_page.owed(rows) if rows else "没有待追回的资金 Nothing is left to be paid back.")


async def _owed() -> list[tuple[str, str, RecoveryStanding]]:
    async with opened(configured()) as db:
        return await db.read(repayments.owed_back)
