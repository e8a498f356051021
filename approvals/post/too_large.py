"""Too large: a message over the size limit is read by nobody, and nobody is left in the dark about it.

At the door of a mail server it is refused, so that its sender hears of it; from a mailbox it is put aside, its
headers are kept as a parked message, and the operator is told where it lies. Either way the refusal is on the chain of
the task that its address names.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlmodel import col, select

from approvals import inbound, letters
from approvals.asked import Asked, check, find
from approvals.chain import record, stamp
from approvals.notice import objection_mail
from approvals.office import Office
from approvals.post import bounced
from approvals.reply_case import Case
from approvals.transaction import Transaction
from models.application import Application
from models.errors import LiandongError
from models.event import Event, EventKind
from models.inbound_mail import InboundMail
from models.states import Channel, MailState

WHY = "message too large"
#: Refusals at the door for one task are put onto its chain so often.
ONCE_IN = dt.timedelta(hours=1)
#: Of the headers so much is kept.
MAX_HEAD = 65_536


@dataclass(frozen=True)
class TooLarge:
    """A message that was put aside unread: what its headers say, bytes, and where it lies."""

    head: bytes
    #: Lower case, each once.
    senders: tuple[str, ...]
    subject: str
    message_id: str
    size: int
    #: The limit.
    most: int
    where: str
    #: What shows that no person wrote it.
    automatic: str | None = None


def megabytes(size: int) -> str:
    """Return a size as people read it, in millions of bytes, rounded up."""
    return f"{-(-size // 100_000) / 10:.1f}"


def refuse(tx: Transaction, recipient: str, most: int, now: dt.datetime) -> bool:
    """Put onto the chain that a mail server was refused a message to ``recipient``; return whether it was."""
    asked = _asked(tx, recipient)
    if asked is None or _refused_lately(tx, asked, now):
        return False
    who, task = asked.officer.email, asked.task.id
    about = {"officer": who, "channel": Channel.REPLY.value, "task": task, "why": WHY}
    record(tx, asked.app, EventKind.ANSWER_REFUSED, now, **about, most=most)
    return True


def _refused_lately(tx: Transaction, asked: Asked, now: dt.datetime) -> bool:
    events = select(Event.payload).where(
        Event.application_id == asked.app.id, Event.kind == EventKind.ANSWER_REFUSED, Event.at > now - ONCE_IN
    )
    return any(said["why"] == WHY and said.get("task") == asked.task.id for said in tx.exec(events))


def park(tx: Transaction, office: Office, message: TooLarge, recipient: str, now: dt.datetime) -> str | None:
    """Keep the headers of a message, and tell operator and whoever was asked; None where it was kept before."""
    head = message.head[:MAX_HEAD]
    digest = hashlib.sha256(head + str(message.size).encode()).hexdigest()
    sender, message_id = ", ".join(message.senders)[:320], message.message_id or f"<sha256-{digest}@unread.invalid>"
    mail_id = inbound.receive(tx, head, sender, recipient, message_id, digest, now)
    if mail_id is None:
        return None
    mail, asked = tx.get_one(InboundMail, mail_id), _asked(tx, recipient)
    mail.state, mail.judged_at = MailState.PARKED, now
    mail.why = f"too large: {megabytes(message.size)} MB, of which {message.where} has all"[:500]
    app = asked.app if asked else _objected_to(tx, recipient)
    mail.application_id = app.id if app else None
    if asked is not None:
        _refuse(Case(tx, office, mail, asked, now), message)
    _tell_operator(tx, office, mail, asked, app, message)
    return mail_id


def _asked(tx: Transaction, recipient: str) -> Asked | None:
    """Return what a reply address asks; the application's row is locked."""
    if objection_mail.is_objection(recipient) or bounced.is_bounce(recipient):
        return None
    return find(tx, inbound.token_of(recipient))


def _objected_to(tx: Transaction, recipient: str) -> Application | None:
    if not objection_mail.is_objection(recipient):
        return None
    return tx.exec(select(Application).where(col(Application.number) == objection_mail.number_in(recipient))).first()


def _refuse(case: Case, message: TooLarge) -> None:
    """Tell whoever was asked, unless a machine wrote it: at the address that was asked, whatever its From says."""
    case.refuse(WHY, bytes=message.size, most=message.most)
    if message.automatic is not None:
        return
    expected = case.asked.officer
    if len(message.senders) != 1 or message.senders[0] not in expected.addresses:
        case.tell("parked", {"senders": list(message.senders), "expected": expected.email})
        return
    try:
        check(case.tx, case.asked, inbound.token_of(case.mail.recipient), Channel.REPLY, case.now)
    except LiandongError as error:
        case.not_counted(error)
        return
    case.ask_again(_sentence(message))


def _sentence(message: TooLarge) -> tuple[str, str]:
    size, most = megabytes(message.size), megabytes(message.most)
    return (
        f"来信有 {size} MB，超过上限 {most} MB，没有读取；请减少附件再答复，或打开下面的链接办理。"
        "如不是您本人所发，请通知运行人员。",
        f"It has {size} MB, more than the {most} MB that are read; answer with fewer files, or behind the link below."
        " If it was not you who wrote, tell the operator.",
    )


def _tell_operator(
    tx: Transaction, office: Office, mail: InboundMail, asked: Asked | None, app: Application | None, message: TooLarge
) -> None:
    facts = letters.facts_of(tx, app) if app else {"number": ""}
    facts |= {
        "door": mail.recipient.partition("+")[0],
        "who": asked.officer.email if asked else "",
        "sender": ", ".join(message.senders)[:320],
        "about": message.subject,
        "size": megabytes(message.size),
        "most": megabytes(message.most),
        "where": message.where,
        "mail": mail.id[:8],
        "at": stamp(mail.received_at),
    }
    key = f"too_large:{mail.id}"
    letters.tell_operator(tx, office, "too_large", key, facts, mail.received_at, app.id if app else None)
