"""What an e-mail address looks like here: one pattern, for what people write and for what a letter goes to.

Source: RFC 5321, 4.1.2 and 4.5.3.1: a local part of at most 64 characters without quotes, its dots between
other characters; a domain of labels, none empty, none with a hyphen at its ends. No space, bracket or line
break gets through.
"""

import re

MAX_ADDRESS = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
PATTERN = rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*"
_ADDRESS = re.compile(PATTERN)


def is_address(text: str) -> bool:
    """Return whether a letter can go to ``text``."""
    return len(text) <= MAX_ADDRESS and _ADDRESS.fullmatch(text) is not None
