"""Piece: one row of a batch, as it was applied for."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn
from models.money import Fen


class Piece(SQLModel, table=True):
    """One piece of one round of an application; written once."""

    __tablename__ = "piece"
    __table_args__ = (Index("piece_by_key", "key"),)

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    round: int = Field(primary_key=True)
    #: The line of the file.
    line: int = Field(primary_key=True)
    #: What the piece is called, without width, case and spaces.
    key: str = Field(max_length=200)
    #: The cells of the row, as they were written.
    stated: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    amount: Fen = Field(sa_type=BigInteger)
