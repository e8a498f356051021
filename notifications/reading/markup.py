"""HTML to the text that a reader sees, without the elements that quote.

Hidden or struck-out text leaves a zero-width space behind: a command on the same line is then refused as
invisible instead of being read with half of its words missing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from notifications.reading import clients, sign_offs
from notifications.reading.charsets import clean
from notifications.reading.limits import Limits, UnreadableMessage
from notifications.reading.styles import Colours, hides, pale
from notifications.reading.tags import tidy

_SCAR = "\u200b"
#: A block's edge, while the text is put together; `clean` leaves no such character in a text of the mail.
_EDGE = "\x1e"
#: Stands for a quotation: what introduces it is not the end of the new text.
_QUOTED = f"{_EDGE}>{_EDGE}"
#: Stands where everything below is quoted: a rule, as Outlook draws it.
_HISTORY = f"{_EDGE}{'_' * 32}{_EDGE}"
#: Where a signature begins and ends; one that a rule begins ends with the next quotation.
_SIGNS, _SIGNED = "\x1d", "\x1c"
_SIGNATURE = re.compile(f"{_SIGNS}([^{_SIGNS}{_SIGNED}]*?)(?:{_SIGNED}|(?={_QUOTED})|$)")
_DATA_URI = re.compile(r"(?<=[\"'])data:[a-z]+/[a-z0-9.+-]+;base64,[a-z0-9+/=\r\n]+", re.IGNORECASE)
_UNSEEN = frozenset({"title", "script", "style", "template"})
#: Struck out, or shown by some programs and not by others.
_UNSURE = re.compile(
    "s|del|strike|no(?:script|frames|embed)|textarea|select|option|object|svg|math|details|dialog|datalist|audio|video"
    "|canvas|iframe|marquee|map|applet|meter|progress|ruby|bdo|xmp|plaintext"
)
_EDGE_MARKS = f" \t\n{_EDGE}{_SIGNS}{_SIGNED}"
_CELLS = frozenset({"td", "th"})
_BLOCKS = re.compile(
    "address|article|aside|body|center|d[dlt]|div|fieldset|footer|form|h[1-6r]|header|html|li|main|nav|[ou]l|p"
    "|pre|section|table|tbody|tr"
)
#: A bar at the left: many programs quote so. Nothing decides in such a box, and what takes back counts.
_BESIDE_A_BAR = re.compile(
    r"(?:^|;)border-left:(?!none|0|medium|initial)[^;]*(?:solid|double|dashed|ridge|groove|inset)"
)
#: A rule in these may be for the other colours of a page, which need not be those that a reader has.
_BLOCK_RULE = re.compile(r".*[{;]", re.DOTALL)


class Page(NamedTuple):
    """What a reader sees of a formatted text, without the elements that quote."""

    #: line by line; a signature that says more than who signs is still in it
    text: str
    #: what the program marks as the signature, line by line
    signatures: tuple[str, ...]


def to_page(html: str, limits: Limits) -> Page:
    """The visible new text; raises UnreadableMessage beyond the limits."""
    soup = BeautifulSoup(f"<div>{tidy(_bounded(html, limits))}</div>", "html.parser")
    joined = "".join(_pieces(soup, _names_hidden_by_rules(soup)))
    found = [_lines(signature) for signature in _SIGNATURE.findall(joined)]
    kept = _SIGNATURE.sub(lambda found: _EDGE if sign_offs.only_signs(_lines(found[1])) else found[1], joined)
    text = _lines(kept.translate({ord(_SIGNS): None, ord(_SIGNED): None}))
    return Page(text, tuple(signature for signature in found if sign_offs.only_signs(signature)))


def _lines(joined: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(f"{_EDGE}[{_EDGE} ]*", "\n", joined))


def _pieces(soup: BeautifulSoup, hidden_names: set[str]) -> Iterator[str]:
    """One pass without recursion: a node of the stack, whether its line breaks count, its colours, its text's mark."""
    stack: list[tuple[object, bool, Colours, str]] = [(soup, False, Colours(), "")]
    begun = False
    while stack:
        node, preformatted, outer, mark = stack.pop()
        if not isinstance(node, Tag):
            text = _text(node, preformatted)
            yield mark + text if text.strip(_EDGE_MARKS) else text
            continue
        names = _names(node)
        if not begun and names & clients.QUOTE_BEGINS.keys():
            begun = True
            yield _HISTORY
        colours = outer.within(_style(node), _letters(node), _attribute(node, "bgcolor"))
        replacement = _replacement(node, names, hidden_names, alike=colours.alike)
        if replacement is not None:
            yield replacement
            continue
        before, after = _around(node, names)
        keeps, mark = preformatted or _is_preformatted(node), mark or _mark_of(node)
        yield before
        stack.append((after, True, colours, ""))
        stack.extend((child, keeps, colours, mark) for child in reversed(node.contents))


