"""Reading replies: pure functions from the bytes of a message to what it says."""

from notifications.reading.attached import Attached
from notifications.reading.clients import REPLY_LINE
from notifications.reading.commands import Command, Problem
from notifications.reading.ending import END_LINE, sealed, sealed_page
from notifications.reading.limits import DEFAULT_LIMITS, Limits, UnreadableMessage
from notifications.reading.reader import Reading, read, read_head

__all__ = [
    "DEFAULT_LIMITS",
    "END_LINE",
    "REPLY_LINE",
    "Attached",
    "Command",
    "Limits",
    "Problem",
    "Reading",
    "UnreadableMessage",
    "read",
    "read_head",
    "sealed",
    "sealed_page",
]
