"""The sender: claims letters, renders them and hands them to SMTP, at least once, oldest first.

One task claims, one task a connection sends, one task writes down what happened in batches: a letter that
the SMTP server is slow about holds up nobody else's. A domain gets no more letters than its rate, and fewer
while it asks for less; letters that wait for their turn go back to the outbox.
"""

import asyncio
import contextlib
import datetime as dt
import random
import time
from collections.abc import Callable

import structlog

from approvals import outbox
from approvals.database import Database
from approvals.doorbell import Doorbell
from models.letter import Letter
from models.pace import Pace, domain_of, read_rates
from models.settings import Settings
from notifications.papers.dossiers import Dossiers
from notifications.sending.bounce_address import bounce_address
from notifications.sending.figures import Figures
from notifications.sending.outgoing import LetterNotRendered, outgoing
from notifications.sending.signing import WrongDkimKey
from notifications.sending.smtp import Connection, PutOff, Refused

log = structlog.get_logger(__name__)

#: Letters that wait for a connection, for each connection there is.
WAITING = 16
#: What a hold has beyond the time that SMTP may take: so long a dead sender's letters wait.
SPARE = dt.timedelta(seconds=15)
#: Seconds in which a busy sender sends a few letters.
A_MOMENT = 0.01
LONGEST_PAUSE = dt.timedelta(minutes=30)


def pause(tries: int, chance: random.Random) -> dt.timedelta:
    """Return how long a letter waits after its ``tries``-th try: 1, 2, 4 ... s, at most 30 min, up to half more."""
    seconds = min(2.0 ** min(tries - 1, 30), LONGEST_PAUSE.total_seconds())
    return dt.timedelta(seconds=seconds * chance.uniform(1, 1.5))


def utc_now() -> dt.datetime:
    """Return the clock that senders run by."""
    return dt.datetime.now(dt.UTC)


