"""Which closing tags close an element, as browsers have it (HTML, 13.2.4.2 and 13.2.6.4.7).

``<span hidden><p></span>`` leaves the hidden element open: a reader that closes it reads what nobody sees.
"""

import re
from collections import Counter
from functools import lru_cache

#: Elements that are looked through for the one that is closed.
_DEEPEST = 100
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
#: No closing tag of an element outside these reaches into them; those of a table reach through cells and rows.
_WALLS = re.compile("table|td|th|caption|template|select|svg|math|object|applet|marquee")
_OF_TABLES = re.compile("table|tbody|thead|tfoot|tr|td|th|caption")
_WALLS_OF_TABLES = re.compile("table|template")
#: Only closing tags of their like reach through these.
_BLOCKS = re.compile(
    f"{_WALLS.pattern}|{_OF_TABLES.pattern}|address|article|aside|blockquote|body|button|center|d[dlt]|details|dir|div"
    "|fieldset|figure|footer|form|h[1-6]|header|html|li|listing|main|menu|nav|[ou]l|p|pre|section|summary"
)


class Nesting:
    """The elements that are open at one place of a text."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._count: Counter[str] = Counter()

    def opens(self, name: str) -> None:
        """Enter an element, unless it has no content."""
        if not _VOID.fullmatch(name):
            self._open.append(name)
            self._count[name] += 1

    def closes(self, name: str) -> bool:
        """Tell whether a closing tag closes an element; then it and what is open inside it are no longer so."""
        if not self._count[name]:
            return False
        for n in range(len(self._open) - 1, max(-1, len(self._open) - _DEEPEST), -1):
            if self._open[n] == name:
                self._count.subtract(self._open[n:])
                del self._open[n:]
                return True
            if _is_wall(self._open[n], name):
                return False
        return False


@lru_cache(maxsize=4096)
def _is_wall(between: str, name: str) -> bool:
    """Tell whether the closing tag of ``name`` does not reach through ``between``."""
    walls = _WALLS_OF_TABLES if _OF_TABLES.fullmatch(name) else _WALLS if _BLOCKS.fullmatch(name) else _BLOCKS
    return walls.fullmatch(between) is not None
