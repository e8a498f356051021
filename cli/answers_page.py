"""How the terminal shows one answer of one task, and what became of a task without one."""

from rich.text import Text

from cli.run import printable
from models.road.move_words import ENDED
from models.road.stage_standing import StageStanding, TaskStanding
from models.states import TaskKind, TaskState, answer_names


def answer_of(stage: StageStanding, task: TaskStanding) -> Text:
    """Return what was answered, or why nothing was or is not yet."""
    if task.ended_as in ENDED:
        return two_lines(*ENDED[task.ended_as], "dim")
    if task.kind is TaskKind.CARRIED and task.outcome:
        return two_lines(f"{answer_names(stage.act, task.outcome)[0]}（原答复仍有效）", "stands")
    if task.outcome:
        return two_lines(*answer_names(stage.act, task.outcome))
    if task.state is TaskState.WAITING:
        return two_lines("等前一单位", "After another")
    return two_lines("待办理", "Waits") if stage.outcome is None else Text("—")


def two_lines(zh: str, en: str, style: str = "") -> Text:
    """Return Chinese above English."""
    return Text.assemble((printable(zh), style), "\n", (printable(en), "dim"))
