"""Lines that only greet, or say that a letter came: a few may stand above the command."""

import re
import unicodedata

from notifications.reading.contradictions import beside, mentioned
from notifications.reading.doubts import DOUBT
from notifications.reading.words import Vocabulary

#: After NFKC, in lower case, white space as single spaces, without what ends the line: nothing but these.
OPENING = re.compile(
    r"(?:您好|你好|您们好|你们好|大家好|各位好|早上好|上午好|中午好|下午好|晚上好|谢谢|收到|已阅|好的"
    r"|(?:各位)?领导(?:好|,?您好)?|領導(?:好|,?您好)?|(?:各位)?(?:老师|同志)(?:好|,?您好)?"
    r"|已收悉|(?:来信|来函|来件|邮件)(?:已)?收悉"
    r"|hello|hi|dear|greetings|(?:hi|hello|dear) all|hi there|dear (?:sir|madam|sir or madam|sir/madam)"
    r"|dear (?:colleagues?|team)|good (?:morning|afternoon|evening|day)|to whom it may concern"
    r"|thank you|thanks|well received)"
)
#: The same with somebody's name, which ends in a comma or a colon. The name names no outcome and doubts nothing.
ADDRESSED = re.compile(
    r"(?:尊敬的|敬爱的|亲爱的)(?P<zh>[^\s,:;。!?]{1,20})(?:[,:]|,?\s*(?:您好|你好|大家好)[,:。!]?)"
    r"|(?:dear|hi|hello) (?P<en>[^,:;。!?]{1,40})[,:]"
)
#: One of both at the beginning of the line that decides.
_BEFORE = re.compile(
    rf"\s*(?:{OPENING.pattern}|(?:尊敬的|敬爱的|亲爱的)(?P<zh>[^\s,，:：;；。!！?？]{{1,20}})"
    r"|(?:dear|hi|hello) (?P<en>[^,，:：;；。!！?？]{1,40}))\s?[,，:：;；。.!！]\s{0,4}(?=\S)",
    re.IGNORECASE,
)
#: Most lines that greet.
MOST = 3
_LONGEST = 80
_END = re.compile(r"\s*[,:;。.!~]{0,2}$")


def without_openings(lines: list[str], vocabulary: Vocabulary) -> list[str]:
    """Return the lines from the first one that does more than greet, what greets in it left out; or all of them."""
    for count, line in enumerate(lines[: MOST + 1]):
        rest = _without_opening(line, vocabulary)
        if not greets(rest, vocabulary):
            return [rest, *lines[count + 1 :]]
    return lines


def _without_opening(line: str, vocabulary: Vocabulary) -> str:
    before = _BEFORE.match(line)
    named = (before["zh"] or before["en"] or "") if before else ""
    return line[before.end() :] if before and _is_name(named, vocabulary) else line


def greets(line: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a line is one of those, and nothing invisible is in it."""
    if len(line) > _LONGEST or any(unicodedata.category(char) in {"Cf", "Cc"} for char in line):
        return False
    folded = " ".join(unicodedata.normalize("NFKC", line).lower().split())
    if OPENING.fullmatch(_END.sub("", folded)):
        return True
    named = ADDRESSED.fullmatch(folded)
    return named is not None and _is_name(named["zh"] or named["en"], vocabulary)


def _is_name(text: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a text names no outcome, doubts nothing and hides nothing."""
    folded = unicodedata.normalize("NFKC", text).lower()
    hides = any(unicodedata.category(char) in {"Cf", "Cc"} for char in text)
    return not (hides or mentioned(folded, vocabulary) or beside(folded, vocabulary) or DOUBT.search(folded))
