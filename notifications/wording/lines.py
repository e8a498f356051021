"""Texts as a letter may carry them: without characters that steer, on one line or several."""

import re
import unicodedata


def clean(text: str) -> str:
    """Return ``text`` without control characters (line breaks stay) and without those that reorder or hide text."""
    if text.isprintable():
        return text.strip()
    unbroken = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text)
    return "".join(c for c in unbroken if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()


def line(text: str) -> str:
    """Return ``text`` on one line."""
    return " ".join(clean(text).split())
