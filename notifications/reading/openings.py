"""Lines that only greet, or say that a letter came: a few may stand above the command."""

import re
import unicodedata

from notifications.reading.contradictions import beside, mentioned
from notifications.reading.words import DOUBT, Vocabulary

#: After NFKC, in lower case, white space as single spaces, without what ends the line: nothing but these.
OPENING = re.compile(
    r"(?:您好|你好|您们好|你们好|大家好|各位好|早上好|上午好|中午好|下午好|晚上好|谢谢|收到|已阅"
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
#: Most lines that greet.
MOST = 3
_LONGEST = 80
_END = re.compile(r"\s*[,:;。.!~]{0,2}$")


def without_openings(lines: list[str], vocabulary: Vocabulary) -> list[str]:
    """Return the lines from the first one that does more than greet; all of them where none does."""
    for count, line in enumerate(lines[: MOST + 1]):
        if not greets(line, vocabulary):
            return lines[count:]
    return lines


def greets(line: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a line is one of those, and nothing invisible is in it."""
    if len(line) > _LONGEST or any(unicodedata.category(char) in {"Cf", "Cc"} for char in line):
        return False
    folded = " ".join(unicodedata.normalize("NFKC", line).lower().split())
    if OPENING.fullmatch(_END.sub("", folded)):
        return True
    named = ADDRESSED.fullmatch(folded)
    name = (named["zh"] or named["en"]) if named else ""
    return bool(name) and not (mentioned(name, vocabulary) | beside(name, vocabulary)) and not DOUBT.search(name)
