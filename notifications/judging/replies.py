"""From what a message says to what is judged: the reader's words become the office's words."""

from dataclasses import replace

from approvals.inbound import Reply
from approvals.moves.wish import Wanted, Wish
from models.panel.seats import EXPERT_PANEL
from models.states import Outcome
from notifications.judging.received_files import files_of
from notifications.reading import Command, Problem, Reading, UnreadableMessage, read, read_head

#: What a command says where an answer was asked for; a report that is not done has no outcome.
OUTCOMES: dict[Command, Outcome | None] = {
    Command.APPROVE: Outcome.APPROVE,
    Command.REFUSE: Outcome.REFUSE,
    Command.RETURN: Outcome.RETURN,
    Command.DONE: Outcome.APPROVE,
    Command.IN_PROGRESS: None,
    Command.ABSTAIN: Outcome.ABSTAIN,
    Command.RECUSE: Outcome.RECUSE,
}
#: What a command does where it is no answer.
MOVES: dict[Command, Wanted] = {
    Command.HAND_OVER: Wanted.HAND_OVER,
    Command.LEND: Wanted.LEND,
    Command.TAKE_BACK: Wanted.TAKE_BACK,
}
#: Why there is no command, for letters: Chinese and English sentences.
SENTENCES: dict[Problem, tuple[str, str]] = {
    Problem.NOTHING: ("信中没有您自己写的内容。", "It had no text of your own."),
    Problem.SEVERAL: ("信中有不止一个答复，无法判断以哪个为准。", "It gave more than one answer."),
    Problem.NEGATED: (
        "第一行带有否定、条件或疑问，无法判断您的意思。",
        "Its first line had a negation, a condition or a question beside the answer.",
    ),
    Problem.AMOUNT: (
        "第一行除答复外还有数字或金额；第一行请只写答复，如需变更金额，请打开下面的链接办理。",
        "Its first line had a number or a sum beside the answer; another amount needs the page behind the link below.",
    ),
    Problem.INVISIBLE: (
        "第一行含有不可见的字符或隐藏的文字。",
        "Its first line had invisible characters or hidden text.",
    ),
    Problem.NOBODY: (
        "第一行没有写明给谁；请写“转办 单位名称”或“委派 单位名称”，也可以写经办人的邮箱地址。",
        "Its first line did not say whom it goes to; write “hand over to” or “lend to”, then a unit or an address.",
    ),
    Problem.UNKNOWN: (
        "第一行不是“同意”“不同意”或“退回”。",
        "Its first line was none of “approve”, “refuse” and “return”.",
    ),
    Problem.DISAGREE: (
        "信中纯文本和带格式的两个版本内容不一致。",
        "Its plain and its formatted text said different things.",
    ),
    Problem.NO_SENDER: ("信中没有发件人。", "It named no sender."),
    Problem.SEVERAL_SENDERS: ("信中有不止一个发件人。", "It named more than one sender."),
    Problem.AUTOMATIC: ("该信由程序自动发出。", "It was made by a machine."),
    Problem.LOOKALIKE: (
        "第一行含有与常用字形似的特殊字符，请用输入法重新输入答复。",
        "Its first line had characters that only look like those of an answer; please type the answer anew.",
    ),
    Problem.ENCRYPTED: (
        "来信已加密，系统无法阅读；请不加密再回复一次。",
        "It was encrypted and cannot be read here; please answer without encryption.",
    ),
    Problem.FILES: (
        "附件过多或过大（最多 50 个，共 20 MB）；请减少附件再回复，或打开下面的链接办理。",
        "It had too many files, or too large ones (at most 50, 20 MB together); answer with fewer, or behind the link.",
    ),
}


#: The same where a duty was answered, where other words do.
SENTENCES_OF: dict[tuple[str, Problem], tuple[str, str]] = {
    ("report", Problem.UNKNOWN): (
        "第一行不是“完成”或“进行中”。",
        "Its first line was neither “done” nor “in progress”.",
    ),
    ("report", Problem.AMOUNT): (
        "第一行除“完成”或“进行中”外还有数字；第一行请只写答复，情况写在下面，数字请在下面的链接中填写。",
        "Its first line had a number beside the answer; write what was done below it, and the figures on the page.",
    ),
    ("public_notice", Problem.UNKNOWN): (
        "第一行不是“不成立”“成立退回”或“成立不予支持”。",
        "Its first line was none of “not upheld”, “upheld return” and “upheld refuse”.",
    ),
    ("accept", Problem.UNKNOWN): (
        "第一行不是“接受”或“退回”。",
        "Its first line was neither “accept” nor “return”.",
    ),
}


#: An expert scores on the page, whatever a reply says.
ON_PAGE = (
    "专家评分和回避须在页面上办理，不能以回信办理。",
    "An expert scores, or recuses, on the page and not by a reply.",
)


def reply_of(reading: Reading, act: str = "") -> Reply:
    """Return what ``reading`` says, in the words of the office; ``act`` is that of the stage it answers."""
    if reading.automatic is not None:
        return Reply(reading.from_addresses, automatic=reading.automatic)
    if act == EXPERT_PANEL:
        return Reply(reading.from_addresses, problem="ON_PAGE", sentence=ON_PAGE)
    if reading.problem is not None or reading.command is None:
        problem = reading.problem or Problem.UNKNOWN
        sentence = SENTENCES_OF.get((act, problem), SENTENCES[problem])
        return Reply(reading.from_addresses, problem=problem.name, sentence=sentence)
    if reading.command in MOVES:
        wish = Wish(MOVES[reading.command], reading.opinion, to=reading.whom)
        return Reply(reading.from_addresses, opinion=reading.opinion, wish=wish)
    outcome = OUTCOMES[reading.command]
    return Reply(reading.from_addresses, outcome, reading.opinion, in_progress=outcome is None)


def unreadable(error: UnreadableMessage, raw: bytes) -> Reply:
    """Return what is judged where no more than the headers could be read."""
    head = read_head(raw)
    return Reply(
        head.from_addresses,
        automatic=head.automatic,
        problem=error.reason,
        sentence=("来信过大或格式损坏，无法读取。", f"It could not be read: {error.reason}"),
        unreadable=True,
    )


def reply_in(raw: bytes, act: str = "") -> Reply:
    """Return what the bytes of a message say in answer to a stage with ``act``."""
    try:
        reading = read(raw, act)
        return replace(reply_of(reading, act), files=files_of(reading))
    except UnreadableMessage as error:
        return unreadable(error, raw)
