"""Posting: one balanced move of money in the ledger; LedgerEntry: one line of it. Written once, never changed."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word, id_field
from models.ledger import Account, PostingKind
from models.money import Fen
from models.states import Level


class Posting(SQLModel, table=True):
    """Closes its entries, which are written before it: the database takes it only where they balance."""

    __tablename__ = "posting"
    __table_args__ = (Index("posting_of_application", "application_id", "event_seq", unique=True),)

    id: str = id_field()
    #: On whose chain it is sealed, by the event ``event_seq``.
    application_id: str = Field(foreign_key="application.id", max_length=32)
    event_seq: int
    kind: PostingKind = Field(sa_column=Column(Word(PostingKind), nullable=False))
    at: dt.datetime = Field(sa_type=UtcDateTime)


class LedgerEntry(SQLModel, table=True):
    """An amount on one side of an account, in fen."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(
            "debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="an_entry_has_exactly_one_side"
        ),
        Index("entry_of_award", "award"),
    )

    #: Written after its entries, so that the reference is looked at when the transaction commits.
    posting: str = Field(
        sa_column=Column(String(32), ForeignKey("posting.id", deferrable=True, initially="DEFERRED"), primary_key=True)
    )
    line: int = Field(primary_key=True)
    #: Whose award it is about.
    award: str = Field(foreign_key="application.id", max_length=32)
    account: Account = Field(sa_column=Column(Word(Account), nullable=False))
    level: Level = Field(sa_column=Column(Word(Level), nullable=False))
    #: Who pays: ``czt``, ``@city:330100``.
    unit: str = Field(max_length=20)
    measure: int
    #: Of the budget.
    year: int
    debit: Fen = Field(sa_type=BigInteger)
    credit: Fen = Field(sa_type=BigInteger)
