"""What Roundcube leaves beside the words of who answers: links below them, and its introduction behind them.

Measured with Debian's Roundcube 1.6.5 (tests/corpus/real-roundcube-*.eml).
"""

import re
from itertools import takewhile

_HEADING = re.compile(r"Links:\s*$")
_RULE = re.compile(r"-{3,}\s*$")
_LINK = re.compile(r"\[\d{1,4}\] \S+\s*$")
#: Where it writes below in HTML, its caret stands before this, and people begin to write there.
_INTRODUCTION = re.compile(r"(?<=\S)[在于於]\s*\d{4}[-年/.][^。！？!?]{5,80}(?:写道|寫道)\s*[:：]\s*$")


def link_list_length(lines: list[str], at: int) -> int:
    """How many lines from here list the links of the formatted text, those of our letter too; 0: no such list."""
    if not _HEADING.match(lines[at]) or not any(map(_RULE.match, lines[at + 1 : at + 2])):
        return 0
    links = sum(1 for _ in takewhile(_LINK.match, lines[at + 2 :]))
    return links and links + 2


def without_introduction(line: str) -> str:
    """Return the line above a quotation without what introduces that behind somebody's own words."""
    return _INTRODUCTION.sub("", line)
