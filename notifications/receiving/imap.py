"""A mailbox as a way in: mail that another server takes for us is fetched by IMAP, stored, and put away there.

A message is stored in the database first, and only then marked and moved: a crash between the two fetches it
again, and the database knows it. It keeps no note of what it has seen: what is in the folder has not been put away.
"""

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from prometheus_client import Counter

from approvals.database import Database
from approvals.post.too_large import MAX_HEAD
from models.settings import Settings
from notifications.receiving.backlog import Backlog
from notifications.receiving.imap_client import Session
from notifications.receiving.imap_message import Incoming
from notifications.receiving.intake import Answer
from notifications.receiving.mail_figures import MailFigures
from notifications.sending.sender import utc_now

log = structlog.get_logger(__name__)

#: Seconds after a lost connection, doubled each time up to the longest; a session this long was a good one.
PAUSE, LONGEST_PAUSE, GOOD_SESSION = 1.0, 120.0, 60.0
#: What was put off is looked at again after so long.
PUT_OFF_SECONDS = 60.0
#: After so many failures to store one message the operator is told, and after so long without a mailbox.
TROUBLES = 3
LOST_SECONDS = 600.0

R = TypeVar("R")


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
        self._now, self._figures = clock, MailFigures(settings, db, "imap_metrics_port", "imap")
        self._judging = Backlog(settings, db, clock, self._figures)
        self._incoming = Incoming(settings, db, clock, self._figures)
        self._arrived = self._incoming.arrived
        self._connected = self._figures.gauge("liandong_imap_connected", "1 while the mailbox is open, else 0")
        self._lost = Counter(
            "liandong_imap_lost", "Sessions with the IMAP server that ended in trouble", registry=self._figures.registry
        )
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        #: The highest UID that was looked at, for this UIDVALIDITY; and when to look at everything again.
        self._last, self._validity = 0, 0
        self._again_at: float | None = None
        #: When the mailbox was open last, by the loop's clock.
        self._open_at = self._loop.time()
        #: How often a message, by its UID, could not be stored.
        self._troubles: dict[int, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and judge until ``stop`` is set."""
        async with self._figures.shown():
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
                self._lost.inc()
                log.warning("mailbox lost; connecting again", after=round(wait, 1), why=why)
                await self._tell_lost(why)
                pause = min(pause * 2, LONGEST_PAUSE)
                await _wait(stop, wait)

    async def _tell_lost(self, why: str) -> None:
        """Tell the operator where the mailbox has been away for long."""
        lost = self._loop.time() - self._open_at
        if lost < LOST_SECONDS:
            return
        try:
            await self._incoming.tell_lost(self._now() - dt.timedelta(seconds=lost), why)
        except Exception:
            log.exception("cannot tell the operator that the mailbox is lost")

    def _session(self) -> None:
        """In a thread: connect, fetch what is there, wait for more; ends when the part does, or with trouble."""
        settings = self._settings
        with Session(settings) as session:
            if session.uid_validity != self._validity:  # other numbers, or a first look
                self._validity, self._troubles = session.uid_validity, {}
                log.info("mailbox has numbers of its own", uid_validity=self._validity)
            self._last = 0
            log.info("mailbox open", host=settings.imap_host, folder=settings.imap_folder, idle=session.waits)
            self._connected.set(1)
            try:
                self._fetch_and_wait(session)
            finally:
                self._connected.set(0)
                self._open_at = self._loop.time()

    def _fetch_and_wait(self, session: Session) -> None:
        settings = self._settings
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
        for uid, size in sorted(found, key=lambda one: (self._troubles.get(one[0], 0), one[0])):
            if self._stopping:
                break
            self._fetch(session, uid, size)
            self._last = max(self._last, uid)
        return bool(found)

    def _fetch(self, session: Session, uid: int, size: int) -> None:
        settings, large = self._settings, size > self._settings.mail_max_bytes
        raw = session.head(uid) if large else session.raw(uid)
        if raw is None:
            return
        try:
            answer = self._in_loop(self._incoming.take_head(raw, size) if large else self._incoming.take(raw))
            self._troubles.pop(uid, None)
        except Exception as error:
            if not self._told_of_trouble(uid, raw, error):
                raise
            answer = Answer.LATER
        if answer is Answer.LATER:
            self._again_at = self._loop.time() + PUT_OFF_SECONDS
        elif answer is Answer.TAKEN:
            session.put_away(uid, settings.imap_done_folder)
        else:
            session.put_away(uid, settings.imap_other_folder, seen=False)

    def _told_of_trouble(self, uid: int, raw: bytes, error: Exception) -> bool:
        """Count that a message could not be stored: it comes last from now on, and the operator is told of it."""
        self._troubles[uid] = self._troubles.get(uid, 0) + 1
        if self._troubles[uid] < TROUBLES:
            return False
        log.error("a message cannot be stored", uid=uid, exc_info=error)
        self._in_loop(self._incoming.tell_stuck(raw[:MAX_HEAD], f"{type(error).__name__}: {error}"))
        return True

    def _in_loop(self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
