"""Objections to an award on view: anybody makes one, the unit that decided answers it, the clock stands meanwhile."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from approvals import asking
from approvals import tasks as work
from approvals.chain import changed, record, stamp
from approvals.late import clock
from approvals.late.calendars import calendar_of
from approvals.notice import notice_stage
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.columns import new_id
from models.event import EventKind
from models.hashing import content_hash, sha256
from models.notice import Notice
from models.objection import Objection, ObjectionChannel, ObjectionFile
from models.policy.notice_rules import (
    PER_CONTACT_AND_DAY,
    PER_NOTICE_AND_DAY,
    NoticeEnded,
    TooManyObjections,
    UnknownNotice,
    check_files,
    checked,
    contact_key,
    days_left,
    file_name,
)
from models.road.route import RouteStage, from_json
from models.stage import Stage
from models.states import StageState


@dataclass(frozen=True)
class SentFile:
    """One file as it came."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Said:
    """What somebody says against an award."""

    name: str
    contact: str
    text: str
    files: tuple[SentFile, ...] = ()
    language: str = "zh"


def object_to(
    tx: Transaction,
    office: Office,
    number: str,
    said: Said,
    channel: ObjectionChannel,
    now: dt.datetime,
    *,
    received_at: dt.datetime | None = None,
    by: str = "objector",
    unkept: int = 0,
) -> Objection:
    """Take an objection to the award of application ``number``: its clock stops, and the unit that decided is asked.

    ``received_at`` is when it reached us, where that was before ``now``; ``unkept`` files came and were not taken.

    Raises:
        WrongObjection: something is missing, too long or too large.
        UnknownNotice: the application was never on view.
        NoticeEnded: too late.
        TooManyObjections: too many today.

    """
    at = received_at or now
    name, contact, text = checked(said.name, said.contact, said.text)
    check_files([(file.name, len(file.content)) for file in said.files])
    app, notice, stage = _on_view(tx, number)
    waiting = notice_stage.unanswered(tx, notice.id)
    stood = bool(waiting) or stage.suspended_at is not None
    if stage.state is not StageState.OPEN or (not stood and at >= stage.due_at):
        raise NoticeEnded
    _check_number(tx, notice, contact, now)
    calendar = calendar_of(tx, now)
    left = None if waiting else days_left(calendar, stage.due_at, stage.suspended_at or at)
    objection = _write(tx, app, notice, Said(name, contact, text, said.files, said.language), channel, at, left)
    planned = from_json(app.route)[stage.position]
    clock.start_anew(tx, stage, planned, now)
    record(
        tx,
        app,
        EventKind.OBJECTION_MADE,
        now,
        stage=stage.id,
        by=by,
        objection=objection.id,
        number=objection.seq,
        channel=channel.value,
        received=stamp(at),
        digest=objection.digest,
        files=len(said.files),
        anew=True,
        due=stamp(stage.due_at),
        **({} if left is None else {"days_left": left}),
    )
    _ask(tx, office, app, stage, planned, objection, now)
    notice_stage.tell(tx, office, app, objection, "objection_received", now, files=len(said.files), unkept=unkept)
    changed(tx, app, now)
    return objection


def _on_view(tx: Transaction, number: str) -> tuple[Application, Notice, Stage]:
    """Lock the application and return it with its newest notice and that notice's stage, read under the lock."""
    app = tx.exec(select(Application).where(Application.number == number).with_for_update()).first()
    if app is None:
        raise UnknownNotice
    newest = (
        select(Notice, Stage)
        .join(Stage, col(Stage.id) == Notice.stage_id)
        .where(Notice.application_id == app.id)
        .order_by(col(Notice.published_at).desc())
        .execution_options(populate_existing=True)
    )
    row = tx.exec(newest.limit(1)).first()
    if row is None:
        raise UnknownNotice
    return app, *row


def _check_number(tx: Transaction, notice: Notice, contact: str, now: dt.datetime) -> None:
    today = select(func.count()).where(
        Objection.notice_id == notice.id, Objection.received_at > now - dt.timedelta(days=1)
    )
    of_contact = tx.exec(today.where(Objection.contact_key == contact_key(contact))).one()
    if of_contact >= PER_CONTACT_AND_DAY or tx.exec(today).one() >= PER_NOTICE_AND_DAY:
        raise TooManyObjections


def _write(
    tx: Transaction,
    app: Application,
    notice: Notice,
    said: Said,
    channel: ObjectionChannel,
    at: dt.datetime,
    left: int | None,
) -> Objection:
    files = [
        {
            "seq": n,
            "name": file_name(file.name),
            "type": " ".join(file.type.split())[:100],
            "size": len(file.content),
            "sha256": sha256(file.content),
        }
        for n, file in enumerate(said.files, 1)
    ]
    last = tx.exec(select(func.max(Objection.seq)).where(Objection.notice_id == notice.id)).one()
    columns: dict[str, Any] = {
        "id": new_id(),
        "application_id": app.id,
        "notice_id": notice.id,
        "seq": (last or 0) + 1,
        "name": said.name,
        "contact": said.contact,
        "contact_key": contact_key(said.contact),
        "text": said.text,
        "language": said.language,
        "channel": channel,
        "received_at": at,
        "days_left": left,
        "digest": digest_of(said.name, said.contact, said.text, files),
    }
    tx.insert(Objection, **columns)
    for row, file in zip(files, said.files, strict=True):
        tx.insert(ObjectionFile, id=new_id(), objection_id=columns["id"], content=file.content, **row)
    tx.write_rows()  # the letter that asks says how many files there are
    return Objection(**columns)


def digest_of(name: str, contact: str, text: str, files: list[dict[str, Any]]) -> str:
    """Return what the chain seals of an objection: who says what, and the hash of each file."""
    return content_hash({"name": name, "contact": contact, "text": text, "files": files})


def _ask(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    planned: RouteStage,
    objection: Objection,
    now: dt.datetime,
) -> None:
    """Ask the unit that decided about ``objection``; it has as many working days as the notice."""
    unit = notice_stage.decides(app)
    found = asking.who_answers(tx, office, app, [unit]).get(unit, [])
    task = work.new(tx, stage, unit, subject=objection.id, asked_instead=asking.other_unit(unit, found))
    work.ask(tx, office, app, stage, planned, task, found, now)
