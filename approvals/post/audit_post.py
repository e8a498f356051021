"""Audit of what came with mail: kept files and letters that were given up, held against the chain."""

import hashlib
from collections.abc import Iterable, Iterator

from sqlmodel import select

from approvals.transaction import Transaction
from models.application import Application
from models.attachment import Attachment, AttachmentContent
from models.event import Event, EventKind
from models.letter import Letter
from models.undelivered import Undelivered


def faults(tx: Transaction, app: Application, events: list[Event]) -> Iterator[tuple[int, str]]:
    """Yield where tables and chain disagree: the event's number, 0 where none is concerned, and why."""
    yield from _files(tx, app, [e for e in events if e.kind is EventKind.ATTACHMENTS_KEPT])
    yield from _letters(tx, app, [e for e in events if e.kind is EventKind.LETTER_BOUNCED])


def _files(tx: Transaction, app: Application, events: Iterable[Event]) -> Iterator[tuple[int, str]]:
    sealed = {file["id"]: (event, file) for event in events for file in event.payload["files"]}
    rows = {row.id: row for row in tx.exec(select(Attachment).where(Attachment.application_id == app.id))}
    for missing in set(sealed) - set(rows):
        yield sealed[missing][0].seq, f"the file {missing} that came with a reply is missing"
    for key, row in rows.items():
        if key not in sealed:
            yield 0, f"the file {key} is not on the chain"
            continue
        event, file = sealed[key]
        said = {name: getattr(row, name) for name in ("name", "content_type", "size", "sha256", "seq")}
        about = {name: event.payload[name] for name in ("mail", "task", "decision")}
        if any(file[name] != value for name, value in said.items()) or event.at != row.kept_at:
            yield event.seq, f"the file {key} differs from what was sealed"
        elif about != {"mail": row.mail_id, "task": row.task_id, "decision": row.decision_id}:
            yield event.seq, f"the file {key} is about something else than was sealed"
        elif _digest(tx, row.sha256) != row.sha256:
            yield event.seq, f"the content of the file {key} was altered"


def _digest(tx: Transaction, sha256: str) -> str | None:
    content = tx.exec(select(AttachmentContent.content).where(AttachmentContent.sha256 == sha256)).first()
    return None if content is None else hashlib.sha256(content).hexdigest()


def _letters(tx: Transaction, app: Application, events: Iterable[Event]) -> Iterator[tuple[int, str]]:
    sealed = {event.payload["letter"]: event for event in events}
    given_up = select(Undelivered).join(Letter).where(Letter.application_id == app.id)
    rows = {row.letter_id: row for row in tx.exec(given_up)}
    for missing in set(sealed) ^ set(rows):
        yield (
            (sealed[missing].seq if missing in sealed else 0),
            f"the report on the letter {missing} is on one side only",
        )
    for letter in set(sealed) & set(rows):
        event, row = sealed[letter], rows[letter]
        said = {"task": row.task_id, "address": row.address, "status": row.status, "reason": row.diagnostic}
        if any(event.payload[name] != value for name, value in said.items()) or event.at != row.reported_at:
            yield event.seq, f"the report on the letter {letter} differs from what was sealed"
