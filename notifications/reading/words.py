"""The words of a reply: what decides, what leans to an outcome, what throws doubt. Data only."""

import re
from enum import StrEnum


class Command(StrEnum):
    """What an official can decide by reply."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


#: After NFKC and in lower case: full-width letters need no entry, traditional forms do.
WORDS: dict[str, Command] = {
    "同意": Command.APPROVE,
    "批准": Command.APPROVE,
    "approve": Command.APPROVE,
    "approved": Command.APPROVE,
    "不同意": Command.REFUSE,
    "否决": Command.REFUSE,
    "否決": Command.REFUSE,
    "refuse": Command.REFUSE,
    "refused": Command.REFUSE,
    "reject": Command.REFUSE,
    "rejected": Command.REFUSE,
    "退回": Command.RETURN,
    "退囘": Command.RETURN,
    "return": Command.RETURN,
    "returned": Command.RETURN,
}
#: Words that lean to an outcome: no commands, but they may contradict one.
LEANING: dict[str, Command] = WORDS | {
    "agree": Command.APPROVE,
    "agreed": Command.APPROVE,
    "赞成": Command.APPROVE,
    "赞同": Command.APPROVE,
    "不赞成": Command.REFUSE,
    "不赞同": Command.REFUSE,
    "disagree": Command.REFUSE,
    "disagreed": Command.REFUSE,
    "veto": Command.REFUSE,
    "不批准": Command.REFUSE,
    "不予批准": Command.REFUSE,
    "不予同意": Command.REFUSE,
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
#: Beside a command on its line these turn, limit or question it.
DOUBT = re.compile(
    r"[不非未否勿莫但却卻若除暂暫待吗嗎么麼?×✗✘❌☒□☐]|如果|假如|条件|條件|前提|再议|然而|撤回|收回"
    r"|n['’`]t\b|\b(?:not|no|n|none|never|nor|neither|cannot|but|however|unless|except|if|until|once|only"
    r"|provided|subject to|without|false|wait|hold|later|instead|cancel|undo)\b"
)


def _pattern(words: dict[str, Command]) -> re.Pattern[str]:
    """Longest first, so that 同意 is never found inside 不同意; ASCII words only as whole words."""
    parts = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){w}(?![a-z])" if w.isascii() else w for w in parts))


COMMAND = _pattern(WORDS)
MENTION = _pattern(LEANING)
