"""HTML of any kind to HTML that is well-formed, in one linear pass.

The parser of the standard library takes minutes over 300 kB of unclosed tags. Like a browser, this drops
what follows a tag, comment or quoted value that never ends, and closing tags that close nothing.
"""

import re
from collections.abc import Iterator
from html import escape, unescape

from notifications.reading.nesting import Nesting

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-z][a-z0-9:-]*+)(?P<rest>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])))*+)>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(?P<name>[^\s/=>]++)(?:\s*+=\s*+(?:\"(?P<a>[^\"]*+)\"|'(?P<b>[^']*+)'|(?P<c>[^\s>]*+)))?+")
#: Elements whose content is no markup: up to the closing tag, or to the end. Those of the second kind show it.
_RAW = frozenset({"script", "style", "title"})
_LITERAL = frozenset({"xmp", "plaintext", "iframe", "noembed", "noframes", "textarea"})
_COMMENT_END = re.compile(r"--!?>")
#: What the reader looks at.
_KEPT = frozenset({"class", "id", "style", "hidden", "popover", "color", "bgcolor", "text"})


def tidy(html: str) -> str:
    """The same elements and text; of attributes only those that quoting and hiding depend on."""
    return "".join(_tokens(html))


def _tokens(html: str) -> Iterator[str]:
    at, nesting = 0, Nesting()
    while (opening := html.find("<", at)) >= 0:
        yield html[at:opening]
        token, at = _token(html, opening, nesting)
        yield token
        if at < 0:
            return
    yield html[at:]


def _token(html: str, at: int, nesting: Nesting) -> tuple[str, int]:
    """The clean form of what begins at this "<", and where the next begins; -1 where it never ends.

    ``nesting`` is what is open there.
    """
    if html.startswith("<!--", at):
        at += 2 if html.startswith((">", "->"), at + 4) else 4  # <!--> and <!---> end at once
        end = _COMMENT_END.search(html, at)
        return "", end.end() if end else -1
    if html.startswith(("<!", "<?"), at):
        return "", _after(html, ">", at)
    if not re.match(r"/?[a-z]", html[at + 1 : at + 3], re.IGNORECASE):
        return "&lt;", at + 1
    tag = _TAG.match(html, at)
    if tag is None:
        return "", -1
    name = tag["name"].lower()
    if name in _RAW and not tag["close"]:
        return _raw_element(html, name, tag.end())
    if name in _LITERAL and not tag["close"]:
        return _literal_element(html, name, tag.end())
    if tag["close"]:
        return (f"</{name}>" if nesting.closes(name) else ""), tag.end()
    nesting.opens(name)
    return f"<{name}{_attributes(tag['rest'])}>", tag.end()


def _literal_element(html: str, name: str, at: int) -> tuple[str, int]:
    end = re.compile(f"</{name}[^>]*>", re.IGNORECASE).search(html, at) if name != "plaintext" else None
    content = html[at : end.start() if end else len(html)]
    return f"<{name}>{escape(content)}</{name}>", end.end() if end else len(html)


def _raw_element(html: str, name: str, at: int) -> tuple[str, int]:
    end = re.compile(f"</{name}[^>]*>", re.IGNORECASE).search(html, at)
    if end is None:
        return "", -1
    content = html[at : end.start()].replace("<", " ") if name == "style" else ""
    return f"<{name}>{content}</{name}>", end.end()


def _attributes(rest: str) -> str:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest):
        name = match["name"].lower()
        if name in _KEPT:
            found.setdefault(name, unescape(match["a"] or match["b"] or match["c"] or ""))
    return "".join(f' {name}="{escape(value)}"' for name, value in found.items())


def _after(html: str, end: str, at: int) -> int:
    found = html.find(end, at)
    return found + len(end) if found >= 0 else -1
