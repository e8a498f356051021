"""One reply about one task, while it is judged: what goes onto the chain, and what the person is told."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from approvals import letters
from approvals.asked import Asked
from approvals.briefing import stated_award
from approvals.chain import record, stamp
from approvals.editions import policy_of
from approvals.late import clock
from approvals.moves.take_back import NotYours, TooLate
from approvals.office import Office
from approvals.transaction import Transaction
from models.deputy import DeputyshipEnded
from models.errors import (
    AlreadyDecided,
    ContentChanged,
    ExpiredToken,
    LiandongError,
    Recused,
    StageClosed,
    Suspended,
    UnknownToken,
)
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.officer import Officer
from models.states import Channel, MailState, Purpose
from models.token import Token

#: What can never be mended by answering the same letter again.
FINAL = (
    AlreadyDecided,
    StageClosed,
    ContentChanged,
    ExpiredToken,
    UnknownToken,
    Suspended,
    DeputyshipEnded,
    Recused,
    TooLate,
    NotYours,
)
#: Letters about replies that one person is sent for one task within a day: enough for a person, an end for a loop.
ANSWERS_PER_DAY = 5
#: Counted by themselves: a stranger's mail must not use up what its own sender is told.
ANSWERS = (("ask_again", "not_counted"), ("parked",))


@dataclass
class Case:
    """One message about one task, while it is judged."""

    tx: Transaction
    office: Office
    mail: InboundMail
    asked: Asked
    now: dt.datetime

    def refuse(self, why: str, **said: object) -> None:
        """Put onto the chain that an answer was not counted."""
        app, who = self.asked.app, self.asked.officer.email
        about = {"officer": who, "channel": Channel.REPLY.value, "task": self.asked.task.id, "why": why}
        record(self.tx, app, EventKind.ANSWER_REFUSED, self.now, **about, **said)

    def ask_again(self, sentence: tuple[str, str]) -> None:
        """Say why nothing was decided and how to answer; link and reply address are those of the first letter."""
        asked, (zh, en) = self.asked, sentence
        link = self.tx.exec(
            select(Token.nonce)
            .where(
                Token.task_id == asked.task.id,
                Token.officer_id == asked.officer.id,
                Token.purpose == Purpose.DECIDE,
            )
            .order_by(col(Token.issued_at).desc())
        ).first()
        facts: dict[str, object] = {
            "reason": {"zh": zh, "en": en},
            "reply_nonce": asked.token.nonce,
            "link_nonce": link,
        }
        self.tell("ask_again", facts)

    def not_counted(self, error: LiandongError) -> tuple[MailState, str]:
        """Say that it is too late or the wrong address, and who decided what where that is so."""
        facts: dict[str, Any] = {"reason": {"zh": error.zh, "en": error.en}}
        decision = next((d for t, d in self.asked.tasks if t.id == self.asked.task.id and d), None)
        if decision is not None and isinstance(error, AlreadyDecided):
            facts["decided"] = {"outcome": decision.outcome.value, "at": stamp(decision.decided_at)}
            by = self.tx.exec(select(Officer.unit).where(Officer.id == decision.officer_id)).first()
            if by is not None and by != self.asked.task.unit:
                facts["decided"] |= {"who": letters.names(policy_of(self.tx, self.asked.app).unit_name(by))}
        self.tell("not_counted", facts)
        return MailState.NOT_COUNTED, type(error).__name__

    def not_done(self, error: LiandongError) -> tuple[MailState, str]:
        """Say why a verb refused: where another answer cannot mend it, that it does not count; else ask again."""
        if isinstance(error, FINAL):
            return self.not_counted(error)
        self.ask_again((error.zh, error.en))
        return MailState.ASKED_AGAIN, type(error).__name__

    def tell(self, kind: str, said: dict[str, object]) -> None:
        """Write to the person asked; about replies that decided nothing only so often a day."""
        asked, officer = self.asked, self.asked.officer
        if any(kind in alike and self._written_today(alike) >= ANSWERS_PER_DAY for alike in ANSWERS):
            return
        facts = letters.facts_of(self.tx, asked.app) | letters.stage_facts(asked.app, asked.stage, asked.planned)
        facts |= (
            letters.unit_facts(self.tx, asked.app, asked.task, officer)
            | {
                "received": stamp(self.mail.received_at),
            }
            | said
        )
        facts |= clock.otherwise(self.tx, asked.stage, asked.planned, self.now)
        if asked.planned.fixes_award:
            facts |= stated_award(self.tx, asked.app, asked.planned)
        letters.queue(
            self.tx,
            self.office,
            kind,
            f"{kind}:{asked.task.id}:{officer.id}:{self.mail.id}",
            (officer.email, officer.name, officer.language),
            facts,
            self.now,
            asked.app.id,
        )

    def _written_today(self, kinds: tuple[str, ...]) -> int:
        asked = self.asked
        about = f"%:{asked.task.id}:{asked.officer.id}:%"
        written = select(func.count()).where(
            Letter.application_id == asked.app.id,
            col(Letter.kind).in_(kinds),
            col(Letter.key).like(about),
            Letter.written_at > self.now - dt.timedelta(days=1),
        )
        return self.tx.exec(written).one()
