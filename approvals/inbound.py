"""Inbound mail: stored as it came, then judged in one transaction with whatever it decides.

received -> decided | moved | asked_again | not_counted | parked | ignored. A crash between the two leaves a message
`received`, and whoever looks next judges it; so does a name server that is away, for some hours.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from approvals.answer import Answer, Decided, NotDecided
from approvals.asked import Asked, check, find
from approvals.chain import stamp
from approvals.decide import decide, record_foreign
from approvals.duties import Progressing, Reported, report
from approvals.moves.wish import Wish
from approvals.notice import objection_mail
from approvals.office import Office
from approvals.post import attachments, away, bounced, loops
from approvals.post.about import About
from approvals.post.attachments import ReceivedFile
from approvals.reply_case import Case
from approvals.reply_moves import move
from approvals.transaction import Transaction
from models.authenticity import Authenticity
from models.columns import plain
from models.errors import (
    LiandongError,
)
from models.inbound_mail import InboundMail
from models.secrets import locator, token_hash
from models.states import Channel, Level, MailState, Outcome
from models.sums import names_a_sum
from models.token import Token

#: A gateway that delivers a message again under another Message-ID does so within minutes; a person who sends
#: the same words again later means it, and is answered again.
SAME_BODY_WITHIN = dt.timedelta(minutes=10)
#: The problem of an approval beside a sum: a plain approval is for the sum as stated.
OTHER_SUM = "AMOUNT_IN_OPINION"
OTHER_SUM_SENTENCE = (
    "您的意见提到了金额或调整；回复“同意”只能按来函所列金额办理。如需变更金额，请打开下面的链接办理；"
    "如按所列金额同意，请再次回复，意见中不写金额。",
    "Your opinion names a sum or a change of one, and a reply can only approve the sum as stated. Another amount needs"
    " the page behind the link below; to approve as stated, reply again without a sum.",
)


@dataclass(frozen=True)
class Reply:
    """A message as far as it could be read."""

    #: Lower case, each once.
    senders: tuple[str, ...]
    outcome: Outcome | None = None
    opinion: str = ""
    #: True for a report on a duty that is not done: it has no outcome, and its task stays open.
    in_progress: bool = False
    #: A move instead of an answer.
    wish: Wish | None = None
    #: What shows that no person wrote it.
    automatic: str | None = None
    #: Why it has no outcome: a short English key for the record, and a sentence in both languages.
    problem: str = ""
    sentence: tuple[str, str] = ("", "")
    #: True where nothing but its headers could be read.
    unreadable: bool = False
    #: The subject, where an officer's mailbox says by itself that the officer is away.
    away: str | None = None
    #: What came with it.
    files: tuple[ReceivedFile, ...] = ()
    #: Whether its From is proven.
    authenticity: Authenticity = field(default_factory=Authenticity)


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


def is_known(tx: Transaction, recipient: str) -> bool:
    """Tell whether a letter may carry this reply address, or one that it was altered from or another door's."""
    if objection_mail.is_objection(recipient):
        return objection_mail.is_known(tx, recipient)
    if bounced.is_bounce(recipient):
        return bounced.is_known(tx, recipient)
    found = select(Token.id).where(Token.locator == locator(token_of(recipient)))
    return tx.exec(found.limit(1)).first() is not None


def unjudged(tx: Transaction, skip: Collection[str] = (), limit: int = 50) -> list[str]:
    """Return the ids of messages that wait to be judged, the oldest first, without those in ``skip``."""
    waiting = select(InboundMail.id).where(InboundMail.state == MailState.RECEIVED)
    if skip:
        waiting = waiting.where(col(InboundMail.id).not_in(skip))
    return list(tx.exec(waiting.order_by(col(InboundMail.received_at)).limit(limit)))


def judge(tx: Transaction, office: Office, mail_id: str, reply: Reply, now: dt.datetime) -> MailState:
    """Do what the message says, or say why not. A message that was judged already stays as it was.

    One whose sender cannot be looked up now stays as well, and is judged again later.
    """
    mail = tx.exec(select(InboundMail).where(InboundMail.id == mail_id).with_for_update()).one()
    if mail.state is not MailState.RECEIVED:
        return mail.state
    mail.checks = reply.authenticity.as_json()
    if _waits(office, mail, reply, now):
        mail.why = f"waits: {reply.authenticity.why}"[:500]
        return mail.state
    mail.state, mail.why = _judge(tx, office, mail, reply, now)
    mail.judged_at = now
    attachments.keep(tx, office, mail, token_of(mail.recipient), reply.files, now)
    return mail.state


