"""The ledger: what an application moves is posted in the transaction that moves it, and sealed on its chain."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import col, or_, select

from approvals.chain import record
from approvals.transaction import Transaction, insertion
from models import ledger
from models.application import Application
from models.columns import new_id
from models.errors import UnknownApplication
from models.event import EventKind
from models.ledger import Line, PostingKind
from models.posting import LedgerEntry, Posting


@dataclass(frozen=True)
class Posted:
    """One posting with its lines, as people read it."""

    #: Of the application on whose chain it is sealed.
    number: str
    kind: PostingKind
    at: dt.datetime
    seq: int
    lines: tuple[Line, ...]


def post(tx: Transaction, app: Application, kind: PostingKind, lines: Sequence[Line], now: dt.datetime) -> None:
    """Post ``lines`` for ``app``, whose row the transaction has locked; none: nothing is posted.

    Raises:
        Unbalanced: the debits of a unit are not its credits.

    """
    if not lines:
        return
    ledger.check(lines)
    posting, lines = new_id(), [replace(line, award=line.award or app.id) for line in lines]
    rows = [{"posting": posting, "line": n} | line.as_json() for n, line in enumerate(lines, 1)]
    tx.flush()  # the entries refer to the application
    tx.execute(insertion(LedgerEntry), rows)  # before the posting, which closes them
    record(tx, app, EventKind.POSTED, now, posting=posting, why=kind.value, lines=[line.as_json() for line in lines])
    tx.insert(Posting, id=posting, application_id=app.id, event_seq=app.event_count, kind=kind, at=now)


def postings(tx: Transaction, number: str = "") -> list[Posted]:
    """Return every posting, the oldest first; with ``number`` those that it posted or that are about its award.

    Raises:
        UnknownApplication: there is none with that number.

    """
    found = select(Posting, Application.number).join(Application, col(Application.id) == Posting.application_id)
    if number:
        app_id = tx.exec(select(Application.id).where(Application.number == number)).first()
        if app_id is None:
            raise UnknownApplication
        touching = select(LedgerEntry.posting).where(LedgerEntry.award == app_id)
        found = found.where(or_(col(Posting.application_id) == app_id, col(Posting.id).in_(touching)))
    rows = tx.exec(found.order_by(col(Posting.at), Posting.application_id, col(Posting.event_seq))).all()
    kept = lines_of(tx, [posting.id for posting, _ in rows] if number else None)
    return [
        Posted(its_number, posting.kind, posting.at, posting.event_seq, tuple(kept.get(posting.id, ())))
        for posting, its_number in rows
    ]


def lines_of(tx: Transaction, postings_: Sequence[str] | None) -> dict[str, list[Line]]:
    """Return the lines of each of ``postings_`` by its id; of all where None is given."""
    found = select(LedgerEntry).order_by(LedgerEntry.posting, col(LedgerEntry.line))
    if postings_ is not None:
        found = found.where(col(LedgerEntry.posting).in_(postings_))
    lines: dict[str, list[Line]] = {}
    for row in tx.exec(found):
        lines.setdefault(row.posting, []).append(_line(row))
    return lines


def _line(row: LedgerEntry) -> Line:
    return Line(row.account, row.level, row.unit, row.measure, row.year, row.debit, row.credit, row.award)


def all_lines(tx: Transaction, year: int | None = None) -> list[Line]:
    """Return every line of the ledger, or those of one budget year."""
    return [line for lines in lines_of(tx, None).values() for line in lines if year in (None, line.year)]


def about(tx: Transaction, *awards: str) -> list[Line]:
    """Return every line about ``awards``, whoever posted it."""
    rows = tx.exec(select(LedgerEntry).where(col(LedgerEntry.award).in_(awards)).order_by(LedgerEntry.award))
    return [_line(row) for row in rows]
