"""Judging: messages that were stored, in the order in which they came, by whichever door.

Several may judge at once: a message that another one has judged meanwhile stays as it was.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import structlog

from approvals import inbound
from approvals.database import Database
from approvals.inbound import Reply
from approvals.notice import objection_mail
from approvals.office import Office
from approvals.post import bounced
from models.settings import Settings
from models.states import MailState
from notifications.machine_mail import away_in, report_in
from notifications.objections import objection_in
from notifications.received_files import files_in
from notifications.replies import reply_in

log = structlog.get_logger(__name__)

#: A message that cannot be judged is left alone for so long; meanwhile others are judged.
TROUBLE_PAUSE = dt.timedelta(minutes=1)


class Judging:
    """Judges what waits, as often as it is asked to."""

    def __init__(self, settings: Settings, db: Database, clock: Callable[[], dt.datetime]) -> None:
        self._db, self._now, self._office = db, clock, Office.of(settings)
        self._troubled: dict[str, dt.datetime] = {}

    async def judge_all(self) -> None:
        """Judge what waits; what cannot be judged is tried again later."""
        try:
            troubled = [mail_id for mail_id, until in self._troubled.items() if until > self._now()]
            waiting = await self._db.read(inbound.unjudged, troubled)
        except Exception:
            log.exception("cannot look for messages; looking again soon")
            return
        for mail_id in waiting:
            await self._judge(mail_id)

    async def _judge(self, mail_id: str) -> None:
        try:
            raw, act = await self._db.read(inbound.to_judge, mail_id)
            state = await self._judge_one(mail_id, raw, act)
            self._troubled.pop(mail_id, None)
            log.info("message judged", mail=mail_id, state=state.value)
        except Exception:
            self._troubled[mail_id] = self._now() + TROUBLE_PAUSE
            log.exception("cannot judge a message; trying again in a minute", mail=mail_id)

    async def _judge_one(self, mail_id: str, raw: bytes, act: str) -> MailState:
        if act == inbound.OBJECTION:
            said = await asyncio.to_thread(objection_in, raw)
            return await self._db.write(objection_mail.judge, self._office, mail_id, said, self._now())
        if act == inbound.BOUNCE:
            report = await asyncio.to_thread(report_in, raw)
            return await self._db.write(bounced.judge, self._office, mail_id, report, self._now())
        reply = await asyncio.to_thread(_reply_in, raw, act)
        return await self._db.write(inbound.judge, self._office, mail_id, reply, self._now())


def _reply_in(raw: bytes, act: str) -> Reply:
    """Return what a reply says, with its files; of a mailbox that answers by itself, whether somebody is away."""
    reply = reply_in(raw, act)
    if reply.automatic is not None:
        return replace(reply, away=away_in(raw))
    return replace(reply, files=files_in(raw))
