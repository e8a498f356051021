"""The backlog: messages that were stored, judged in the order in which they came, by whichever door.

Several may judge at once: a message that another one has judged meanwhile stays as it was.
"""

import datetime as dt
from collections.abc import Callable

import structlog

from approvals import inbound
from approvals.database import Database
from approvals.office import Office
from approvals.post import mailbox
from models.settings import Settings
from models.states import MailState
from notifications.judging.judge import Judge
from notifications.receiving.mail_figures import MailFigures

log = structlog.get_logger(__name__)

#: A message that cannot be judged is left alone for so long; meanwhile others are judged.
TROUBLE_PAUSE = dt.timedelta(minutes=1)


class Backlog:
    """Judges what waits, as often as it is asked to."""

    def __init__(
        self, settings: Settings, db: Database, clock: Callable[[], dt.datetime], figures: MailFigures | None = None
    ) -> None:
        self._db, self._now, self._judging, self._figures = db, clock, Judge(settings, db), figures
        self._office = Office.of(settings)
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
            now = self._now()
            state = await self._judging.judge(mail_id, now)
            if state is MailState.RECEIVED:
                self._troubled[mail_id] = now + TROUBLE_PAUSE
                log.warning("the sender of a message cannot be looked up; trying again in a minute", mail=mail_id)
                await self._count(mail_id, "sender not looked up")
                return
            self._troubled.pop(mail_id, None)
            log.info("message judged", mail=mail_id, state=state.value)
            await self._count(mail_id)
        except Exception as error:
            self._troubled[mail_id] = self._now() + TROUBLE_PAUSE
            log.exception("cannot judge a message; trying again in a minute", mail=mail_id)
            await self._count(mail_id, "failed")
            await self._tell(mail_id, f"{type(error).__name__}: {error}")

    async def _count(self, mail_id: str, trouble: str = "") -> None:
        if self._figures is not None:
            await self._figures.judged(mail_id, trouble)

    async def _tell(self, mail_id: str, why: str) -> None:
        """Tell the operator of a message that could not be judged for long."""
        try:
            await self._db.write(mailbox.tell_unjudged, self._office, mail_id, why, self._now())
        except Exception:
            log.exception("cannot tell the operator of a message that cannot be judged", mail=mail_id)
