"""Intake: the one path behind every door that mail comes in by. A message is stored as it came, and then it is ours.

The doors are the receiver (SMTP, LMTP) and the mailbox that is read by IMAP. What is stored is judged by whoever
looks next (`notifications.judging.judge`).
"""

import asyncio
import datetime as dt
import hashlib
import re
from collections.abc import Callable
from enum import Enum, auto

from approvals import inbound
from approvals.database import Database
from approvals.office import Office
from approvals.post import bounced, floods, too_large
from models.settings import Settings
from notifications.receiving.marks import marks
from notifications.sending.bounce_address import letter_of


class Answer(Enum):
    """What a door says of an address."""

    TAKEN = auto()
    #: It is none of ours, or none that we gave to anybody.
    UNKNOWN = auto()
    #: It has had too many messages.
    LATER = auto()
    #: It is ours, and the message is larger than it may be.
    TOO_LARGE = auto()


class Intake:
    """What every door asks before a message, and what it hands the message to."""

    def __init__(self, settings: Settings, db: Database, clock: Callable[[], dt.datetime]) -> None:
        self._settings, self._db, self._now = settings, db, clock
        self._office = Office.of(settings)
        doors = r"(?:reply\+[a-z2-7]{40}|object\+[a-z0-9-]{5,40}|bounce\+[0-9a-f]{32}\.[a-z2-7]{20})"
        self._address = re.compile(rf"{doors}@{re.escape(settings.mail_domain.lower())}")

    def is_ours(self, address: str) -> bool:
        """Tell whether ``address`` looks like one of ours; for a return path, whether we made it."""
        lower = address.lower()
        if self._address.fullmatch(lower) is None:
            return False
        return not bounced.is_bounce(lower) or letter_of(self._settings, lower) is not None

    async def ask(self, address: str) -> Answer:
        """Return whether a message to ``address`` is taken now; where it comes too often, the operator is told."""
        address = address.lower()
        if not self.is_ours(address) or not await self._db.read(inbound.is_known, address):
            return Answer.UNKNOWN
        if await self._db.read(floods.too_many, self._office, address, self._now()):
            await self._db.write(floods.tell, self._office, address, self._now())
            return Answer.LATER
        return Answer.TAKEN

    async def store(self, raw: bytes, address: str) -> str | None:
        """Store a message to ``address``; return its id, or None where it is here already."""
        sender, message_id, body_hash = await asyncio.to_thread(marks, raw)
        if bounced.is_bounce(address.lower()):  # reports differ in fields of a part that is no text
            body_hash = hashlib.sha256(raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]).hexdigest()
        return await self._db.write(inbound.receive, raw, sender, address.lower(), message_id, body_hash, self._now())

    async def park(self, message: too_large.TooLarge, address: str) -> str | None:
        """Keep the headers of a message that is put aside unread; return its id, or None where it is here already."""
        return await self._db.write(too_large.park, self._office, message, address.lower(), self._now())

    async def refuse_size(self, address: str) -> None:
        """Put onto the chain that a message to ``address`` was refused for its size."""
        if self.is_ours(address):
            most = self._settings.mail_max_bytes
            await self._db.write(too_large.refuse, address.lower(), most, self._now())