def _waits(office: Office, mail: InboundMail, reply: Reply, now: dt.datetime) -> bool:
    """Tell whether the sender can be proven later, and that is soon enough."""
    until = mail.received_at + dt.timedelta(hours=office.unproven_hours)
    wanted = office.replies_must_be_authentic and reply.automatic is None
    return wanted and reply.authenticity.temporary and now < until


def _judge(tx: Transaction, office: Office, mail: InboundMail, reply: Reply, now: dt.datetime) -> tuple[MailState, str]:
    presented = token_of(mail.recipient)
    asked = find(tx, presented)
    mail.application_id = None if asked is None else asked.app.id
    if loops.is_ours(tx, mail):
        return MailState.IGNORED, loops.OURS
    if reply.away is not None and asked is not None:
        return away.note(
            tx, office, About(asked.app, asked.stage, asked.task, asked.officer), reply.senders, reply.away, now
        )
    if reply.automatic is not None:
        return MailState.IGNORED, f"automatic: {reply.automatic}"[:500]
    if asked is None:
        record_foreign(tx, presented, Channel.REPLY, now)
        return MailState.PARKED, "no such reply address"
    case = Case(tx, office, mail, asked, now)
    if len(reply.senders) != 1 or reply.senders[0] not in asked.officer.addresses:
        return _from_another_address(case, reply)
    if office.replies_must_be_authentic and not reply.authenticity.proof:
        return _not_authentic(case, reply)
    return _from_the_person_asked(case, presented, reply)


def _from_another_address(case: Case, reply: Reply) -> tuple[MailState, str]:
    """Nothing is decided; the person asked is told, the stranger is not."""
    case.refuse("another address", **{"from": list(reply.senders)})
    case.tell("parked", {"senders": list(reply.senders), "expected": case.asked.officer.email})
    return MailState.PARKED, f"from another address: {', '.join(reply.senders) or 'none'}"[:500]


def _not_authentic(case: Case, reply: Reply) -> tuple[MailState, str]:
    """Nothing is decided: anybody can write a From; the person asked is told."""
    checks = {check.name: check.result.value for check in reply.authenticity.checks}
    case.refuse("not authenticated", checks=checks)
    case.tell("parked", {"senders": list(reply.senders), "expected": case.asked.officer.email, "unproven": True})
    return MailState.PARKED, f"not authenticated: {reply.authenticity.why}"[:500]


def _from_the_person_asked(case: Case, presented: str, reply: Reply) -> tuple[MailState, str]:
    problem, sentence = (OTHER_SUM, OTHER_SUM_SENTENCE) if _other_sum(case, reply) else (reply.problem, reply.sentence)
    if reply.in_progress:
        return _report(case, presented, reply)
    if reply.wish is not None and not problem:
        return move(case, presented, reply.wish)
    if reply.outcome is not None and not problem:
        return _answer(case, presented, reply, reply.outcome)
    try:
        check(case.tx, case.asked, presented, Channel.REPLY, case.now)
    except LiandongError as error:
        case.refuse(type(error).__name__)
        return case.not_counted(error)
    case.refuse("unreadable" if reply.unreadable else "unclear", problem=problem)
    case.ask_again(sentence)
    if reply.unreadable:
        return MailState.PARKED, f"unreadable: {problem}"[:500]
    return MailState.ASKED_AGAIN, problem


def _other_sum(case: Case, reply: Reply) -> bool:
    """Tell whether an approval that pledges or fixes money names a sum of its own."""
    return moves_money(case.asked) and reply.outcome is Outcome.APPROVE and names_a_sum(reply.opinion)


def moves_money(asked: Asked) -> bool:
    """Tell whether an approval pledges or fixes money."""
    planned, asked_for = asked.planned, asked.asked_for
    pledges = planned.share is not None and asked_for[Level(planned.share)] > 0
    return pledges or (planned.fixes_award and any(asked_for.values()))


def _answer(case: Case, presented: str, reply: Reply, outcome: Outcome) -> tuple[MailState, str]:
    said, proof = Answer(outcome, reply.opinion), reply.authenticity.proof
    answered = decide(case.tx, case.office, presented, said, Channel.REPLY, case.now, proof=proof)
    return _tell(case, reply, answered, outcome.value)


def _report(case: Case, presented: str, reply: Reply) -> tuple[MailState, str]:
    said = Progressing(reply.opinion)
    return _tell(case, reply, report(case.tx, case.office, presented, said, Channel.REPLY, case.now), "in_progress")


def _tell(case: Case, reply: Reply, answered: Decided | Reported | NotDecided, what: str) -> tuple[MailState, str]:
    """Tell the person asked what was recorded, or why nothing was."""
    if not isinstance(answered, NotDecided):
        case.tell("recorded", {"outcome": what, "opinion": plain(reply.opinion), "at": stamp(case.now)})
        return MailState.DECIDED, what
    return case.not_done(answered.error)
