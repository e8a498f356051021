"""Does a person's text say another thing than the command on its first line? Asking again is cheap."""

import re

from notifications.reading.decisions import WORDS, Command
from notifications.reading.doubts import DOUBT
from notifications.reading.words import DECISION, LEANING, Vocabulary

#: These take any command back, wherever they stand.
_TAKES_BACK = re.compile(
    r"作废|作廢|反悔|不算|[撤收]回|[撤取][销消銷]|(?:写|填|发|回)错|改主意|上[述文面]?(?:答复|意见).{0,4}无效|其实\s*(?:不|应)"
    r"|误操作|误[发回点按]|手误|[点按]错"
    r"|\b(?:void|disregard|withdraw\w*|revoke\w*|retract\w*|cancel(?:led|ed)?|changed my mind|by mistake)\b"
)
#: These take back or limit an approval; in a refusal or a return they are reasons.
_CONDITIONS = (
    r"先不|为准|[需请应].{0,3}补[充正齐]|仅限(?!于?(?:发送|收件|本人|内部))|只限|缓办|缓批|请忽略|开玩笑|会后再|再定(?!价)|除外"
    r"|\b(?:partially|in part|excluding|with conditions?|please ignore|joking|tentatively)\b"
    r"|(?<![非不])但(?!愿)|(?<![冷退了])却|然而|除非|前提|再议|再議|待定|[暂暫][不缓緩停]|缓议"
    r"|再(?:想|考虑|斟酌|商量|研究|看看|说)|请[等待]|[等待].{0,10}(?:结果|通知|会议|后再)"
    r"|(?<![例比诸譬正犹假])如(?=.{0,12}(?:通过|属实|到位|落实|批准|同意|合格|完成|补[充正齐]|[能可]))"
    r"|(?:如果|假如|倘若|若(?!干))(?!您|你|非)|(?:附|有|带)条件|条件[是为:]|无效|[改变]为|更正"
    r"|[?]|\b(?:but|however|unless|provided|subject to|on condition|instead|pending|hold on|wait)\b"
)
_LIMITS = re.compile(
    _CONDITIONS + r"|不(?:行|妥|宜|可能|成立|支持|认可|通过|推荐|应当?(?:批|支|同)|予|能(?:批|支|同|推)|该批)"
    r"|(?:\bnot|n['’`]t|\bcannot|\bnever)\s+(?:\w+\s+){0,2}?"
    r"(?:accept|support|recommend|endorse|consent|ok|okay|count|valid|sure|yet)\b"
)
#: The same of an objection that is not upheld: there a no is no limit.
_HELD_OPEN = re.compile(_CONDITIONS)
#: A line that is nothing but a no, or that begins a condition.
_NO_LINE = re.compile(
    r"^[^\w\n]*(?:(?:no|not|nope|never|否|不|非|不可以?|不能|不要|错了?|不对)[^\w\n]*$"
    r"|not(?: \w+){1,3}[^\w\n]*$"
    r"|(?:if(?! you (?:have|need) any\b| you are not the\b)|once|only|except|until|when|after)\b)",
    re.MULTILINE,
)
#: What may stand around the one word of a line.
_AROUND = " \t。.!,;:"
_CLAUSE = re.compile(r"[,;:。!、]|\.(?:\s|$)")


#: Asked of somebody else, or undone: the text below is a question or a reason, which may name any outcome.
_NOTES = (Command.HAND_OVER, Command.LEND, Command.TAKE_BACK)


def mentioned(text: str, vocabulary: Vocabulary = DECISION) -> set[Command]:
    """The outcomes that a folded text names, also where a line break or a space cuts a Chinese word."""
    return {vocabulary.leaning[word] for form in _forms(text) for word in vocabulary.mention.findall(form)}


def beside(text: str, vocabulary: Vocabulary = DECISION) -> set[Command]:
    """The other answers and the moves that a folded text names."""
    return {vocabulary.commands[word] for form in _forms(text) for word in vocabulary.beside.findall(form)}


def takes_back(later: str, command: Command, vocabulary: Vocabulary = DECISION) -> bool:
    """True where a folded text names another outcome, or doubts, limits or takes back ``command``.

    A report goes on to tell what is done and what is not, so that there only a line of its own says another thing;
    so does the question that is handed to somebody.
    """
    if vocabulary.is_report:
        return _has_another_line(later, command, vocabulary)
    if command in _NOTES:
        undone = command is not Command.TAKE_BACK and _TAKES_BACK.search(later)
        return bool(undone) or _has_another_line(later, command, vocabulary) or _denies(later, vocabulary.beside)
    said = mentioned(later, vocabulary)
    if said - {command} or _says_aside(later, command, vocabulary) or _TAKES_BACK.search(later):
        return True
    if vocabulary.may_deny and _says_another_line(later, command, vocabulary):
        return True
    if command is Command.APPROVE and vocabulary.may_deny:
        return bool(_HELD_OPEN.search(later))
    if command is Command.APPROVE:
        return bool(_LIMITS.search(later) or _NO_LINE.search(later) or (said and DOUBT.search(later)))
    return _denies(later, vocabulary.beside if command in vocabulary.asides.values() else vocabulary.mention)


def _says_aside(later: str, command: Command, vocabulary: Vocabulary) -> bool:
    """True where the text names another answer that is no yes and no no; as a reason it does not begin a line."""
    if command in (Command.REFUSE, Command.RETURN):
        return any(vocabulary.beside.match(line.strip()) for line in later.split("\n"))
    return bool(beside(later, vocabulary) - {command})


def _has_another_line(later: str, command: Command, vocabulary: Vocabulary) -> bool:
    known = {**vocabulary.leaning, **vocabulary.commands}
    return any(known.get(line.strip(_AROUND), command) is not command for line in later.split("\n"))


def _denies(later: str, words: re.Pattern[str]) -> bool:
    """True where a clause names the outcome beside a word of doubt."""
    return any(words.search(clause) and DOUBT.search(words.sub("", clause)) for clause in _clauses(later))


def _says_another_line(later: str, command: Command, vocabulary: Vocabulary) -> bool:
    """True where a line is nothing but a word that decides something, here or elsewhere, and not ``command``."""
    lines = {line.strip(_AROUND) for line in later.split("\n")}
    return any(
        vocabulary.words.get(line) is not command
        for line in lines
        if line == "成立" or line in LEANING or line in WORDS
    )


def _clauses(text: str) -> list[str]:
    return _CLAUSE.split(" ".join(text.split()))


def _forms(text: str) -> tuple[str, str]:
    return text, re.sub(r"\s+", "", text)
