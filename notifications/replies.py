"""From what a message says to what is judged: the reader's words become the office's words."""

from approvals.inbound import Reply
from models.states import Outcome
from notifications.reading import Problem, Reading, UnreadableMessage, read, read_head

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
}


def reply_of(reading: Reading) -> Reply:
    """Return what ``reading`` says, in the words of the office."""
    if reading.automatic is not None:
        return Reply(reading.from_addresses, automatic=reading.automatic)
    if reading.problem is not None or reading.command is None:
        problem = reading.problem or Problem.UNKNOWN
        return Reply(reading.from_addresses, problem=problem.name, sentence=SENTENCES[problem])
    return Reply(reading.from_addresses, Outcome(reading.command.value), reading.opinion)


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


def reply_in(raw: bytes) -> Reply:
    """Return what the bytes of a message say."""
    try:
        return reply_of(read(raw))
    except UnreadableMessage as error:
        return unreadable(error, raw)
