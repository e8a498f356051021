"""Copy (抄送): somebody reads the file and does not decide; the link in the letter shows it and can do nothing."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import col, select

from approvals import letters, queries, tokens
from approvals.chain import changed, record
from approvals.moves import telling
from approvals.moves.mover import Moved, Mover
from approvals.moves.whom import whom
from approvals.office import Office
from approvals.rows import Rows, rows_of
from approvals.tokens import matches
from approvals.transaction import Transaction
from models.application import Application
from models.case.own import is_own
from models.errors import ExpiredToken, LiandongError, UnknownToken
from models.event import EventKind
from models.officer import Officer
from models.road.standing import Standing
from models.secrets import locator
from models.states import Purpose
from models.token import Token


class NotAReader(LiandongError):
    """Whoever the file was copied to answers for the unit no more."""

    zh = "您已不再是该单位的经办人，此链接随之失效。"
    en = "You no longer answer for this unit, and this link shows nothing any more."


@dataclass(frozen=True)
class ReadPage:
    """What somebody sees to whom the file was copied."""

    standing: Standing
    reader: str
    language: str
    rows: Rows | None
    #: Always empty here: the applicant's page says there why an application was withdrawn.
    withdrawn_why: str = ""


def copy(tx: Transaction, office: Office, mover: Mover, to: str, note: str, now: dt.datetime) -> Moved:
    """Write to ``to``, a unit or a person, with a link that shows the file.

    Raises:
        UnknownWhom, NobodyThere: there is nobody to write to.
        OpinionTooLong: see ``note_of``.

    """
    app, place, words = mover.app, mover.place, telling.note_of(note)
    reader = whom(tx, app, to)
    target = reader.officer.email if reader.officer is not None else reader.unit
    about = {"stage": place.stage.id, "task": place.task.id, "unit": place.task.unit, "to": target}
    record(tx, app, EventKind.COPIED, now, by=mover.by, reason=words, **about, **mover.credentials)
    facts = letters.facts_of(tx, app) | letters.stage_facts(app, place.stage, place.planned)
    facts |= {"who": telling.said_by(mover, tx), "opinion": words}
    for officer in reader.officers:
        nonce = tokens.to_read(tx, office, app, place.stage, officer, now)
        key = f"copied:{app.id}:{officer.id}:{app.event_count}"
        to_whom = (officer.email, officer.name, officer.language)
        letters.queue(tx, office, "copied", key, to_whom, facts | {"read_nonce": nonce}, now, app.id)
    changed(tx, app, now)
    count = len(reader.officers)
    return Moved(app.number, f"已抄送 {count} 人，仅供阅看。", f"Copied to {count}, to read only.")


def read_page(tx: Transaction, presented: str, now: dt.datetime) -> ReadPage:
    """Return what the link ``presented`` shows; nothing is locked or changed.

    Raises:
        UnknownToken: altered, cut, or for another door.
        ExpiredToken, NotAReader: its time is over, or the reader's.

    """
    app, officer = _opened(tx, presented, now)
    return ReadPage(queries.standing(tx, app.id), officer.name, officer.language, rows_of(tx, app, app.round))


def read_rows(tx: Transaction, presented: str, now: dt.datetime) -> Rows | None:
    """Return the pieces of the present round; raises as ``read_page`` does."""
    app, _ = _opened(tx, presented, now)
    return rows_of(tx, app, app.round)


def _opened(tx: Transaction, presented: str, now: dt.datetime) -> tuple[Application, Officer]:
    row = tx.exec(
        select(Token, Application, Officer)
        .join(Application, col(Application.id) == Token.application_id)
        .join(Officer, col(Officer.id) == Token.officer_id)
        .where(Token.locator == locator(presented), Token.purpose == Purpose.READ)
    ).first()
    if row is None or not matches(row[0], presented):
        raise UnknownToken
    token, app, officer = row
    if not officer.active or is_own(app, *officer.addresses):
        raise NotAReader
    if now >= token.expires_at:
        raise ExpiredToken
    return app, officer
