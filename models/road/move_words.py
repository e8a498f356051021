"""Moves in words: what happened in a stage besides the answers, as every page, list and run shows it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from models.event import EventKind
from models.policy.data import Bilingual
from models.states import TaskEnd

#: What each move is called, in Chinese and in English.
NAMES: dict[EventKind, tuple[str, str]] = {
    EventKind.ANSWER_CARRIED: ("原答复仍有效", "Earlier answer stands"),
    EventKind.TURN_CAME: ("轮到办理", "Its turn"),
    EventKind.TAKEN_BACK: ("拿回", "Taken back"),
    EventKind.RECUSED: ("回避", "Recused"),
    EventKind.HANDED_OVER: ("转办", "Handed over"),
    EventKind.LENT: ("委派", "Lent"),
    EventKind.LENT_BACK: ("委派返回", "Lent back"),
    EventKind.RECALLED: ("收回委派", "Recalled"),
    EventKind.ADDED: ("加签", "Added"),
    EventKind.REMOVED: ("减签", "Removed"),
    EventKind.COPIED: ("抄送", "Copied"),
    EventKind.URGED: ("催办", "Urged"),
    EventKind.SUSPENDED: ("挂起", "Suspended"),
    EventKind.RESUMED: ("恢复办理", "Resumed"),
    EventKind.ESCALATED: ("逾期上报", "Escalated"),
    EventKind.ASKED_ABOVE: ("逾期改请上级", "Unit above asked"),
    EventKind.DEADLINE_MOVED: ("期限变更", "Date moved"),
    EventKind.LEFT_WAITING: ("到期未能自动处理", "Left waiting at the end"),
    EventKind.OVERRIDE_PROPOSED: ("拟代定", "Override proposed"),
    EventKind.OVERRIDE_DECLINED: ("不同意代定", "Override declined"),
    EventKind.OVERRIDDEN: ("运行人员代定", "Overridden"),
    EventKind.NOTICE_PUBLISHED: ("公示发布", "Notice published"),
    EventKind.OBJECTION_MADE: ("收到异议，公示暂停计算", "Objection made, the notice's clock stands"),
    EventKind.OBJECTION_ANSWERED: ("异议已答复", "Objection answered"),
    EventKind.NOTICE_ENDED: ("公示期满，自动结束", "Notice over, ended automatically"),
    EventKind.PANEL_DRAWN: ("抽取专家", "Experts drawn"),
    EventKind.EXPERT_REPLACED: ("更换专家", "Expert replaced"),
    EventKind.SEAT_DROPPED: ("撤销席位", "Seat taken away"),
    EventKind.PANEL_SCORED: ("评审结果", "What the panel came to"),
    EventKind.LETTER_BOUNCED: ("来函被退回", "Letter given back"),
    EventKind.OUT_OF_OFFICE: ("经办人外出", "Officer away"),
    EventKind.ATTACHMENTS_KEPT: ("回信附件", "Files of a reply"),
}

#: What applicants are not shown: how the office reaches its people, and the files among them.
INTERNAL = frozenset({EventKind.LETTER_BOUNCED, EventKind.OUT_OF_OFFICE, EventKind.ATTACHMENTS_KEPT})

#: What became of a task without an answer, and of an answer that was given before.
ENDED: dict[TaskEnd, tuple[str, str]] = {
    TaskEnd.HANDED_OVER: ("已转办", "Handed over"),
    TaskEnd.REMOVED: ("已减签", "Removed"),
    TaskEnd.TAKEN_BACK: ("已拿回", "Taken back"),
    TaskEnd.UNDONE: ("已作废", "Undone"),
    TaskEnd.RECALLED: ("委派已收回", "Recalled"),
    TaskEnd.OVERRIDDEN: ("已由运行人员代定", "Overridden"),
}

#: Who did it, where it was no officer.
_BY: dict[str, tuple[str, str]] = {
    "applicant": ("申请人", "the applicant"),
    "sweep": ("系统自动", "automatic"),
    "objector": ("异议人", "an objector"),
}


@dataclass(frozen=True)
class Move:
    """One thing that happened in a stage besides the answers."""

    kind: EventKind
    at: dt.datetime
    stage: str
    #: Whom it is about, and who it goes to; empty where there is none.
    unit: Bilingual
    to: Bilingual
    #: The address of an officer, ``operator:NAME``, ``applicant``, ``sweep``; empty where nobody had to do anything.
    by: str
    reason: str
    #: Everything that was sealed.
    payload: dict[str, Any]

    def name(self, language: str) -> str:
        """Return what the move is called in ``language`` (``zh`` or ``en``)."""
        zh, en = NAMES[self.kind]
        return zh if language == "zh" else en

    def who(self, language: str) -> str:
        """Return who did it: an address, the operator by name, the applicant; empty where nobody did."""
        zh, en = _BY.get(self.by, (self.by, self.by))
        if self.by.startswith("operator:"):
            name = self.by.partition(":")[2]
            zh, en = f"运行人员 {name}", f"operator {name}"
        if self.payload.get("deputy_for"):
            zh, en = f"{zh} 代 {self.payload['deputy_for']}", f"{en} for {self.payload['deputy_for']}"
        if second := self.payload.get("consented_by"):
            zh, en = f"{zh}，{second} 同意", f"{en}, with the consent of {second}"
        return zh if language == "zh" else en

    def sentence(self, language: str) -> str:
        """Return the move in one line: ``转办：省科技厅 → 省财政厅（a@b.example）“理由”``."""
        unit, to, who = self.unit.get(language), self.to.get(language), self.who(language)
        about = f"{unit} → {to}" if unit and to else unit or to
        if language == "zh":
            return f"{self.name('zh')}{f'：{about}' if about else ''}{f'（{who}）' if who else ''}{self._quoted()}"
        return f"{self.name('en')}{f': {about}' if about else ''}{f' ({who})' if who else ''}{self._quoted(' ')}"

    def _quoted(self, before: str = "") -> str:
        return f"{before}“{self.reason}”" if self.reason else ""
