"""One message of a mailbox: stored for each address of ours, parked where it is too large, or not for us.

Whatever is not judged is told to a person: by a letter, and by what stays unread in the folder of other mail.
"""

import datetime as dt
from collections.abc import Callable
from email import message_from_bytes

import structlog

from approvals.database import Database
from approvals.doorbell import Doorbell
from approvals.office import Office
from approvals.post import mailbox
from approvals.post.too_large import TooLarge
from models.columns import plain
from models.settings import Settings
from notifications.reading import headers, read_head
from notifications.receiving.imap_delivery import recipients
from notifications.receiving.intake import Answer, Intake
from notifications.receiving.mail_figures import MailFigures

log = structlog.get_logger(__name__)

#: Characters of a subject that letters repeat.
MAX_SUBJECT = 120


class Incoming:
    """Takes what a session fetches."""

    def __init__(
        self, settings: Settings, db: Database, clock: Callable[[], dt.datetime], figures: MailFigures
    ) -> None:
        self._settings, self._db, self._now, self._figures = settings, db, clock, figures
        #: Rings when something waits to be judged.
        self.arrived = Doorbell()
        self._intake, self._office = Intake(settings, db, clock), Office.of(settings)

    def place(self, folder: str) -> str:
        """Return how letters name a folder of the mailbox."""
        return f"{self._settings.imap_user} · {folder}"

    async def take(self, raw: bytes) -> Answer:
        """Store a message for each address of ours that it came to; LATER where one of them is to wait."""
        return await self._for_each(raw, None)

    async def take_head(self, head: bytes, size: int) -> Answer:
        """Keep the headers of a message that is larger than it may be."""
        return await self._for_each(head, size)

    async def _for_each(self, raw: bytes, size: int | None) -> Answer:
        answers = []
        for address in recipients(raw, self._intake.is_ours):
            answers.append(await self._intake.ask(address))
            if answers[-1] is Answer.TAKEN:
                await self._keep(raw, size, address)
        if Answer.LATER in answers:
            self._figures.came("too many to one address")
            return Answer.LATER
        if Answer.TAKEN in answers:
            return Answer.TAKEN if size is None else Answer.TOO_LARGE
        self._figures.came("not ours")
        senders, subject, _ = _of(raw)
        log.warning("message is to no address of ours, put aside", senders=senders)
        where = self.place(self._settings.imap_other_folder)
        await self._db.write(mailbox.tell_not_ours, self._office, senders, subject, where, self._now())
        return Answer.UNKNOWN

    async def _keep(self, raw: bytes, size: int | None, address: str) -> None:
        if size is None:
            stored = await self._intake.store(raw, address)
            self._figures.came("taken" if stored else "duplicate")
            self.arrived.ring()
            return
        self._figures.came("too large")
        (senders, subject, message_id), most = _of(raw), self._settings.mail_max_bytes
        log.warning("message too large, put aside", bytes=size, senders=senders)
        where = self.place(self._settings.imap_other_folder)
        automatic = read_head(raw).automatic
        await self._intake.park(TooLarge(raw, senders, subject, message_id, size, most, where, automatic), address)

    async def tell_stuck(self, head: bytes, error: str) -> None:
        """Tell the operator of a message that could not be stored several times."""
        senders, subject, _ = _of(head)
        where = self.place(self._settings.imap_folder)
        await self._db.write(mailbox.tell_stuck, self._office, senders, subject, where, error, self._now())

    async def tell_lost(self, since: dt.datetime, error: str) -> None:
        """Tell the operator that the mailbox cannot be opened."""
        where = f"{self._settings.imap_user} ({self._settings.imap_host}:{self._settings.imap_port})"
        await self._db.write(mailbox.tell_lost, self._office, where, since, error, self._now())


def _of(raw: bytes) -> tuple[tuple[str, ...], str, str]:
    """Return From, subject and Message-ID as far as the headers can be read; never raises."""
    senders = tuple(plain(one) for one in read_head(raw).from_addresses)
    try:
        message = message_from_bytes(raw)
        return senders, plain(headers.subject(message))[:MAX_SUBJECT], headers.message_id(message)
    except Exception:  # hostile headers say nothing
        return senders, "", ""
