"""Whom a message in a mailbox was delivered to: a mailbox has no envelope, only what its server wrote of it."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.utils import getaddresses

from notifications.reading import headers

#: What mail servers write when they deliver; what the sender wrote comes after, where these name none of ours.
DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to")
ADDRESSED = ("to", "cc")
#: Bytes in which the headers are looked for, and addresses of ours that one message may have.
_HEAD = 200_000
MOST = 20
_END = re.compile(rb"\r?\n\r?\n")


def recipients(raw: bytes, is_ours: Callable[[str], bool]) -> list[str]:
    """Return the addresses of ours that the message was delivered to, lower case, each once; never raises."""
    try:
        message = message_from_bytes(_END.split(raw[:_HEAD], maxsplit=1)[0] + b"\n\n")
        for names in (DELIVERED, ADDRESSED):
            values = [value for name in names for value in headers.values(message, name)]
            found = [address.strip().strip("<>").lower() for _, address in getaddresses(values)]
            if ours := [one for one in dict.fromkeys(found) if is_ours(one)]:
                return ours[:MOST]
    except Exception:  # hostile headers name nobody
        return []
    return []
