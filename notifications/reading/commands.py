"""The decision in a text: an exact command on its first line, or the reason why there is none."""

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from models.case.sums import names_a_sum
from notifications.reading.contradictions import beside, mentioned, takes_back
from notifications.reading.decisions import Command
from notifications.reading.doubts import DOUBT, HARMLESS, LIMITS
from notifications.reading.openings import without_openings
from notifications.reading.quotes import is_blank
from notifications.reading.words import DECISION, Vocabulary

__all__ = ["Command", "Judgement", "Problem", "judge"]


class Problem(StrEnum):
    """Why nothing is decided. The value is a sentence; the name is the key for letters in other languages."""

    NOTHING = "There is no text of your own in the message."
    SEVERAL = "The message contains more than one command."
    NEGATED = "The first line contains a command with a negation, a condition or a question."
    AMOUNT = "The first line contains a number or a sum beside the command."
    INVISIBLE = "The first line contains invisible characters or hidden text."
    NOBODY = "The first line does not say whom it goes to."
    UNKNOWN = "The first line is not a command."
    DISAGREE = "The plain and the formatted text of the message say different things."
    NO_SENDER = "The message names no sender."
    SEVERAL_SENDERS = "The message names more than one sender."
    AUTOMATIC = "The message was made by a machine."
    LOOKALIKE = "The first line has characters that only look like those of a command."
    ENCRYPTED = "The message is encrypted."
    FILES = "The message has more files, or larger ones, than are kept."


class Judgement(NamedTuple):
    """Either a command with its opinion, or a problem."""

    command: Command | None
    opinion: str
    problem: Problem | None
    #: Whom the task goes to, as it was written; only where the command asks for that.
    whom: str = ""


#: Their reasons say what is not: beside them a 不 or 未 within a clause is no doubt.
_NOES = (Command.REFUSE, Command.RETURN)
_MISSING = re.compile(r"[不未]|n['’`]t\b|\b(?:not|no|without|cannot)\b")
_THOUGHT = re.compile(r"我|本人|\b(?:i|we)\b")
_NOT_NEEDED = re.compile(r"没必要|没有必要|不必|不用|不需|无需|不要|不宜")
_IN_QUOTES = re.compile(r"[“\"「『【]([^“”\"「」『』【】]{1,40})[”\"」』】][。.]?")
_STOP = re.compile(r"\s?(?:!{1,3}|[。.~])?$")
_SEPARATOR = re.compile(r"(?:[,:;。!]\s*|\.\s+|\s+)(?=\S)")
#: After a word of letters a space alone goes on with the sentence: return address, approved in principle.
_MARKED_SEPARATOR = re.compile(r"\s?(?:[,:;。!.]|-{1,2}\s|[–—])\s*(?=\S)")
#: Between a command that says whom and the name, and around the name.
_TO = re.compile(r"\s*[:,]?\s*(?:给|給|至|到)?\s*:?\s*")
_QUOTES = ' \t。.!<>"“”‘’「」'
#: The longest name or address.
_LONGEST = 254
#: Characters of a line that can be a command with a remark, and of the words that decide.
_LONGEST_LINE, _LONGEST_SPELLING = 2_000, 100
_RAW_SEPARATOR = re.compile(r"^[\s，,：:；;。！!.．]+")


def judge(new_text: str, vocabulary: Vocabulary = DECISION) -> Judgement:
    """The first visible line below a greeting decides; any later word that says another thing takes that back."""
    lines = without_openings([line for line in new_text.split("\n") if not is_blank(line)], vocabulary)
    if not lines:
        return _undecided(Problem.NOTHING)
    first = lines[0].strip()
    line = _unquoted(first, vocabulary)
    if any(unicodedata.category(char) in {"Cf", "Cc"} and char != "\t" for char in line):
        return _undecided(Problem.INVISIBLE)
    folded, below = _folded(line), _folded(_visible("\n".join(lines[1:])))
    command, whom = _command_of(folded, vocabulary) if len(folded) <= _LONGEST_LINE else None, ""
    if command is None:
        return _undecided(_why_not(folded[:_LONGEST_LINE], vocabulary))
    if _looks_alike(_spelling(line, vocabulary)):
        return _undecided(Problem.LOOKALIKE)
    if command in vocabulary.whom.values():
        whom = _whom(folded, line, vocabulary)
        if problem := _no_whom(whom, vocabulary):
            return _undecided(problem)
    if takes_back(below, command, vocabulary):
        return _undecided(Problem.SEVERAL)
    return Judgement(command, _opinion(new_text, first, vocabulary, one_line=bool(whom) or line != first), None, whom)


def _unquoted(line: str, vocabulary: Vocabulary) -> str:
    """The command alone where the line is nothing but it in quotation marks, as our letters write it."""
    quoted = _IN_QUOTES.fullmatch(line)
    return quoted[1] if quoted and quoted[1].lower() in vocabulary.commands else line


