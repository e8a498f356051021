"""Rows: the pieces of a batch as a page shows them, the first of them at once and all of them part by part."""

from dataclasses import dataclass

from sqlmodel import col, select

from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application, Revision
from models.case.facts import stated
from models.money import Fen
from models.piece import Piece
from models.policy.data import Bilingual
from models.policy.measure import Measure

#: A page shows so many.
SHOWN = 20
#: Facts of these types stand to the right of their column.
NUMBERS = ("money", "rate", "number", "count")

#: A row as it is kept: its line, its cells by column, what it asks for.
Kept = tuple[int, dict[str, str], Fen]


@dataclass(frozen=True)
class Column:
    """One column, by the name of its fact."""

    key: str
    name: Bilingual
    number: bool


@dataclass(frozen=True)
class Shown:
    """One row for people."""

    values: tuple[Bilingual, ...]
    amount: Fen


@dataclass(frozen=True)
class Rows:
    """The rows of one round of an application."""

    application_id: str
    round: int
    #: The application's number.
    number: str
    count: int
    total: Fen
    columns: tuple[Column, ...]
    first: tuple[Shown, ...]


def rows_of(tx: Transaction, app: Application, round_: int) -> Rows | None:
    """Return the rows that ``app`` had in its round ``round_``, the first of them read; None where it had none."""
    sent = select(Revision).where(Revision.application_id == app.id, Revision.round <= round_)
    revision = tx.exec(sent.order_by(col(Revision.round).desc())).first()  # a return to a stage sends nothing new
    if revision is None or "batch" not in revision.content:
        return None
    content, round_ = revision.content, revision.round
    measure = policy_of(tx, app).measures[app.measure]
    batch = measure.options[content["option"]].batch
    assert batch is not None
    columns = tuple(Column(key, measure.facts[key].name, measure.facts[key].type in NUMBERS) for key in batch.columns)
    return Rows(
        application_id=app.id,
        round=round_,
        number=app.number,
        count=content["batch"]["rows"],
        total=content["batch"]["total"],
        columns=columns,
        first=tuple(
            _shown(cells, amount, columns, measure) for _, cells, amount in rows_after(tx, app.id, round_, 0, SHOWN)
        ),
    )


def rows_after(tx: Transaction, application_id: str, round_: int, line: int, limit: int) -> list[Kept]:
    """Return the first ``limit`` rows below ``line`` in the order of their file."""
    below = (
        select(Piece.line, Piece.stated, Piece.amount)
        .where(Piece.application_id == application_id, Piece.round == round_, Piece.line > line)
        .order_by(col(Piece.line))
        .limit(limit)
    )
    return [(at, cells, amount) for at, cells, amount in tx.execute(below)]


def _shown(cells: dict[str, str], amount: Fen, columns: tuple[Column, ...], measure: Measure) -> Shown:
    values = {fact.key: fact.value for fact in stated(cells, measure)}
    return Shown(tuple(values[column.key] for column in columns), amount)
