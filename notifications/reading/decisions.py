"""The words that decide: what an official can say by reply, and how it may be written. Data only."""

import itertools
from enum import StrEnum


class Command(StrEnum):
    """What an official can say by reply."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"
    DONE = "done"
    IN_PROGRESS = "in progress"
    ABSTAIN = "abstain"
    RECUSE = "recuse"
    HAND_OVER = "hand over"
    LEND = "lend"
    TAKE_BACK = "take back"


#: After NFKC and in lower case: full-width letters need no entry, traditional forms do.
PLAIN: dict[str, Command] = {
    "同意": Command.APPROVE,
    "批准": Command.APPROVE,
    "同意推荐": Command.APPROVE,
    "同意支持": Command.APPROVE,
    "approve": Command.APPROVE,
    "approved": Command.APPROVE,
    "i approve": Command.APPROVE,
    "we approve": Command.APPROVE,
    "不同意": Command.REFUSE,
    "不批准": Command.REFUSE,
    "不予同意": Command.REFUSE,
    "不予批准": Command.REFUSE,
    "否决": Command.REFUSE,
    "否決": Command.REFUSE,
    "refuse": Command.REFUSE,
    "refused": Command.REFUSE,
    "reject": Command.REFUSE,
    "rejected": Command.REFUSE,
    "i refuse": Command.REFUSE,
    "i reject": Command.REFUSE,
    "退回": Command.RETURN,
    "退囘": Command.RETURN,
    "退回补充材料": Command.RETURN,
    "退回补正": Command.RETURN,
    "退回修改": Command.RETURN,
    "退回完善": Command.RETURN,
    "return": Command.RETURN,
    "returned": Command.RETURN,
}
#: As people space out the words of a paper: 同 意, each character by itself.
PLAIN |= {" ".join(word): PLAIN[word] for word in ("同意", "不同意", "批准", "不批准", "否决", "退回")}

_WHO = [
    "我",
    "我局",
    "我厅",
    "我委",
    "我办",
    "我处",
    "我處",
    "我市",
    "我县",
    "我区",
    "我单位",
    "我们",
    "我方",
    "本人",
    "本单位",
]
_HOW = ["经研究", "经审核", "经审查", "经讨论", "经集体研究", "经研究决定", "經研究"]
_LABELS = [
    "意见",
    "审批意见",
    "审核意见",
    "答复",
    "答复意见",
    "回复",
    "回复意见",
    "答",
    "我的意见",
    "我局意见",
    "我单位意见",
    "意見",
    "答覆",
]
#: The same with who says so, how it was found, or what it is; nothing but these.
SAID_BY = (
    *_WHO,
    *(f"{how}{comma}{who}" for how, comma, who in itertools.product(_HOW, ("", ","), ("", *_WHO))),
    *(f"{label}:{space}" for label, space in itertools.product(_LABELS, ("", " "))),
)
WORDS: dict[str, Command] = PLAIN | {
    f"{who}{word}": PLAIN[word] for who in SAID_BY for word in ("同意", "不同意", "同意推荐", "同意支持")
}
