"""How the terminal shows recoveries: what was claimed back, how much of it has come back, and what is left."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.run import printable
from models.money import money_zh
from models.recovery_standing import RecoveryStanding
from models.states import NAMES

SUMS = ("应追回 Claimed", "已抵减 Set off", "已缴回 Repaid", "尚应追回 Left")


def recoveries(found: Sequence[RecoveryStanding]) -> Iterator[RenderableType]:
    """Yield how the recoveries of one award stand."""
    yield Text("追回 Recoveries", "bold")
    table = _table("层级 Level")
    for one in found:
        table.add_row(" ".join(NAMES[one.level]), *_sums(one))
    yield table


def owed(found: Sequence[tuple[str, str, RecoveryStanding]]) -> Table:
    """Return what must still come back of each award."""
    table = _table("核定编号 Award", "申请单位 Applicant", "层级 Level")
    for number, applicant, one in found:
        table.add_row(number, printable(applicant), " ".join(NAMES[one.level]), *_sums(one))
    return table


def _sums(one: RecoveryStanding) -> Iterator[str]:
    return (money_zh(fen) for fen in (one.claimed, one.set_off, one.repaid, one.left))


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for heading in SUMS:
        table.add_column(heading, justify="right", overflow="fold")
    return table
