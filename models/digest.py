"""Digest: one letter a morning to an officer, with all that waits; its link opens a page that decides several."""

import datetime as dt

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, id_field


class Digest(SQLModel, table=True):
    """One officer's morning; the secret of the link itself is not here (``models.secrets``)."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("officer_id", "day", name="one_digest_per_officer_and_day"),)

    id: str = id_field()
    officer_id: str = Field(foreign_key="officer.id", max_length=32)
    #: The working day, where the offices are.
    day: dt.date
    #: The nonce of the link to each task that it lists, in their order.
    nonces: list[str] = Field(sa_column=Column(JsonColumn, nullable=False))
    nonce: str = Field(max_length=32)
    #: The first characters of the secret, by which this row is found.
    locator: str = Field(unique=True, max_length=12)
    #: SHA-256 of the whole secret.
    hash: str = Field(max_length=64)
    issued_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
