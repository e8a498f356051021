"""A mailbox as a way in: mail that another server takes for us is fetched by IMAP, stored, and put away there.

A message is stored in the database first, and only then marked and moved: a crash between the two fetches it
again, and the database knows it. It keeps no note of what it has seen: what is in the folder has not been put away.
"""

import asyncio
import datetime as dt
import random
from collections.abc import Callable

import structlog

from approvals.database import Database
from approvals.doorbell import Doorbell
from models.settings import Settings
from notifications.backlog import Backlog
from notifications.imap_client import Session
from notifications.imap_delivery import recipients
from notifications.intake import Answer, Intake
from notifications.sender import utc_now

log = structlog.get_logger(__name__)

#: Seconds after a lost connection, doubled each time up to the longest; a session this long was a good one.
PAUSE, LONGEST_PAUSE, GOOD_SESSION = 1.0, 120.0, 60.0
#: What was put off is looked at again after so long.
PUT_OFF_SECONDS = 60.0


class Mailbox:
    """Fetches, stores and judges until it is stopped."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        *,
        clock: Callable[[], dt.datetime] = utc_now,
        chance: random.Random | None = None,
    ) -> None:
        self._settings = settings
        self._chance = chance or random.Random()  # noqa: S311 - spreads connections in time, guards nothing
        self._intake, self._judging = Intake(settings, db, clock), Backlog(settings, db, clock)
        self._arrived = Doorbell()
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        #: The highest UID that was looked at, for this UIDVALIDITY; and when to look at everything again.
        self._last, self._validity = 0, 0
        self._again_at: float | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and judge until ``stop`` is set."""
        fetching = asyncio.create_task(self._fetch_until_stopped(stop))
        ending = asyncio.create_task(self._end(stop))
        while not stop.is_set():
            await self._judging.judge_all()
            await self._arrived.wait(self._settings.look_every_seconds)
        await asyncio.gather(fetching, ending)

    async def _end(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping = True
        self._arrived.ring()

    async def _fetch_until_stopped(self, stop: asyncio.Event) -> None:
        """Keep a session; after trouble wait, longer each time, and begin another."""
        pause = PAUSE
        while not stop.is_set():
            began = self._loop.time()
            try:
                await asyncio.to_thread(self._session)
                pause = PAUSE
            except Exception as error:  # whatever the network or the server did: the next session begins anew
                pause = PAUSE if self._loop.time() - began > GOOD_SESSION else pause
                wait = pause * self._chance.uniform(1, 1.5)
                why = f"{type(error).__name__}: {error}"
                log.warning("mailbox lost; connecting again", after=round(wait, 1), why=why)
                pause = min(pause * 2, LONGEST_PAUSE)
                await _wait(stop, wait)

    def _session(self) -> None:
        """In a thread: connect, fetch what is there, wait for more; ends when the part does, or with trouble."""
        settings = self._settings
        with Session(settings) as session:
            if session.uid_validity != self._validity:  # other numbers, or a first look
                self._validity = session.uid_validity
                log.info("mailbox has numbers of its own", uid_validity=self._validity)
            self._last = 0
            log.info("mailbox open", host=settings.imap_host, folder=settings.imap_folder, idle=session.waits)
            while not self._stopping:
                if self._fetch_new(session):
                    continue  # the server told meanwhile of what came meanwhile, and will not tell of it again
                if session.waits:
                    session.wait(settings.imap_idle_seconds, self._is_over)
                else:
                    session.look_after(settings.imap_poll_seconds, self._is_over)

    def _is_over(self) -> bool:
        due = self._again_at is not None and self._loop.time() >= self._again_at
        return self._stopping or due

    def _fetch_new(self, session: Session) -> bool:
        """Take every message that has not been looked at; now and then again those that were put off.

        Returns whether there was any.
        """
        if self._again_at is not None and self._loop.time() >= self._again_at:
            self._last, self._again_at = 0, None
        found = session.new(self._last)
        for uid, size in found:
            if self._stopping:
                break
            self._fetch(session, uid, size)
            self._last = max(self._last, uid)
        return bool(found)

    def _fetch(self, session: Session, uid: int, size: int) -> None:
        settings = self._settings
        if size > settings.mail_max_bytes:
            log.warning("message too large, put aside", uid=uid, bytes=size)
            session.put_away(uid, settings.imap_other_folder)
            return
        raw = session.raw(uid)
        if raw is None:
            return
        answer = asyncio.run_coroutine_threadsafe(self._take(raw), self._loop).result()
        if answer is Answer.LATER:
            self._again_at = self._loop.time() + PUT_OFF_SECONDS
            return
        session.put_away(uid, settings.imap_done_folder if answer is Answer.TAKEN else settings.imap_other_folder)

    async def _take(self, raw: bytes) -> Answer:
        """Store the message for each address of ours that it came to; LATER where one of them is to wait."""
        answers = []
        for address in recipients(raw, self._intake.is_ours):
            answers.append(await self._intake.ask(address))
            if answers[-1] is Answer.TAKEN:
                await self._intake.store(raw, address)
                self._arrived.ring()
        if Answer.LATER in answers:
            return Answer.LATER
        if Answer.TAKEN in answers:
            return Answer.TAKEN
        log.warning("message is to no address of ours, put aside")
        return Answer.UNKNOWN


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