def _text(node: object, preformatted: bool) -> str:
    """Only real text: comments, doctypes and CDATA are subclasses of NavigableString and stay out."""
    if type(node) is str:
        return node
    if type(node) is not NavigableString:
        return ""
    text = clean(str(node))
    return text if preformatted else re.sub(r"[ \t\r\n\f]+", " ", text)


def _replacement(element: Tag, names: set[str], hidden_names: set[str], *, alike: bool) -> str | None:
    """What stands for an element whose own text is not read; None where it is."""
    if element.name in _UNSEEN:
        return ""
    if element.name in clients.QUOTE_TAGS or not names.isdisjoint(clients.QUOTE_BOXES):
        return _QUOTED
    if element.name != "hr" and (alike or _is_hidden(element, names, hidden_names)):
        return _SCAR if any(text.strip() for text in element.strings) else ""
    return None


def _mark_of(element: Tag) -> str:
    return _SCAR if _BESIDE_A_BAR.search(_squeezed(_style(element))) else ""


def _around(element: Tag, names: set[str]) -> tuple[str, str]:
    """What an element puts before and after its text."""
    edge = _edge(element)
    if not names.isdisjoint(sign_offs.SIGNATURE_BOXES):
        return f"{_EDGE}{_SIGNS}", f"{_SIGNED}{edge}"
    if element.name == "hr" and sign_offs.SIGNATURE_HR in _squeezed(_style(element)):
        return f"{_EDGE}{_SIGNS}", ""
    return edge, "" if element.name == "br" else edge


def _edge(element: Tag) -> str:
    """What an element puts before and after its text."""
    if element.name == "br":
        return "\n"
    if element.name in _CELLS:
        return " "
    return _EDGE if _BLOCKS.fullmatch(element.name) and "display:inline" not in _squeezed(_style(element)) else ""


def _is_preformatted(element: Tag) -> bool:
    return element.name == "pre" or "white-space:pre" in _squeezed(_style(element))


def _bounded(html: str, limits: Limits) -> str:
    html = _DATA_URI.sub("", html)
    if len(html) > limits.max_html:
        raise UnreadableMessage(f"The HTML text has more than {limits.max_html} characters.")
    if html.count("<") > limits.max_tags:
        raise UnreadableMessage(f"The HTML text has more than {limits.max_tags} elements.")
    return html


def _is_hidden(element: Tag, names: set[str], hidden_names: set[str]) -> bool:
    return (
        _UNSURE.fullmatch(element.name) is not None
        or element.has_attr("hidden")
        or element.has_attr("popover")
        or not names.isdisjoint(hidden_names)
        or not hidden_names.isdisjoint({f"<{element.name}>", "<*>"})
        or hides(_style(element))
        or pale(_letters(element))
    )


def _names(element: Tag) -> set[str]:
    """The element's classes and id, in lower case; Outlook on the web prefixes them with x_."""
    words = f"{_attribute(element, 'class')} {_attribute(element, 'id')}".lower().split()
    return {re.sub(r"^(?:x_)+", "", word) for word in words}


def _style(element: Tag) -> str:
    return _attribute(element, "style")


def _letters(element: Tag) -> str:
    """The colour that an attribute gives the letters: of a font, or of a whole page."""
    return _attribute(element, "color") or _attribute(element, "text")


def _squeezed(style: str) -> str:
    return re.sub(r"\s+", "", style.lower())


def _attribute(element: Tag, name: str) -> str:
    value = element.get(name) or ""
    return value if isinstance(value, str) else " ".join(value)


def _names_hidden_by_rules(soup: BeautifulSoup) -> set[str]:
    """Classes and ids that a <style> hides somewhere; which media it is for does not matter but for colours."""
    names: set[str] = set()
    for sheet in soup.find_all("style"):
        for rule in (sheet.string or "").split("}"):
            selector, _, declarations = rule.rpartition("{")
            named = _BLOCK_RULE.sub("", selector)
            if hides(declarations, colours=named == selector or "." in named or "#" in named):
                names.update(name for part in named.lower().split(",") for name in _selected(part))
    return names


def _selected(selector: str) -> list[str]:
    """The classes and ids that a selector names; where it names none, the element in brackets, or any."""
    if (names := re.findall(r"[.#]([\w-]+)", selector)) and ":not" not in selector and "\\" not in selector:
        return names
    last = re.search(r"(?:^|[\s>+~])([a-z][a-z0-9]*|\*)[^\s>+~]*\s*$", selector)
    return [f"<{last[1]}>" if last else "<*>"]
