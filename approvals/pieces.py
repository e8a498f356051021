"""The pieces of a batch: kept with their round, and none applied for twice."""

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.transaction import Transaction
from models.application import Application
from models.case.batch import Batch, check_rows
from models.errors import Fault, RefusedApplication
from models.files.row_file import Row, place
from models.money import yuan
from models.piece import Piece
from models.policy.measure import Measure

#: So many pieces that stand elsewhere are named.
MAX_NAMED = 20


#: Two batches under one measure pass here one after the other, so that neither misses the other's pieces.
_LOCK = sa.text(
    "INSERT INTO tally (policy, ceiling, scope, year, used, most) VALUES (:policy, :ceiling, '', 0, 0, 0)"
    " ON CONFLICT (policy, ceiling, scope, year) DO UPDATE SET most = excluded.most"
)


def keep(tx: Transaction, app: Application, batch: Batch | None) -> None:
    """Keep the pieces of the round that ``app`` is in.

    Raises:
        RefusedApplication: a piece stands in another live or awarded application.

    """
    if batch is None:
        return
    tx.execute(_LOCK, {"policy": app.policy, "ceiling": f"{app.measure}.pieces"})
    for row in batch.rows:
        tx.insert(
            Piece,
            application_id=app.id,
            round=app.content_round,
            line=row.line,
            key=row.key,
            stated=dict(row.stated),
            amount=row.amount,
        )
    tx.write_rows()
    if faults := _twins(tx, app):
        raise RefusedApplication(faults)


_TWINS = sa.text(
    "SELECT mine.line, mine.key, application.number FROM piece AS mine"
    " JOIN piece AS theirs ON theirs.key = mine.key AND theirs.application_id <> mine.application_id"
    " JOIN application ON application.id = theirs.application_id AND application.content_round = theirs.round"
    " WHERE mine.application_id = :id AND mine.round = :round AND application.policy = :policy"
    " AND application.measure = :measure AND application.state NOT IN ('refused', 'withdrawn')"
    " ORDER BY mine.line LIMIT :most"
)


def _twins(tx: Transaction, app: Application) -> list[Fault]:
    """Return a fault for each piece that another application under the same measure has, too."""
    where = {"id": app.id, "round": app.content_round, "policy": app.policy, "measure": app.measure, "most": MAX_NAMED}
    return [
        Fault(
            place(line),
            f"“{key}”已在申请 {number} 中申请过；每件只能申请一次",
            f"“{key}” is applied for in {number} already; a piece is applied for once",
        )
        for line, key, number in tx.execute(_TWINS, where)
    ]


def pieces_of(tx: Transaction, app: Application, limit: int | None = None) -> list[Piece]:
    """Return the pieces of the application's round in the order of their file, the first ``limit`` of them."""
    mine = select(Piece).where(Piece.application_id == app.id, Piece.round == app.content_round)
    return list(tx.exec(mine.order_by(col(Piece.line)).limit(limit)))


def batch_of(tx: Transaction, app: Application, measure: Measure) -> Batch | None:
    """Return the batch of the application's round, checked anew; None where it has no rows."""
    rows = [Row(p.line, p.stated | {"amount": yuan(p.amount)}, {}) for p in pieces_of(tx, app)]
    return check_rows(rows, measure, app.option) if rows else None
