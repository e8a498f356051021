"""What letters and pages say about the objection that a task is about."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from approvals.chain import stamp
from approvals.transaction import Transaction
from models.notice import Notice
from models.objection import Objection, ObjectionChannel, ObjectionFile
from models.task import Task


@dataclass(frozen=True)
class FileLine:
    """One file as it is listed: its number, what it is called, and how many bytes it has."""

    seq: int
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ObjectionView:
    """One objection as those see it who answer it."""

    id: str
    seq: int
    name: str
    contact: str
    text: str
    channel: ObjectionChannel
    received_at: dt.datetime
    files: tuple[FileLine, ...]
    #: What the notice says is to be given, by language.
    on_view: dict[str, str]


def view_of(tx: Transaction, task: Task) -> ObjectionView | None:
    """Return the objection that ``task`` is about; None where it is about none."""
    return view(tx, task.subject)


def view(tx: Transaction, objection_id: str) -> ObjectionView | None:
    """Return the objection with this id; None where there is none."""
    found = tx.exec(select(Objection).where(Objection.id == objection_id)).first() if objection_id else None
    if found is None:
        return None
    lines = select(ObjectionFile.seq, ObjectionFile.name, ObjectionFile.size, ObjectionFile.sha256)
    files = tx.exec(lines.where(ObjectionFile.objection_id == found.id).order_by(col(ObjectionFile.seq)))
    return ObjectionView(
        found.id,
        found.seq,
        found.name,
        found.contact,
        found.text,
        found.channel,
        found.received_at,
        tuple(FileLine(*row) for row in files),
        tx.exec(select(Notice.headline).where(Notice.id == found.notice_id)).one()["result"],
    )


def facts_of(tx: Transaction, task: Task) -> dict[str, Any]:
    """Return what every letter about ``task`` says of its objection; nothing where it is about none."""
    found = view_of(tx, task)
    if found is None:
        return {}
    about = {"seq": found.seq, "name": found.name, "received": stamp(found.received_at), "files": len(found.files)}
    return {"objection": about | {"id": found.id}}


def text_of(tx: Transaction, task: Task) -> dict[str, str]:
    """Return what the objection of ``task`` says, for the letter that asks for an answer."""
    found = view_of(tx, task)
    return {} if found is None else {"opinion": found.text}


def file_of(tx: Transaction, task: Task, seq: int) -> ObjectionFile | None:
    """Return file ``seq`` of the objection that ``task`` is about."""
    mine = select(ObjectionFile).where(ObjectionFile.objection_id == task.subject, ObjectionFile.seq == seq)
    return tx.exec(mine).first() if task.subject else None
