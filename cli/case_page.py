"""How the terminal shows what an application asks for and is judged by: amounts, facts, findings, overlaps."""

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli import recovery_page, release_page
from cli.run import printable
from models.calendar import office_time
from models.money import money
from models.panel.standing import PanelStanding
from models.road.standing import Standing
from models.states import name


def case_page(s: Standing) -> Iterator[RenderableType]:
    """Yield amounts, pieces, overlaps, facts and findings, whichever there are."""
    if s.release:
        yield from release_page.release(s.release)
        return
    if s.levels:
        yield _amounts(s)
    if s.recoveries:
        yield from recovery_page.recoveries(s.recoveries)
    if s.pieces:
        count, total = s.pieces
        zh, en = money(total, "zh"), money(total, "en")
        yield Text(f"明细 Pieces: {count:,} 件，合计 {zh}   {count:,} pieces, {en} in all")
    if s.overlaps:
        yield Text("重复支持 Overlaps", "bold yellow")
        yield from _overlap(s)
    if s.facts:
        yield Text("填报情况 Stated for this measure", "bold")
        yield _facts(s)
    yield Text("规则核验 What the rules found", "bold")
    yield _findings(s)
    if s.largest is not None:
        yield Text(f"  至多核定 {money(s.largest, 'zh')} At most {money(s.largest, 'en')} may be awarded")


def panel_lines(panel: PanelStanding) -> Iterator[str]:
    """Yield what a panel came to, seat by seat; blind until it has closed."""
    yield f"专家评审 Panel: 种子 seed {panel.seed}"
    if panel.result is None:
        yield f"  盲评 blind: {panel.scored}/{panel.seats} 席已评分 seats have scored，空缺 vacant {panel.vacant}"
        return
    for one in panel.scores:
        points = "，".join(f"{line.name.zh} {one.points[line.key]}/{line.max}" for line in panel.panel.sheet)
        yield f"  {one.name.zh} {one.expert}  {one.shown}  {points}"
    yield f"  {panel.result.said('zh')} {panel.result.said('en')}"


def moves(s: Standing) -> Iterator[RenderableType]:
    """Yield what happened besides the answers, and since when the open stage stands still."""
    if s.open_stage and s.open_stage.suspended_at:
        yield Text(f"已挂起 Suspended since {office_time(s.open_stage.suspended_at)}", "bold yellow")
    made = sorted(((move.at, stage, move) for stage in s.stages for move in stage.moves), key=lambda one: one[0])
    if not made:
        return
    yield Text("办理经过 What happened besides", "bold")
    rows = _grid()
    for at, stage, move in made:
        zh, en = printable(move.sentence("zh")), printable(f"{stage.name_en}: {move.sentence('en')}")
        rows.add_row("", f"{office_time(at)}\n{stage.name_zh}", Text.assemble(zh, "\n", (en, "dim")))
    yield rows


def _overlap(s: Standing) -> Iterator[RenderableType]:
    rows = _grid()
    for one in s.overlaps:
        said = f"{one.said('zh')}\n{one.said('en')}"
        rows.add_row("", one.number, Text.assemble(printable(one.title), "\n", (printable(said), "yellow")))
    yield rows
    if s.left is not None:
        zh, en = money(s.left, "zh"), money(s.left, "en")
        yield Text(f"  至多再核定 {zh} At most {en} may still be awarded", "yellow")


def _findings(s: Standing) -> Table:
    rows = _grid()
    for finding in s.findings:
        mark = Text("✓", "green") if finding["holds"] else Text("✗", "red")
        zh, en = (f"{finding['rule'][key]} · {finding['result'][key]}" for key in ("zh", "en"))
        rows.add_row("", mark, Text.assemble(printable(zh), "\n", (printable(en), "dim")))
    return rows


def _facts(s: Standing) -> Table:
    rows = _grid()
    for fact in s.facts:
        value = fact.value.zh if fact.value.zh == fact.value.en else f"{fact.value.zh}\n{fact.value.en}"
        rows.add_row("", Text.assemble(fact.name.zh, "\n", (fact.name.en, "dim")), printable(value))
    return rows


def _grid() -> Table:
    """Return rows of two columns, indented by two."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    return grid


def _amounts(s: Standing) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("资金\nMoney")
    for heading in ("申请\nAsked", "承诺\nPledged", "核定\nAwarded"):
        table.add_column(heading, justify="right", no_wrap=True)
    for level in s.levels:
        pledged = money(s.pledges[level], "zh") if level in s.pledges else "—"
        awarded = money(s.award[level], "zh") if s.award else "—"
        table.add_row(f"{name(level, 'zh')} {name(level, 'en')}", money(s.asked[level], "zh"), pledged, awarded)
    awarded = money(s.award_total, "zh") if s.award_total is not None else "—"
    table.add_row("合计 Total", money(s.asked_total, "zh"), "", awarded, style="bold")
    return table