def _looks_alike(spelling: str) -> bool:
    """True where a command is spelt with characters that are others and only look alike: ⼀ for 一, 𝐚 for a.

    Full-width letters are typed by input methods; nobody types the others.
    """
    return not all(c.isspace() or "\uff01" <= c <= "\uff5e" or unicodedata.is_normalized("NFKC", c) for c in spelling)


def _spelling(line: str, vocabulary: Vocabulary) -> str:
    """The beginning of a line that is the command, as it was written."""
    match = vocabulary.command.match(_folded(line[:_LONGEST_SPELLING]))
    ends = range(1, min(len(line), _LONGEST_SPELLING) + 1)
    return next((line[:end] for end in ends if match and _folded(line[:end]).startswith(match.group())), line)


def _command_of(line: str, vocabulary: Vocabulary) -> Command | None:
    match = vocabulary.command.match(line)
    if match is None:
        return None
    command, rest = vocabulary.commands[match.group()], line[match.end() :]
    if command in vocabulary.whom.values() or _STOP.fullmatch(rest):
        return command
    separator = (_MARKED_SEPARATOR if match.group().isascii() else _SEPARATOR).match(rest)
    return command if separator and _only_comments(rest[separator.end() :], command, vocabulary) else None


def _only_comments(remark: str, command: Command, vocabulary: Vocabulary) -> bool:
    """Words of their own, no number, no other outcome, and nothing that takes the command back."""
    said = mentioned(remark, vocabulary) | beside(remark, vocabulary)
    if len(re.findall(r"\w", remark)) < 2 or _numbers(remark):
        return False
    if _NOT_NEEDED.search(remark) and command is not Command.APPROVE:
        return False
    if command is Command.APPROVE and LIMITS.search(remark):
        return False
    if DOUBT.search(HARMLESS.sub("", remark)) and not (command in _NOES and not said and _is_reason(remark)):
        return False
    return not takes_back(remark, command, vocabulary) and said <= {command}


def _is_reason(remark: str) -> bool:
    """True for a clause in which something is missing: 资金未落实. It begins with what is, and is nobody's thought."""
    is_clause = len(re.findall(r"\w", remark)) >= 4 and not DOUBT.match(remark) and not _THOUGHT.search(remark)
    return is_clause and not DOUBT.search(_MISSING.sub("", remark))


def _whom(folded: str, line: str, vocabulary: Vocabulary) -> str:
    """The rest of the line as it was written, without what stands around a name."""
    match = vocabulary.command.match(folded)
    rest = folded[match.end() :] if match else ""
    rest = rest[to.end() :] if (to := _TO.match(rest)) else rest
    as_written = next((line[n:] for n in range(len(line)) if _folded(line[n:]) == rest), rest)
    return as_written.strip(_QUOTES)


def _no_whom(whom: str, vocabulary: Vocabulary) -> Problem | None:
    """What is wrong with a name before anybody looks it up."""
    folded = _folded(whom)
    if not re.search(r"\w", whom):
        return Problem.NEGATED if whom else Problem.NOBODY
    if re.search(r"[?×✗✘❌]|吗$|嗎$", folded):
        return Problem.NEGATED
    if "@" not in folded and (mentioned(folded, vocabulary) | beside(folded, vocabulary)):
        return Problem.SEVERAL
    return Problem.UNKNOWN if len(whom) > _LONGEST else None


def _numbers(remark: str) -> bool:
    return any(unicodedata.category(char) in {"Nd", "No"} for char in remark) or names_a_sum(remark)


def _why_not(line: str, vocabulary: Vocabulary) -> Problem:
    said = {vocabulary.leaning[word] for word in vocabulary.mention.findall(line)}
    said |= {vocabulary.commands[word] for word in vocabulary.beside.findall(line)}
    if len(said) > 1:
        return Problem.SEVERAL
    if said and DOUBT.search(line):
        return Problem.NEGATED
    return Problem.AMOUNT if vocabulary.command.match(line) and _numbers(line) else Problem.UNKNOWN


def _opinion(new_text: str, first_line: str, vocabulary: Vocabulary, *, one_line: bool) -> str:
    """The rest of the first line as it was written, unless it is a name or a quotation mark, then the other lines."""
    if one_line:
        return _visible(new_text.partition(first_line)[2]).strip()
    remark = _RAW_SEPARATOR.sub("", first_line[len(_spelling(first_line, vocabulary)) :], count=1)
    return _visible(remark + new_text.partition(first_line)[2]).strip()


def _visible(text: str) -> str:
    """Without invisible format characters: they may turn a text round in front of its reader."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _folded(line: str) -> str:
    return unicodedata.normalize("NFKC", line).lower().strip()


def _undecided(problem: Problem) -> Judgement:
    return Judgement(None, "", problem)
