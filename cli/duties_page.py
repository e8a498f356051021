"""How the terminal shows duties: reports of units, targets with bars. Also as JSON."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from cli.answers_page import two_lines
from cli.applications import WIDE
from cli.run import console, printable
from models.calendar import office_time
from models.policy.measure import Duty, Target
from models.road.progress import Progress
from models.road.standing import Standing
from models.states import DONE, IN_PROGRESS

#: Characters of a bar: in a terminal that has the room, and in one of 80 columns.
BAR, SHORT_BAR = 24, 10


def table(*headings: str) -> Table:
    """Return an empty table."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def wanted(target: Target) -> Text:
    """Return a target with its number and its term."""
    term = (f"至 {target.by}", f"by {target.by}") if target.by else ("每年", "a year") if target.each else ("", "")
    zh = f"{target.name.zh} {target.number:,} {target.unit.zh} {term[0]}"
    return two_lines(zh, f"{target.name.en}: {target.number:,} {target.unit.en} {term[1]}")


def reports(s: Standing) -> Table:
    """Return the newest report of each unit."""
    made = table("单位\nUnit", "状态\nState", "时间\nWhen", "数字\nFigures", "办理情况\nReport")
    for one in s.reports:
        last = one.last
        if last is None:
            made.add_row(two_lines(one.name.zh, one.name.en), two_lines("未报告", "No report"), "", "", "")
            continue
        state = two_lines(*(DONE if last.done else IN_PROGRESS))
        if last.done and one.waited_for:
            state = two_lines("退回重报", "Sent back")
        figures = "\n".join(f"{key} {figure:,}" for key, figure in last.figures.items())
        when = office_time(last.at).replace(" ", "\n")
        made.add_row(two_lines(one.name.zh, one.name.en), state, when, figures, printable(last.text))
    return made


def bars(targets: Sequence[Progress]) -> Table:
    """Return every target with a bar of what is reached."""
    made = table("措施\nMeasure", "目标\nTarget", "已达到\nReached", "", "%", "期限\nBy")
    width = BAR if console.width >= WIDE else SHORT_BAR
    for one in targets:
        full = min(one.reached * width // one.target.number, width)
        bar = Text.assemble(("█" * full, "green" if one.percent >= 100 else "blue"), ("░" * (width - full), "dim"))
        number = f"{one.reached:,} / {one.target.number:,}"
        last = str(one.last_day) if one.target.by or one.target.each else "—"
        name = two_lines(one.target.name.zh, one.target.name.en)
        made.add_row(f"{one.measure}", name, two_lines(number, one.target.unit.zh), bar, f"{one.percent}", last)
    return made


def duty_json(measure: int, key: str, duty: Duty) -> dict[str, Any]:
    """Return a duty as the policy has it, for machines."""
    return {
        "measure": measure,
        "key": key,
        "title": duty.title.model_dump(),
        "targets": [target.model_dump(mode="json") for target in duty.targets],
    }


def opened_json(s: Standing) -> dict[str, Any]:
    """Return a duty that was opened, with its reports, for machines; times ISO 8601 UTC."""
    return {
        "number": s.number,
        "state": s.state.value,
        "measure": s.measure,
        "title": s.title,
        "period": s.period,
        "opened_by": s.opened_by,
        "round": s.round,
        "stage": s.open_stage.key if s.open_stage else None,
        "units": [
            {
                "unit": one.unit,
                "name": one.name.model_dump(),
                "waited_for": one.waited_for,
                "reports": [
                    {
                        "at": r.at.isoformat(),
                        "round": r.round,
                        "done": r.done,
                        "text": r.text,
                        "figures": r.figures,
                        "officer": r.officer,
                        "channel": r.channel.value,
                    }
                    for r in one.reports
                ],
            }
            for one in s.reports
        ],
        "targets": [progress_json(one) for one in s.targets],
    }


def progress_json(one: Progress) -> dict[str, Any]:
    """Return how far one target is reached, for machines."""
    return {
        "measure": one.measure,
        "duty": one.duty,
        "key": one.target.key,
        "name": one.target.name.model_dump(),
        "unit": one.target.unit.model_dump(),
        "number": one.target.number,
        "reached": one.reached,
        "percent": one.percent,
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "by": one.target.by.isoformat() if one.target.by else None,
        "each": one.target.each,
        "counts": "awards" if one.target.counts_awards_of else "reports",
        "by_unit": one.by_unit,
        "points": [{"at": point.at.isoformat(), "reached": point.reached} for point in one.points],
    }
