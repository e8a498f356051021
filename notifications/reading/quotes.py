"""The new text of a reply: without quoted history, signature and our own letter."""

from functools import lru_cache

from notifications.reading import clients, roundcube, sign_offs
from notifications.reading.words import DECISION

_BLOCK_LINES = 7
_WRAPPED_LINES = 3
_INVISIBLE_BLANKS = "\u200b\ufeff"


def new_text(text: str) -> str:
    """What the person wrote above, below or between the quotations; lines keep their order."""
    lines = _above_reply_line(text.split("\n"))
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if lines[at] and _history_begins(lines, at):
            _drop_rules(kept)
            break
        step = _quoted_lines(lines, at)
        if step == 0:
            own = roundcube.without_introduction(lines[at]) if _quotation_follows(lines, at + 1) else lines[at]
            kept.append(own.rstrip())
        at += step or 1
    return "\n".join(_trimmed(kept))


def is_blank(line: str) -> bool:
    """Nothing to see: white space, or the zero-width characters that editors leave on empty lines."""
    return not line.translate(dict.fromkeys(map(ord, _INVISIBLE_BLANKS))).strip()


def _above_reply_line(lines: list[str]) -> list[str]:
    """A quoted one cuts nothing: people write below quotations that are marked line by line."""
    marked = (n for n, line in enumerate(lines) if clients.REPLY_LINE_PATTERN.search(line) and not _is_quoted(line))
    return lines[: next(marked, len(lines))]


def _is_quoted(line: str) -> bool:
    return clients.QUOTED_LINE.match(line) is not None


def _history_begins(lines: list[str], at: int) -> bool:
    line = lines[at]
    if sign_offs.SIGNATURE_RULE.match(line) or any(m.pattern.match(line) for m in clients.SEPARATORS):
        return True
    if _header_block_begins(lines, at):
        return True
    length = attribution_length(lines, at)
    return length > 0 and not _quotation_follows(lines, at + length)


def _header_block_begins(lines: list[str], at: int) -> bool:
    start = clients.BLOCK_START.match(lines[at])
    if start is None or clients.QUOTED_LINE.match(lines[at]):
        return False
    following = lines[at + 1 : at + _BLOCK_LINES]
    return bool(clients.BLOCK_FIELD.search(lines[at][:400], start.end())) or any(map(_has_field, following))


@lru_cache(maxsize=2 * _BLOCK_LINES)
def _has_field(line: str) -> bool:
    return bool(clients.BLOCK_FIELD.search(line[:400]))


def _quoted_lines(lines: list[str], at: int) -> int:
    """How many lines from here are quotation, its introduction, a program's signature, or a disclaimer."""
    line = lines[at]
    if any(mark.pattern.match(line) for mark in sign_offs.DISCLAIMERS):
        return next((n for n in range(at, len(lines)) if is_blank(lines[n])), len(lines)) - at
    if _is_quoted(line) or _is_of_a_program(line):
        return 1
    if sign_offs.TABLE_BEGINS.match(line) and (length := _table_length(lines, at)):
        return length
    return roundcube.link_list_length(lines, at) or attribution_length(lines, at)


def _table_length(lines: list[str], at: int) -> int:
    table = lines[at : at + sign_offs.TABLE_LINES]
    length = next((n for n, line in enumerate(table, 1) if sign_offs.TABLE_ENDS.match(line)), 0)
    return length if sign_offs.only_signs("\n".join(table[:length])) else 0


def _is_of_a_program(line: str) -> bool:
    return any(mark.pattern.match(line) for mark in sign_offs.SENT_FROM) and sign_offs.only_signs(line)


def attribution_length(lines: list[str], at: int) -> int:
    """How many lines from here introduce a quotation."""
    if _names_who_wrote(lines, at):
        return 1
    if not clients.ATTRIBUTION_START.match(lines[at][:400]):
        return 0
    for length in range(1, _WRAPPED_LINES + 1):
        joined = " ".join(line.strip()[:400] for line in lines[at : at + length])
        if clients.ATTRIBUTION_END.search(joined[-100:]):
            named = any(mark.pattern.match(joined) for mark in clients.ATTRIBUTIONS)
            return length if named and not DECISION.mention.search(joined.lower()) else 0
    return 0


def _names_who_wrote(lines: list[str], at: int) -> bool:
    """Only a name, right above marked lines, and no word that an answer may be."""
    line = lines[at][:100]
    names = clients.NAMED.match(line) and not DECISION.mention.search(line.lower())
    return bool(names) and _quotation_follows(lines, at + 1)


def _quotation_follows(lines: list[str], at: int) -> bool:
    following = (line for line in lines[at : at + 5] if not is_blank(line))
    return bool(clients.QUOTED_LINE.match(next(following, "")))


def _drop_rules(kept: list[str]) -> None:
    """Take the blank lines, drawn rules and captions away that stand above a history."""
    while kept and (is_blank(kept[-1]) or clients.RULE.match(kept[-1]) or clients.CAPTION.match(kept[-1])):
        kept.pop()


def _trimmed(lines: list[str]) -> list[str]:
    """Without blank lines and drawn rules at either end."""
    visible = [n for n, line in enumerate(lines) if not is_blank(line) and not clients.RULE.match(line)]
    return lines[visible[0] : visible[-1] + 1] if visible else []
