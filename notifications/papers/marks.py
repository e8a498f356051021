"""Marks beside an answer on the decision sheet: how the task came to be, and why it is void. Pure."""

from models.road.stage_standing import TaskStanding
from models.states import TaskEnd, TaskKind
from notifications.papers.parts import Both, both

_KINDS: dict[TaskKind, tuple[str, str]] = {
    TaskKind.ADDED: ("加签", "added"),
    TaskKind.HANDED_OVER: ("转办", "handed over"),
    TaskKind.LENT: ("委派", "lent"),
    TaskKind.CARRIED: ("沿用原答复", "carried over"),
    TaskKind.REOPENED: ("拿回后重办", "asked again"),
}
_ENDS: dict[TaskEnd, tuple[str, str]] = {
    TaskEnd.CLOSED: ("环节已结束", "the stage had closed"),
    TaskEnd.WITHDRAWN: ("申请已撤回", "the application was withdrawn"),
    TaskEnd.HANDED_OVER: ("已转办", "handed over"),
    TaskEnd.REMOVED: ("已减签", "removed"),
    TaskEnd.TAKEN_BACK: ("已拿回", "taken back"),
    TaskEnd.UNDONE: ("因拿回而作废", "undone"),
    TaskEnd.RECALLED: ("已收回", "recalled"),
    TaskEnd.REPLACED: ("已由下一位专家接替", "replaced by the next expert"),
    TaskEnd.OVERRIDDEN: ("已由运行人员代定", "overridden"),
}


def marks(task: TaskStanding) -> Both:
    """Return the marks of ``task`` in one line; nothing for a task that was asked, answered and counted."""
    found = [_KINDS[task.kind]] if task.kind in _KINDS else []
    if not task.counts:
        found.append(("意见，不计票", "an opinion, no vote"))
    if task.ended_as is not None:
        found.append(_ENDS[task.ended_as])
    return both("；".join(zh for zh, _ in found), "; ".join(en for _, en in found))
