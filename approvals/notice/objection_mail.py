"""Objections by mail: a message to the address of a notice, stored as it came, then judged.

Anybody may write, so that nothing in the message is believed but that it came: its sender is the contact, and
what is sent back never repeats its words.
"""

import datetime as dt
import re
from dataclasses import dataclass, field

from sqlmodel import col, func, select

from approvals.chain import stamp
from approvals.editions import policy_of
from approvals.letters import names, queue
from approvals.notice import notice_stage, objections
from approvals.notice.objections import Said, SentFile
from approvals.office import Office
from approvals.post import loops
from approvals.transaction import Transaction
from models.address import is_address
from models.application import Application
from models.authenticity import Authenticity
from models.errors import LiandongError
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.notice import Notice
from models.objection import ObjectionChannel
from models.policy.notice_rules import MAX_FILES, MAX_FILES_BYTES, MAX_NAME, MAX_TEXT, file_fault
from models.states import MailState

#: What the local part of an address that takes objections begins with.
PREFIX = "object+"
#: Letters about messages that were not taken, to one address in a day.
REFUSALS_PER_DAY = 3
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_READABLE = (
    "邮件过大、格式损坏或没有内容，无法读取；请在公示页填写，或用纯文本重新发送。",
    "It was too large, broken or empty; use the page of the notice, or send it again as plain text.",
)


@dataclass(frozen=True)
class Mailed:
    """A message to a notice's address, as far as it could be read."""

    #: Lower case, each once.
    senders: tuple[str, ...]
    name: str = ""
    subject: str = ""
    text: str = ""
    files: tuple[SentFile, ...] = ()
    #: What shows that no person wrote it.
    automatic: str | None = None
    #: Why it could not be read, in English, for the operator.
    problem: str = ""
    #: Whether its From is proven; kept, and asked of nobody.
    authenticity: Authenticity = field(default_factory=Authenticity)


def is_objection(recipient: str) -> bool:
    """Return whether ``recipient`` is an address that takes objections."""
    return recipient.startswith(PREFIX)


def number_in(recipient: str) -> str:
    """Return the application's number in ``object+<number>@domain``."""
    return recipient.partition("@")[0].removeprefix(PREFIX).upper()


def is_known(tx: Transaction, recipient: str) -> bool:
    """Return whether the application that ``recipient`` names was ever on view."""
    shown = select(Notice.id).join(Application, col(Application.id) == Notice.application_id)
    return tx.exec(shown.where(Application.number == number_in(recipient)).limit(1)).first() is not None


def judge(tx: Transaction, office: Office, mail_id: str, mailed: Mailed, now: dt.datetime) -> MailState:
    """Take the message as an objection, or say why not. One that was judged already stays as it was."""
    mail = tx.exec(select(InboundMail).where(InboundMail.id == mail_id).with_for_update()).one()
    if mail.state is not MailState.RECEIVED:
        return mail.state
    mail.checks = mailed.authenticity.as_json()
    mail.state, mail.why = _judge(tx, office, mail, mailed, now)
    mail.judged_at = now
    return mail.state


def _judge(
    tx: Transaction, office: Office, mail: InboundMail, mailed: Mailed, now: dt.datetime
) -> tuple[MailState, str]:
    number = number_in(mail.recipient)
    app = tx.exec(select(Application).where(Application.number == number).with_for_update()).first()
    mail.application_id = app.id if app else None
    if loops.is_ours(tx, mail):
        return MailState.IGNORED, loops.OURS
    if mailed.automatic is not None:
        return MailState.IGNORED, f"automatic: {mailed.automatic}"[:500]
    if app is None or len(mailed.senders) != 1 or not is_address(mailed.senders[0]):
        return MailState.PARKED, f"no one sender: {', '.join(mailed.senders) or 'none'}"[:500]
    if mailed.problem:
        _refuse(tx, office, app, mail, mailed, LiandongError(*NOT_READABLE), now)
        return MailState.PARKED, f"unreadable: {mailed.problem}"[:500]
    said, unkept = _said(mailed)
    try:
        objections.object_to(
            tx, office, number, said, ObjectionChannel.MAIL, now, received_at=mail.received_at, unkept=unkept
        )
    except LiandongError as error:
        _refuse(tx, office, app, mail, mailed, error, now)
        return MailState.NOT_COUNTED, type(error).__name__
    return MailState.OBJECTION, f"{len(said.files)} files, {unkept} not taken"


def _said(mailed: Mailed) -> tuple[Said, int]:
    """Return what the message says, and how many of its files are not taken."""
    address = mailed.senders[0]
    files: list[SentFile] = []
    for file in mailed.files:
        room = MAX_FILES_BYTES - sum(len(one.content) for one in files)
        if len(files) < MAX_FILES and len(file.content) <= room and not file_fault(file.name, len(file.content)):
            files.append(file)
    text = (mailed.text.strip() or mailed.subject)[:MAX_TEXT]
    name = (mailed.name or address.partition("@")[0])[:MAX_NAME]
    language = "zh" if _CHINESE.search(f"{text}{name}") else "en"
    return Said(name, address, text, tuple(files), language), len(mailed.files) - len(files)


def _refuse(
    tx: Transaction,
    office: Office,
    app: Application,
    mail: InboundMail,
    mailed: Mailed,
    error: LiandongError,
    now: dt.datetime,
) -> None:
    """Say why the message was not taken; only so often a day, so that no loop goes on."""
    (address,) = mailed.senders
    written = select(func.count()).where(
        Letter.application_id == app.id,
        Letter.kind == "objection_not_taken",
        Letter.address == address,
        Letter.written_at > now - dt.timedelta(days=1),
    )
    if tx.exec(written).one() >= REFUSALS_PER_DAY:
        return
    language = "zh" if _CHINESE.search(f"{mailed.text}{mailed.name}{mailed.subject}") else "en"
    facts = {
        "number": app.number,
        "title": app.title,
        "applicant": app.applicant,
        "policy_title": names(policy_of(tx, app).title),
        "received": stamp(mail.received_at),
        "reason": {"zh": error.zh, "en": error.en},
        "page": notice_stage.page_of(office, app.number),
    }
    to = (address, notice_stage.OBJECTOR[language], language)
    queue(tx, office, "objection_not_taken", f"objection_not_taken:{mail.id}", to, facts, now, app.id)
