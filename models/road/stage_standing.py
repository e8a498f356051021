"""Where one stage stands: who was asked, who answered or reported what, read once for whoever shows it."""

import datetime as dt
from dataclasses import dataclass

from models.panel.standing import PanelStanding
from models.policy.data import Bilingual
from models.road.move_words import Move
from models.states import NAMES, Channel, Outcome, StageState, TaskEnd, TaskKind, TaskState


@dataclass(frozen=True)
class ReportStanding:
    """One report of a unit on its part of a duty."""

    at: dt.datetime
    round: int
    done: bool
    text: str
    #: By the key of the target.
    figures: dict[str, int]
    officer: str
    channel: Channel


@dataclass(frozen=True)
class TaskStanding:
    """One unit asked, and its answer if there is one."""

    id: str
    unit: str
    unit_zh: str
    unit_en: str
    state: TaskState
    outcome: Outcome | None = None
    opinion: str = ""
    officer: str = ""
    channel: Channel | None = None
    decided_at: dt.datetime | None = None
    #: The unit above that answered, or is asked, in its place; empty where it does so itself.
    instead: str = ""
    instead_zh: str = ""
    instead_en: str = ""
    #: The address of the officer who answered.
    address: str = ""
    #: Whose place in the vote it is.
    seat: str = ""
    #: How the task came to be, and why it is void where it is.
    kind: TaskKind = TaskKind.ASKED
    ended_as: TaskEnd | None = None
    #: False: an opinion for another unit, no vote.
    counts: bool = True
    #: What else the task is about than the application itself.
    subject: str = ""
    #: The one person who is asked: name and address; empty: whoever answers for the unit.
    person: str = ""
    #: The officer for whom a deputy answered.
    deputy_for: str = ""
    #: Of a return: the key of the stage that it led to (empty: the applicant), and whether it comes straight back.
    returns_to: str = ""
    straight_back: bool = False
    #: Since when no letter about it reaches anybody who may answer.
    undelivered_at: dt.datetime | None = None

    @property
    def named_zh(self) -> str:
        """The unit in Chinese, with who stands in for it."""
        return f"{self.unit_zh}（由{self.instead_zh}代）" if self.instead else self.unit_zh

    @property
    def named_en(self) -> str:
        """The unit in English, with who stands in for it."""
        return f"{self.unit_en} ({self.instead_en} in its place)" if self.instead else self.unit_en

    def mark(self, language: str) -> str:
        """Return what everything that shows the answer says of who gave it: a deputy, or an operator; mostly empty."""
        who, whom = (one.partition(" <")[0] for one in (self.officer, self.deputy_for))
        zh, en = "", ""
        if self.deputy_for:
            zh, en = f"{who}（代{whom}）", f"{who} for {whom}"
        elif self.channel is Channel.OPERATOR:
            zh, en = NAMES[Channel.OPERATOR]
        return zh if language == "zh" else en

    @property
    def answered_zh(self) -> str:
        """The unit in Chinese, with who stands in for it and the mark of the answer."""
        return f"{self.named_zh}·{self.mark('zh')}" if self.mark("zh") else self.named_zh

    @property
    def answered_en(self) -> str:
        """The unit in English, with who stands in for it and the mark of the answer."""
        return f"{self.named_en} · {self.mark('en')}" if self.mark("en") else self.named_en

    #: What the unit of a duty reported in this stage, the oldest first.
    reports: tuple[ReportStanding, ...] = ()


@dataclass(frozen=True)
class StageStanding:
    """One stage that was opened, in whichever round."""

    id: str
    round: int
    position: int
    key: str
    name_zh: str
    name_en: str
    state: StageState
    outcome: Outcome | None
    opened_at: dt.datetime
    due_at: dt.datetime
    due_provisional: bool
    closed_at: dt.datetime | None
    tasks: tuple[TaskStanding, ...]
    #: What the stage does: recommend, check, ... report, accept.
    act: str = ""
    #: What happened in it besides the answers, the oldest first.
    moves: tuple[Move, ...] = ()
    #: Since when its clock stands still; None while it runs.
    suspended_at: dt.datetime | None = None
    #: Where a panel of experts stands; None where the stage has none.
    panel: PanelStanding | None = None

    @property
    def shared(self) -> dict[str, list[TaskStanding]]:
        """The addresses that answered for several units of the stage, with those units' tasks."""
        by: dict[str, list[TaskStanding]] = {}
        for task in self.tasks:
            if task.address:
                by.setdefault(task.address, []).append(task)
        return {address: tasks for address, tasks in by.items() if len({task.unit for task in tasks}) > 1}


@dataclass(frozen=True)
class UnitReports:
    """What one unit of a duty reported, in all rounds."""

    unit: str
    name: Bilingual
    reports: tuple[ReportStanding, ...]
    #: True while it is asked and has not said that it is done.
    waited_for: bool

    @property
    def last(self) -> ReportStanding | None:
        """Return its newest report: the one that stands."""
        return self.reports[-1] if self.reports else None
