"""The last line of our letters: what stands below it is new where nothing marks where the history begins.

The line carries a code of the words between it and our first line: where it is right, our letter is there whole, and
nobody wrote into it. Of two codes one is right: a page has its white words (the button) for those who see it, and not
for our reader of HTML. They are no secret, and show that words are unchanged, not who sent them.
"""

import hashlib
import html
import re
from base64 import b32encode
from collections.abc import Callable

from notifications.reading import clients
from notifications.reading.quotes import attribution_length, is_blank, new_text

_NO_CODE = "00000-00000"
#: Our letters end with this line; `sealed` puts the code in.
END_LINE = f"———— 本函完 / End of this letter · {_NO_CODE} ————"
_END = re.compile(r"本函完\s*/\s*end of this letter\s*·\s*([a-z2-7]{5})-([a-z2-7]{5})\b", re.IGNORECASE)
_FIRST_LINE = clients.REPLY_LINE.strip("— ")
_LINK = re.compile(r"https?://[^\s<>\"'()（）]+", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_WHITE = re.compile(r'<a [^>]*class="button[^>]*>[^<]*</a>')
_ADDRESS = re.compile(r"[\w.+-]{1,100}@([\w.-]{1,100}\w)")
_DRAWN = " \t-_=—─*"
#: Only the first level of a history that is marked line by line.
_MARK = re.compile(r"^[ \t]{0,3}>[ \t]?")


def sealed(letter: str) -> str:
    """Return a letter's text with the code of its words in its last line."""
    return _with_codes(letter, lambda words: (words, words))


def sealed_page(letter: str) -> str:
    """Return a letter's HTML with the codes of the words that it shows in its last line."""
    return _with_codes(letter, lambda words: (_shown(words), _shown(_WHITE.sub("", words))))


def _with_codes(letter: str, texts: Callable[[str], tuple[str, str]]) -> str:
    above, line, below = letter.rpartition(END_LINE)
    if not line:
        return letter
    codes = "-".join(map(_code, texts(above.rpartition(_FIRST_LINE)[2])))
    return f"{above}{line.replace(_NO_CODE, codes)}{below}"


def _shown(page: str) -> str:
    return html.unescape(_TAG.sub("", page))


def below_letter(text: str, home: str) -> str:
    """Return what a person wrote below our letter, where that is all that the message has; "" where it is not.

    Above the letter there may be nothing but one introduction, and it names an address of ours, at the domain
    ``home``: a colleague's message that quotes our letter is introduced by the colleague's name, and answering it is
    no answer to a letter of ours (see `reader`).
    """
    lines = text.split("\n")
    bare = [_MARK.sub("", line, count=1) for line in lines]
    ends = [n for n, line in enumerate(bare) if _END.search(line)]
    starts = [n for n, line in enumerate(bare) if clients.REPLY_LINE_PATTERN.search(line)]
    if len(ends) != 1 or not starts or starts[-1] > ends[0]:
        return ""
    end, start = ends[0], starts[-1]
    found = _END.search(bare[end])
    if found is None or _code("\n".join(bare[start + 1 : end])) not in found[0].lower().split()[-1].split("-"):
        return ""
    above = [line for line in bare[:start] if not clients.REPLY_LINE_PATTERN.search(line)]
    return new_text("\n".join(lines[end + 1 :])) if _introduces_us(above, home) else ""


def _introduces_us(lines: list[str], home: str) -> bool:
    """True where lines are one introduction of a quotation and nothing else, and every address in its first is ours.

    Two rules or captions, or the same field twice, are two introductions: of a letter within a letter.
    """
    named, seen = [], []
    at = 0
    while at < len(lines):
        length = attribution_length(lines, at) or (1 if clients.BLOCK_START.match(lines[at]) else 0)
        if length:
            named.append(" ".join(lines[at : at + length]))
        elif not is_blank(lines[at]):
            seen.append(_kind_of(lines[at]))
        at += length or 1
    if len(named) != 1 or None in seen or len(seen) != len(set(seen)):
        return False
    return {domain.lower() for domain in _ADDRESS.findall(named[0])} == {home}


def _kind_of(line: str) -> str | None:
    """What a line above a quotation is: a field by its name, or a rule or caption; None for anything else."""
    field = clients.BLOCK_FIELD.match(line.lstrip(" \t|*"))
    if field:
        return re.sub(r"[\W_]+", "", field[0])
    words = line.strip(_DRAWN)
    return "rule" if not words or clients.CAPTION.fullmatch(words) else None


def _code(words: str) -> str:
    """Five characters for the letters and digits of a text, whatever breaks its lines; links count for nothing."""
    plain = "".join(filter(str.isalnum, _LINK.sub("", words)))
    return b32encode(hashlib.sha256(plain.encode()).digest()).decode().lower()[:5]
