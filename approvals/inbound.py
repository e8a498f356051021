"""Inbound mail: stored as it came, then judged in one transaction with whatever it decides.

received -> decided | asked_again | not_counted | parked | ignored. A crash between the two leaves a message
`received`, and whoever looks next judges it.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from approvals import letters
from approvals.asked import Asked, check, find, pledges_of
from approvals.chain import record, stamp
from approvals.decide import Answer, Decided, decide
from approvals.office import Office
from approvals.transaction import Transaction
from models.columns import plain
from models.errors import AlreadyDecided, ContentChanged, ExpiredToken, LiandongError, StageClosed, UnknownToken
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.policy import load_policy
from models.secrets import token_hash
from models.states import Channel, MailState, Outcome, Purpose
from models.token import Token

#: A gateway that delivers a message again under another Message-ID does so within minutes; a person who sends
#: the same words again later means it, and is answered again.
SAME_BODY_WITHIN = dt.timedelta(minutes=10)
#: Letters about replies that one person is sent for one task within a day: enough for a person, an end for a loop.
ANSWERS_PER_DAY = 5
ANSWERS = ("ask_again", "not_counted", "parked")
#: What can never be mended by answering the same letter again.
FINAL = (AlreadyDecided, StageClosed, ContentChanged, ExpiredToken, UnknownToken)


@dataclass(frozen=True)
class Reply:
    """A message as far as it could be read."""

    #: Lower case, each once.
    senders: tuple[str, ...]
    outcome: Outcome | None = None
    opinion: str = ""
    #: What shows that no person wrote it.
    automatic: str | None = None
    #: Why it has no outcome: a short English key for the record, and a sentence in both languages.
    problem: str = ""
    sentence: tuple[str, str] = ("", "")
    #: True where nothing in it could be trusted, not even the sender.
    unreadable: bool = False


def receive(
    tx: Transaction, raw: bytes, sender: str, recipient: str, message_id: str, body_hash: str, now: dt.datetime
) -> str | None:
    """Store a message to a reply address; return its id, or None where it is here already.

    ``sender`` is the address in From: the same words from another address are another message, or a stranger
    could suppress an answer by sending it first.
    """
    token = token_of(recipient)
    key = f"{token_hash(token)}:{message_id}"
    same = select(InboundMail.id).where(
        (col(InboundMail.key) == key)
        | (
            (col(InboundMail.recipient) == recipient)
            & (col(InboundMail.sender) == sender)
            & (col(InboundMail.body_hash) == body_hash)
            & (col(InboundMail.received_at) > now - SAME_BODY_WITHIN)
        )
    )
    if tx.exec(same).first() is not None:
        return None
    mail = InboundMail(
        key=key,
        message_id=message_id,
        body_hash=body_hash,
        sender=sender[:320],
        recipient=recipient,
        raw=raw,
        received_at=now,
        state=MailState.RECEIVED,
    )
    try:
        with tx.begin_nested():
            tx.add(mail)
    except IntegrityError:  # delivered twice at the same moment
        return None
    return mail.id


def token_of(recipient: str) -> str:
    """Return the token in ``reply+<token>@domain``."""
    return recipient.partition("@")[0].partition("+")[2]


def unjudged(tx: Transaction, limit: int = 50) -> list[str]:
    """Return the ids of messages that wait to be judged, the oldest first."""
    waiting = select(InboundMail.id).where(InboundMail.state == MailState.RECEIVED)
    return list(tx.exec(waiting.order_by(col(InboundMail.received_at)).limit(limit)))


def raw_of(tx: Transaction, mail_id: str) -> bytes:
    """Return a message as it came."""
    return tx.exec(select(InboundMail.raw).where(InboundMail.id == mail_id)).one()


def judge(tx: Transaction, office: Office, mail_id: str, reply: Reply, now: dt.datetime) -> MailState:
    """Do what the message says, or say why not. A message that was judged already stays as it was."""
    mail = tx.exec(select(InboundMail).where(InboundMail.id == mail_id).with_for_update()).one()
    if mail.state is not MailState.RECEIVED:
        return mail.state
    mail.state, mail.why = _judge(tx, office, mail, reply, now)
    mail.judged_at = now
    return mail.state


def _judge(tx: Transaction, office: Office, mail: InboundMail, reply: Reply, now: dt.datetime) -> tuple[MailState, str]:
    presented = token_of(mail.recipient)
    asked = find(tx, presented)
    mail.application_id = None if asked is None else asked.app.id
    if reply.automatic is not None:
        return MailState.IGNORED, f"automatic: {reply.automatic}"[:500]
    if asked is None:
        # `decide` puts it onto the chain where the address was made of another door's token.
        decide(tx, office, presented, Answer(reply.outcome or Outcome.APPROVE), Channel.REPLY, now)
        return MailState.PARKED, "no such reply address"
    case = _Case(tx, office, mail, asked, now)
    if reply.unreadable:
        case.refuse("unreadable", problem=reply.problem)
        case.ask_again(reply.sentence)
        return MailState.PARKED, f"unreadable: {reply.problem}"[:500]
    if reply.senders != (asked.officer.email.lower(),):
        return _from_another_address(case, reply)
    return _from_the_person_asked(case, presented, reply)


def _from_another_address(case: "_Case", reply: Reply) -> tuple[MailState, str]:
    """Nothing is decided; the person asked is told, the stranger is not."""
    case.refuse("another address", **{"from": list(reply.senders)})
    case.tell("parked", {"senders": list(reply.senders), "expected": case.asked.officer.email})
    return MailState.PARKED, f"from another address: {', '.join(reply.senders) or 'none'}"[:500]


def _from_the_person_asked(case: "_Case", presented: str, reply: Reply) -> tuple[MailState, str]:
    tx, now = case.tx, case.now
    if reply.outcome is None:
        try:
            check(case.asked, presented, Channel.REPLY, now)
        except LiandongError as error:
            case.refuse(type(error).__name__)
            return case.not_counted(error)
        case.refuse("unclear", problem=reply.problem)
        case.ask_again(reply.sentence)
        return MailState.ASKED_AGAIN, reply.problem
    answer = Answer(reply.outcome, reply.opinion)
    match decide(tx, case.office, presented, answer, Channel.REPLY, now):
        case Decided():
            case.tell("recorded", {"outcome": reply.outcome.value, "opinion": plain(reply.opinion), "at": stamp(now)})
            return MailState.DECIDED, reply.outcome.value
        case refused if isinstance(refused.error, FINAL):
            return case.not_counted(refused.error)
        case refused:
            case.ask_again((refused.error.zh, refused.error.en))
            return MailState.ASKED_AGAIN, type(refused.error).__name__


@dataclass
class _Case:
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
        facts: dict[str, object] = {"reason": {"zh": error.zh, "en": error.en}}
        decision = next((d for t, d in self.asked.tasks if t.id == self.asked.task.id and d), None)
        if decision is not None and isinstance(error, AlreadyDecided):
            facts["decided"] = {"outcome": decision.outcome.value, "at": stamp(decision.decided_at)}
        self.tell("not_counted", facts)
        return MailState.NOT_COUNTED, type(error).__name__

    def tell(self, kind: str, said: dict[str, object]) -> None:
        """Write to the person asked; about replies that decided nothing only so often a day."""
        asked, officer = self.asked, self.asked.officer
        if kind in ANSWERS and self._answered_today() >= ANSWERS_PER_DAY:
            return
        facts = letters.facts_of(asked.app) | letters.stage_facts(asked.app, asked.stage, asked.planned)
        facts |= {
            "unit": letters.names(load_policy(asked.app.policy).unit_name(asked.task.unit)),
            "received": stamp(self.mail.received_at),
        } | said
        if asked.planned.fixes_award:
            facts["pledges"] = {level.value: fen for level, fen in pledges_of(self.tx, asked.app).items()}
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

    def _answered_today(self) -> int:
        asked = self.asked
        about = f"%:{asked.task.id}:{asked.officer.id}:%"
        written = select(func.count()).where(
            Letter.application_id == asked.app.id,
            col(Letter.kind).in_(ANSWERS),
            col(Letter.key).like(about),
            Letter.written_at > self.now - dt.timedelta(days=1),
        )
        return self.tx.exec(written).one()
