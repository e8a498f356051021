"""Commands about recoveries: record that something that was paid must be paid back."""

import datetime as dt
import getpass
from typing import Annotated

import typer

from approvals.money.recoveries import RecoveryEntry, record_recovery
from approvals.office import Office
from cli.run import complain, configured, console, opened, run
from models.ledger import Due
from models.money import Fen, fen_from_yuan, money_en, money_zh
from models.states import NAMES, Level

app = typer.Typer(
    help="追回 Recoveries: what must be paid back, set off against the next release.", no_args_is_help=True
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
    try:
        fen = fen_from_yuan(amount)
    except ValueError as error:
        complain(f"--amount: {error}")
    due = run(_record(RecoveryEntry(number, Fen(fen), reason, source, level, by or getpass.getuser())))
    zh, en = NAMES[due.level]
    console.print(f"已登记追回：{zh} {money_zh(due.fen)}，从下一次拨付中抵减")
    console.print(f"Recorded: {en}, {money_en(due.fen)}; set off against the next release")


async def _record(entry: RecoveryEntry) -> Due:
    settings = configured()
    async with opened(settings) as db:
        return await db.write(record_recovery, Office.of(settings), entry, dt.datetime.now(dt.UTC))
