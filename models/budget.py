"""Budget: what a unit may award under a measure in a year, as it was recorded; Allotment: how much of it is taken."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, id_field
from models.money import Fen


class Budget(SQLModel, table=True):
    """The whole budget of a unit, measure and year as somebody granted it; the row recorded last counts."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="budget_not_negative"),
        Index("budget_of_unit", "policy", "unit", "measure", "year"),
    )

    id: str = id_field()
    policy: str = Field(max_length=60)
    #: Who pays: ``czt``, ``@city:330100``.
    unit: str = Field(max_length=20)
    measure: int
    year: int
    #: In fen.
    amount: Fen = Field(sa_type=BigInteger)
    #: The day of the document that grants it, and the document.
    granted_on: dt.date
    source: str = Field(max_length=300)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)


class Allotment(SQLModel, table=True):
    """The running row of a budget, locked by every determination; the database refuses the fen too many."""

    __tablename__ = "allotment"
    __table_args__ = (
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("granted IS NULL OR reserved <= granted", name="reserved_within_its_budget"),
    )

    policy: str = Field(primary_key=True, max_length=60)
    unit: str = Field(primary_key=True, max_length=20)
    measure: int = Field(primary_key=True)
    year: int = Field(primary_key=True)
    #: In fen; None: no budget was recorded, so that nothing limits it.
    granted: Fen | None = Field(default=None, sa_type=BigInteger)
    #: What awards have taken, in fen.
    reserved: Fen = Field(sa_type=BigInteger)
