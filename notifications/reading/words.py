"""The words of a reply: what decides, what leans to an outcome, what throws doubt. Data only.

What a word means hangs on what was asked: there is a vocabulary for decisions, one for reports on duties, one
for their acceptance, and one for answers to objections. A word of another vocabulary is no command.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from notifications.reading.decisions import PLAIN, WORDS, Command

#: The same for what is neither a yes nor a no. Beside a refusal or a return such a word may be part of the reasons.
ASIDE_WORDS: dict[str, Command] = {
    "弃权": Command.ABSTAIN,
    "棄權": Command.ABSTAIN,
    "abstain": Command.ABSTAIN,
    "回避": Command.RECUSE,
    "迴避": Command.RECUSE,
    "recuse": Command.RECUSE,
    "拿回": Command.TAKE_BACK,
    "take back": Command.TAKE_BACK,
}
#: Those that go on to say whom, on the same line.
WHOM_WORDS: dict[str, Command] = {
    "转办": Command.HAND_OVER,
    "轉辦": Command.HAND_OVER,
    "hand over to": Command.HAND_OVER,
    "hand over": Command.HAND_OVER,
    "委派": Command.LEND,
    "lend to": Command.LEND,
}
#: Words that lean to an outcome: no commands, but they may contradict one.
LEANING: dict[str, Command] = PLAIN | {
    "agree": Command.APPROVE,
    "agreed": Command.APPROVE,
    "赞成": Command.APPROVE,
    "赞同": Command.APPROVE,
    "不赞成": Command.REFUSE,
    "不赞同": Command.REFUSE,
    "disagree": Command.REFUSE,
    "disagreed": Command.REFUSE,
    "veto": Command.REFUSE,
    "拒绝": Command.REFUSE,
    "拒絕": Command.REFUSE,
    "反对": Command.REFUSE,
    "反對": Command.REFUSE,
    "驳回": Command.REFUSE,
    "駁回": Command.REFUSE,
    "disapprove": Command.REFUSE,
    "disapproved": Command.REFUSE,
    "deny": Command.REFUSE,
    "denied": Command.REFUSE,
    "decline": Command.REFUSE,
    "declined": Command.REFUSE,
}


def _pattern(words: Mapping[str, Command]) -> re.Pattern[str]:
    """Longest first, so that 同意 is never found inside 不同意; ASCII words only as whole words."""
    parts = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){w}(?![a-z])" if w.isascii() else w for w in parts))


@dataclass(frozen=True)
class Vocabulary:
    """The words that answer one kind of question."""

    #: Those that decide.
    words: Mapping[str, Command]
    #: Those that decide or lean to an outcome.
    leaning: Mapping[str, Command]
    #: Those that decide, and are neither a yes nor a no.
    asides: Mapping[str, Command] = field(default_factory=dict)
    #: Those that hand the question to somebody, named on the rest of the line.
    whom: Mapping[str, Command] = field(default_factory=dict)
    #: True where the text below the first line is a report: it may tell of anything, and of what is not done yet.
    is_report: bool = False
    #: True where the first outcome is itself a no: what is denied below it is its reason.
    may_deny: bool = False

    @cached_property
    def command(self) -> re.Pattern[str]:
        """Return what finds a word that decides."""
        return _pattern(self.commands)

    @cached_property
    def commands(self) -> Mapping[str, Command]:
        """Return every word that can begin the first line."""
        return {**self.words, **self.asides, **self.whom}

    @cached_property
    def beside(self) -> re.Pattern[str]:
        """Return what finds a word that is neither a yes nor a no."""
        return _pattern({**self.asides, **self.whom}) if self.asides else re.compile("(?!)")

    @cached_property
    def mention(self) -> re.Pattern[str]:
        """Return what finds a word that decides or leans."""
        return _pattern(self.leaning)


DECISION = Vocabulary(WORDS, LEANING, ASIDE_WORDS, WHOM_WORDS)

REPORT_WORDS: dict[str, Command] = {
    "完成": Command.DONE,
    "已完成": Command.DONE,
    "done": Command.DONE,
    "completed": Command.DONE,
    "进行中": Command.IN_PROGRESS,
    "進行中": Command.IN_PROGRESS,
    "in progress": Command.IN_PROGRESS,
}
REPORT = Vocabulary(
    REPORT_WORDS,
    REPORT_WORDS
    | dict.fromkeys(
        (
            "未完成",
            "尚未完成",
            "没有完成",
            "没完成",
            "办理中",
            "推进中",
            "not done",
            "not yet done",
            "unfinished",
            "ongoing",
        ),
        Command.IN_PROGRESS,
    )
    | dict.fromkeys(("办结", "finished", "complete"), Command.DONE),
    is_report=True,
)

ACCEPTANCE = Vocabulary(
    {word: command for word, command in WORDS.items() if command is not Command.REFUSE}
    | dict.fromkeys(("接受", "通过验收", "验收通过", "accept", "accepted"), Command.APPROVE),
    LEANING
    | dict.fromkeys(("接受", "通过验收", "验收通过", "accept", "accepted"), Command.APPROVE)
    | dict.fromkeys(("不接受", "不予接受", "验收不通过", "不通过"), Command.REFUSE),
)

#: Said to an objection. A bare "upheld" leaves open what follows from it, so that it is none of them; nor are
#: the words of a decision: to approve an objection and to approve the award are opposites.
OBJECTION_WORDS: dict[str, Command] = {
    "不成立": Command.APPROVE,
    "异议不成立": Command.APPROVE,
    "異議不成立": Command.APPROVE,
    "not upheld": Command.APPROVE,
    "objection not upheld": Command.APPROVE,
} | {
    f"{subject}成立{comma}{what}": command
    for subject in ("", "异议", "異議")
    for comma in ("", ",", ";")
    for what, command in (("退回", Command.RETURN), ("不予支持", Command.REFUSE))
}
OBJECTION_WORDS |= {
    f"{subject}upheld{comma} {what}": command
    for subject in ("", "objection ")
    for comma in ("", ",")
    for what, command in (("return", Command.RETURN), ("refuse", Command.REFUSE))
}
OBJECTION = Vocabulary(
    OBJECTION_WORDS,
    OBJECTION_WORDS
    | dict.fromkeys(("不能成立", "不应成立", "未成立", "难以成立", "not be upheld"), Command.APPROVE)
    | dict.fromkeys(
        ("异议成立", "異議成立", "意见成立", "理由成立", "应当成立", "upheld", "退回", "return", "returned"),
        Command.RETURN,
    )
    | dict.fromkeys(("refuse", "refused"), Command.REFUSE),
    may_deny=True,
)

#: The act of a stage -> the words that answer it; any other act asks for a decision.
VOCABULARIES = {"report": REPORT, "accept": ACCEPTANCE, "public_notice": OBJECTION}
