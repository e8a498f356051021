"""How the terminal shows a release: which instalment, of what, and what is paid and set off."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from approvals.money.releases import Part
from cli.run import printable
from models.money import money_zh
from models.release_standing import ReleaseStanding
from models.states import NAMES, RELEASE_STATES


def release(one: ReleaseStanding) -> Iterator[RenderableType]:
    """Yield what a release pays."""
    head = f"拨付 Release {one.part}/{one.parts}：{one.name.zh} {one.name.en}   核定编号 Award {one.award}"
    yield Text(head, "bold")
    yield Text(f"依据 Evidence: {printable(one.evidence)}")
    table = _table("层级 Level", "本期 Instalment", "抵减 Set off", "拨付 To be paid")
    for level, fen in one.amounts.items():
        sums = (fen, one.set_off.get(level, 0), one.pay[level])
        table.add_row(" ".join(NAMES[level]), *(money_zh(amount) for amount in sums))
    yield table


def parts(found: Sequence[Part]) -> Table:
    """Return the instalments of an award, each with its release and where that stands."""
    table = _table("期 Key", "名称 Name", "金额 Amount", "编号 Release", "状态 State")
    for part in found:
        name = f"{part.instalment.name.zh}\n{part.instalment.name.en}"
        state = "未启动 not opened"
        if part.state is not None:
            state = " ".join(RELEASE_STATES.get(part.state, NAMES[part.state]))
        table.add_row(part.instalment.key, name, money_zh(part.total), part.number or "", state)
    return table


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        is_sum = any(word in heading for word in ("金额", "本期", "抵减", "拨付"))
        table.add_column(
            heading, justify="right" if is_sum else "left", overflow="fold", no_wrap="Release" in heading and not is_sum
        )
    return table