class Sender:
    """Run it in as many processes as you like: no letter is held by two at once."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        *,
        clock: Callable[[], dt.datetime] = utc_now,
        chance: random.Random | None = None,
    ) -> None:
        self._settings, self._db, self._now = settings, db, clock
        self._chance = chance or random.Random()  # noqa: S311 - spreads tries in time, guards nothing
        self._longest = dt.timedelta(seconds=settings.smtp_timeout_seconds)
        self._claimed: asyncio.Queue[Letter] = asyncio.Queue()
        self._sent: list[str] = []
        self._troubles: list[tuple[Letter, PutOff | Refused]] = []
        self._noted = asyncio.Event()
        self._noting = asyncio.Lock()
        self._bell = Doorbell()
        self._dossiers = Dossiers(db, clock)
        self._pace = Pace(read_rates(settings.smtp_domain_rate))
        self._figures = Figures()
        self._connections: list[Connection] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; then finish what is at the SMTP server and note it."""
        self._bell = await Doorbell.listen(self._settings.sender_bell)
        self._connections = [Connection(self._settings) for _ in range(self._settings.smtp_connections)]
        ending = asyncio.create_task(self._ring_at_the_end(stop))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._send_all(c)) for c in self._connections]
                tasks.append(group.create_task(self._note_all()))
                if self._settings.sender_metrics_port:
                    tasks.append(group.create_task(self._figures.show(self._settings, self._db, self._connections)))
                await self._claim_until(stop)
                await self._finish()
                for task in tasks:
                    task.cancel()
        finally:
            ending.cancel()
            self._bell.close()
            await asyncio.gather(*(c.close() for c in self._connections))

    async def _ring_at_the_end(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._bell.ring()

    async def _claim_until(self, stop: asyncio.Event) -> None:
        most = WAITING * self._settings.smtp_connections
        while not stop.is_set():
            room = most - self._claimed.qsize()
            if room < most // 2:
                await asyncio.sleep(A_MOMENT)  # a claim is a transaction, whether it is for one or for many
                continue
            letters = await self._claim(room)
            await self._take_turns(letters)
            if len(letters) == room:
                await asyncio.sleep(A_MOMENT)  # more are waiting: come back as soon as there is room
            else:
                await self._bell.wait(self._settings.look_every_seconds)

    async def _claim(self, limit: int) -> list[Letter]:
        try:
            return await self._db.write(outbox.claim, self._now(), limit, self._longest + SPARE)
        except Exception:
            log.exception("cannot claim letters; looking again soon")
            return []

    async def _take_turns(self, letters: list[Letter]) -> None:
        """Hand over to the connections what may go now; what may not is given back until its turn."""
        now, turns = self._now(), {}
        for letter in letters:
            if seconds := self._pace.wait(domain_of(letter.address), time.monotonic()):
                turns[letter.id] = now + dt.timedelta(seconds=seconds)
                self._figures.count(letter, "waits")
            else:
                self._claimed.put_nowait(letter)
        if turns:
            try:
                await self._db.write(outbox.defer, turns)
            except Exception:
                log.exception("cannot give letters back; they go when their hold has run out")

    async def _send_all(self, connection: Connection) -> None:
        while True:
            letter = await self._claimed.get()
            try:
                await self._send(connection, letter)
            finally:
                self._claimed.task_done()

    async def _send(self, connection: Connection, letter: Letter) -> None:
        try:
            message, path = await self._render(letter), bounce_address(self._settings, letter.id)
            if self._now() + self._longest > letter.next_try_at:
                return  # the hold may end before SMTP answers: whoever claims it next sends it
            with self._figures.seconds.time():
                await connection.send(path, letter.address, message)
            self._pace.went_well(domain_of(letter.address))
            self._figures.count(letter, "sent")
            self._sent.append(letter.id)
        except (PutOff, Refused) as trouble:
            self._in_trouble(letter, trouble)
        except Exception as error:
            log.exception("a letter could not be sent", letter=letter.id, kind=letter.kind)
            self._in_trouble(letter, PutOff(f"{type(error).__name__}: {error}"))
        self._noted.set()

    def _in_trouble(self, letter: Letter, trouble: PutOff | Refused) -> None:
        if isinstance(trouble, PutOff) and trouble.slow_down:
            self._pace.slow_down(domain_of(letter.address), time.monotonic())
        self._figures.count(letter, "put off" if isinstance(trouble, PutOff) else "refused")
        self._troubles.append((letter, trouble))

    async def _render(self, letter: Letter) -> bytes:
        try:
            dossier = await self._dossiers.of(letter) if self._settings.dossier_bytes else None
            return outgoing(letter, self._settings, dossier)
        except WrongDkimKey as error:
            raise PutOff(error.en) from error
        except LetterNotRendered as error:
            log.exception("a letter could not be rendered", letter=letter.id, kind=letter.kind)
            raise Refused(error.en) from error

    async def _note_all(self) -> None:
        while True:
            await self._noted.wait()
            await asyncio.sleep(A_MOMENT)  # others are about to be answered: one transaction notes them all
            self._noted.clear()
            async with self._noting:
                await self._note()

    async def _note(self) -> None:
        """Write down what happened; what cannot be written down now is kept for the next time."""
        sent, self._sent = self._sent, []
        troubles, self._troubles = self._troubles, []
        try:
            if sent:
                await self._db.write(outbox.mark_sent, sent, self._now())
                sent = []
            while troubles:
                await self._note_trouble(*troubles[0])
                troubles.pop(0)
        except Exception:
            log.exception("cannot note what became of letters; trying again soon")
            self._sent += sent
            self._troubles += troubles
            await asyncio.sleep(self._settings.look_every_seconds)
            self._noted.set()

    async def _note_trouble(self, letter: Letter, trouble: PutOff | Refused) -> None:
        final = isinstance(trouble, Refused) or letter.tries >= self._settings.smtp_tries
        log.warning("letter not taken", letter=letter.id, kind=letter.kind, tries=letter.tries, why=str(trouble))
        if final:
            await self._db.write(outbox.fail, letter.id, str(trouble))
            return
        until = self._now() + pause(letter.tries, self._chance)
        await self._db.write(outbox.put_off, letter.id, until, str(trouble))

    async def _finish(self) -> None:
        """Let what was claimed go out, within the time that SMTP may take."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._claimed.join(), self._settings.smtp_timeout_seconds)
        async with self._noting:
            await self._note()


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run one sender with a database of its own."""
    db = Database(settings, connections=3)
    try:
        await Sender(settings, db).run(stop)
    finally:
        await db.close()
