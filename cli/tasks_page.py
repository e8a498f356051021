"""How the terminal and machines are shown tasks, and overrides that want a second operator's consent."""

from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from approvals.task_list import ListedTask, Proposal
from cli.run import printable
from models.calendar import office_time
from models.states import TaskKind, TaskState, answer_names

#: How a task came to be, where the route did not ask for it, or what became of it.
KINDS: dict[TaskKind, str] = {
    TaskKind.ADDED: "加签 added",
    TaskKind.HANDED_OVER: "转办 handed over",
    TaskKind.LENT: "委派 lent",
    TaskKind.REOPENED: "拿回 taken back",
}


def table(found: list[ListedTask]) -> Table:
    """Return the tasks as a table, some lines each."""
    made = _table("编号、环节\nNumber, stage", "单位\nUnit", "状态、期限\nState, due", "已发函\nAsked")
    for one in found:
        due = office_time(one.due_at)
        made.add_row(
            f"{one.number}\n{one.stage.zh}\n{one.stage.en}",
            f"{one.unit_name.zh}\n{one.unit}",
            Text("\n").join([*_state(one), Text(f"≤ {due}", "dim" if one.suspended_at else "")]),
            printable("\n".join(one.officers) or "—"),
        )
    return made


def proposals_table(found: list[Proposal]) -> Table:
    """Return the proposed overrides as a table."""
    made = _table("待同意的代定\nWants consent", "结论\nOutcome", "提出人\nProposed by", "理由\nReason")
    for one in found:
        outcome = "\n".join(answer_names("", one.outcome))
        made.add_row(f"{one.number}\n{one.id}", outcome, printable(one.proposer), printable(one.reason))
    return made


def to_json(found: list[ListedTask], waiting: list[Proposal]) -> dict[str, Any]:
    """Return the same for machines; times ISO 8601 UTC."""
    return {
        "tasks": [
            {
                "number": one.number,
                "title": one.title,
                "stage": one.stage.model_dump(),
                "unit": one.unit,
                "unit_name": one.unit_name.model_dump(),
                "state": one.state.value,
                "kind": one.kind.value,
                "counts": one.counts,
                "due_at": one.due_at.isoformat(),
                "suspended_at": one.suspended_at.isoformat() if one.suspended_at else None,
                "officers": list(one.officers),
            }
            for one in found
        ],
        "overrides": [
            {
                "id": one.id,
                "number": one.number,
                "outcome": one.outcome.value,
                "reason": one.reason,
                "proposer": one.proposer,
            }
            for one in waiting
        ],
    }


def _state(one: ListedTask) -> list[Text]:
    said = [Text("待答复 waits") if one.state is TaskState.OPEN else Text("等前一单位 after another", "dim")]
    if one.suspended_at:
        said = [Text("已挂起 suspended", "yellow")]
    if one.kind in KINDS:
        said.append(Text(KINDS[one.kind], "cyan"))
    if not one.counts:
        said.append(Text("不计票 no vote", "dim"))
    return said


def _table(*headings: str) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold", no_wrap=heading == headings[0])
    return made
