"""The objections to an application's notices with their answers, for the operator."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import col, select

from approvals.transaction import Transaction
from models.application import Application
from models.objection import Objection, ObjectionAnswer, ObjectionChannel, ObjectionFile, ObjectionResult


@dataclass(frozen=True)
class ObjectionLine:
    """One objection and what it got for an answer, if it got one."""

    seq: int
    name: str
    contact: str
    text: str
    channel: ObjectionChannel
    received_at: dt.datetime
    #: Name, SHA-256 and content of each file.
    files: tuple[tuple[str, str, bytes], ...]
    result: ObjectionResult | None
    answer: str
    unit: str
    answered_at: dt.datetime | None


def objections_of(tx: Transaction, number: str) -> list[ObjectionLine]:
    """Return every objection to the notices of application ``number``, in the order in which they came."""
    rows = tx.exec(
        select(Objection, ObjectionAnswer)
        .join(Application, col(Application.id) == Objection.application_id)
        .outerjoin(ObjectionAnswer, col(ObjectionAnswer.objection_id) == Objection.id)
        .where(Application.number == number)
        .order_by(col(Objection.received_at))
    )
    return [_line(tx, objection, answer) for objection, answer in rows]


def _line(tx: Transaction, objection: Objection, answer: ObjectionAnswer | None) -> ObjectionLine:
    mine = select(ObjectionFile).where(ObjectionFile.objection_id == objection.id)
    return ObjectionLine(
        seq=objection.seq,
        name=objection.name,
        contact=objection.contact,
        text=objection.text,
        channel=objection.channel,
        received_at=objection.received_at,
        files=tuple((f.name, f.sha256, f.content) for f in tx.exec(mine.order_by(col(ObjectionFile.seq)))),
        result=answer.result if answer else None,
        answer=answer.text if answer else "",
        unit=answer.unit if answer else "",
        answered_at=answer.answered_at if answer else None,
    )
