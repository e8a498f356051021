"""The decision in a text: an exact command on its first line, or the reason why there is none."""

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from notifications.reading.quotes import is_blank


class Command(StrEnum):
    """What an official can decide by reply."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


class Problem(StrEnum):
    """Why nothing is decided. The value is a sentence; the name is the key for letters in other languages."""

    NOTHING = "There is no text of your own in the message."
    SEVERAL = "The message contains more than one command."
    NEGATED = "The first line contains a command with a negation, a condition or a question."
    INVISIBLE = "The first line contains invisible characters or hidden text."
    UNKNOWN = "The first line is not a command."
    DISAGREE = "The plain and the formatted text of the message say different things."
    NO_SENDER = "The message names no sender."
    SEVERAL_SENDERS = "The message names more than one sender."
    AUTOMATIC = "The message was made by a machine."


class Judgement(NamedTuple):
    """Either a command with its opinion, or a problem."""

    command: Command | None
    opinion: str
    problem: Problem | None


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
_LEANING: dict[str, Command] = WORDS | {
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
_DOUBT = re.compile(
    r"[不非未否勿莫但却卻若除暂暫待吗嗎么麼?×✗✘❌☒□☐]|如果|假如|条件|條件|前提|再议|然而|撤回|收回"
    r"|n['’`]t\b|\b(?:not|no|n|none|never|nor|neither|cannot|but|however|unless|except|if|until|once|only"
    r"|provided|subject to|without|false|wait|hold|later|instead|cancel|undo)\b"
)


def _pattern(words: dict[str, Command]) -> re.Pattern[str]:
    """Longest first, so that 同意 is never found inside 不同意; ASCII words only as whole words."""
    parts = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){w}(?![a-z])" if w.isascii() else w for w in parts))


_COMMAND = _pattern(WORDS)
_MENTION = _pattern(_LEANING)
_STOP = re.compile(r"[。.!]?$")
_SEPARATOR = re.compile(r"(?:[,:;。!]\s*|\.\s+|\s+)(?=\S)")
_RAW_SEPARATOR = re.compile(r"[\s，,：:；;。！!.．]+")


def judge(new_text: str) -> Judgement:
    """The first visible line decides; any later line that begins with another outcome takes that back."""
    lines = [line for line in new_text.split("\n") if not is_blank(line)]
    if not lines:
        return _undecided(Problem.NOTHING)
    line = lines[0].strip()
    if any(unicodedata.category(char) in {"Cf", "Cc"} and char != "\t" for char in line):
        return _undecided(Problem.INVISIBLE)
    command = _command_of(_folded(line))
    if command is None:
        return _undecided(_why_not(_folded(line)))
    if any(_leaning_of(later) not in {None, command} for later in lines[1:]):
        return _undecided(Problem.SEVERAL)
    return Judgement(command, _opinion(new_text, line), None)


def _command_of(line: str) -> Command | None:
    match = _COMMAND.match(line)
    if match is None:
        return None
    command, rest = WORDS[match.group()], line[match.end() :]
    if _STOP.fullmatch(rest):
        return command
    separator = _SEPARATOR.match(rest)
    return command if separator and _only_comments(rest[separator.end() :], command) else None


def _only_comments(remark: str, command: Command) -> bool:
    """Words of their own, no other outcome, and nothing that takes the command back."""
    substance = len(re.findall(r"\w", remark)) >= 2
    return substance and not _DOUBT.search(remark) and _mentioned(remark) <= {command}


def _why_not(line: str) -> Problem:
    mentioned = _mentioned(line)
    if len(mentioned) > 1:
        return Problem.SEVERAL
    return Problem.NEGATED if mentioned and _DOUBT.search(line) else Problem.UNKNOWN


def _mentioned(line: str) -> set[Command]:
    return {_LEANING[word] for word in _MENTION.findall(line)}


def _leaning_of(line: str) -> Command | None:
    match = _MENTION.match(_folded(_visible(line)))
    return _LEANING[match.group()] if match else None


def _opinion(new_text: str, first_line: str) -> str:
    """The rest of the first line as it was written, then the other lines."""
    remark = _RAW_SEPARATOR.split(first_line, maxsplit=1)[1:]
    below = new_text.partition(first_line)[2]
    return _visible("".join([*remark, below])).strip()


def _visible(text: str) -> str:
    """Without invisible format characters: they may turn a text round in front of its reader."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _folded(line: str) -> str:
    return unicodedata.normalize("NFKC", line).lower().strip()


def _undecided(problem: Problem) -> Judgement:
    return Judgement(None, "", problem)
