"""Files of a reply that counted: kept as they came with what it did, and never opened.

Who sent something that is not kept is told so.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from approvals import letters
from approvals.chain import changed, record, stamp
from approvals.office import Office
from approvals.post import about
from approvals.post.about import About
from approvals.transaction import Transaction
from models.attachment import Attachment, AttachmentContent, UnknownAttachment
from models.columns import new_id
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.policy.notice_rules import file_name
from models.states import MailState

#: Replies that did something.
COUNTED = (MailState.DECIDED, MailState.MOVED)
#: So many of the files that are not kept are named.
MOST_NAMED = 20


@dataclass(frozen=True)
class ReceivedFile:
    """One file of a message."""

    name: str
    #: What its sender called its type.
    content_type: str
    content: bytes


def keep(
    tx: Transaction, office: Office, mail: InboundMail, token: str, files: tuple[ReceivedFile, ...], now: dt.datetime
) -> None:
    """Keep the files of ``mail``, which was judged in this transaction; say which are not kept, and why."""
    if mail.state not in COUNTED or not files:
        return
    tx.flush()
    app = about.locked(tx, mail.application_id)
    asked = about.of_token(tx, token, app) if app else None
    if asked is None:
        return
    kept: list[dict[str, Any]] = []
    left_out: list[dict[str, Any]] = []
    for file in files:
        name, size = file_name(file.name), len(file.content)
        fault = office.files.fault(name, size, len(kept), sum(one["size"] for one in kept))
        if fault is None:
            kept.append(_keep(tx, asked, mail, file, name, len(kept) + 1, now))
        else:
            left_out.append({"name": name, "size": size, "why": {"zh": fault[0], "en": fault[1]}})
    _seal(tx, asked, mail, kept, left_out, now)
    if left_out:
        _tell(tx, office, asked, mail, kept, left_out, now)


def _keep(
    tx: Transaction, asked: About, mail: InboundMail, file: ReceivedFile, name: str, seq: int, now: dt.datetime
) -> dict[str, Any]:
    """Write one file down; return what is sealed of it."""
    digest = hashlib.sha256(file.content).hexdigest()
    if tx.exec(select(AttachmentContent.sha256).where(AttachmentContent.sha256 == digest)).first() is None:
        try:
            with tx.begin_nested():
                tx.add(AttachmentContent(sha256=digest, content=file.content))
        except IntegrityError:  # kept by another transaction at the same moment
            pass
    said = {"name": name, "content_type": file.content_type[:100], "size": len(file.content), "sha256": digest}
    row = {"id": new_id(), "seq": seq}
    tx.insert(
        Attachment,
        application_id=asked.app.id,
        mail_id=mail.id,
        task_id=asked.task.id,
        decision_id=asked.task.decision_id if mail.state is MailState.DECIDED else None,
        kept_at=now,
        **row,
        **said,
    )
    return row | said


def _seal(
    tx: Transaction,
    asked: About,
    mail: InboundMail,
    kept: list[dict[str, Any]],
    left_out: list[dict[str, Any]],
    now: dt.datetime,
) -> None:
    named = [{"name": one["name"], "size": one["size"], "why": one["why"]["en"]} for one in left_out[:MOST_NAMED]]
    said = {
        "mail": mail.id,
        "by": asked.officer.email,
        "decision": asked.task.decision_id if mail.state is MailState.DECIDED else None,
        "files": kept,
        "left_out": named,
        "left_out_count": len(left_out),
        "reason": "; ".join(_shown(one) for one in kept),
    }
    record(tx, asked.app, EventKind.ATTACHMENTS_KEPT, now, **asked.places, **said)
    changed(tx, asked.app, now)


def _shown(file: dict[str, Any]) -> str:
    """Return a kept file in one line."""
    return f"{file['name']} {file['size']:,} B, sha256 {file['sha256'][:16]}…, {file['id'][:8]}"


def _tell(
    tx: Transaction,
    office: Office,
    asked: About,
    mail: InboundMail,
    kept: list[dict[str, Any]],
    left_out: list[dict[str, Any]],
    now: dt.datetime,
) -> None:
    officer = asked.officer
    facts = letters.facts_of(tx, asked.app) | letters.unit_facts(tx, asked.app, asked.task, officer)
    facts |= {
        "received": stamp(mail.received_at),
        "files": [one["name"] for one in kept],
        "left_out": [{"name": one["name"], "reason": one["why"]} for one in left_out[:MOST_NAMED]],
    }
    address = mail.sender if mail.sender in officer.addresses else officer.email
    to, key = (address, officer.name, officer.language), f"files_not_kept:{mail.id}"
    letters.queue(tx, office, "files_not_kept", key, to, facts, now, asked.app.id)


def of_application(tx: Transaction, application_id: str) -> list[Attachment]:
    """Return the files that came with replies about an application, the oldest first."""
    found = select(Attachment).where(Attachment.application_id == application_id)
    return list(tx.exec(found.order_by(col(Attachment.kept_at), col(Attachment.mail_id), col(Attachment.seq))))


def content_of(tx: Transaction, which: str) -> tuple[Attachment, bytes]:
    """Return one file and its bytes, by its id or the beginning of it.

    Raises:
        UnknownAttachment: there is none, or several begin so.

    """
    begins = col(Attachment.id).startswith(which.strip().lower(), autoescape=True)
    found = tx.exec(select(Attachment).where(begins).limit(2)).all()
    if len(found) != 1 or len(which.strip()) < 4:
        raise UnknownAttachment
    kept = tx.exec(select(AttachmentContent.content).where(AttachmentContent.sha256 == found[0].sha256)).one()
    return found[0], kept
