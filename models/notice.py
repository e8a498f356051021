"""Notice: what was shown to everybody, byte for byte; FixedAward: what it shows until it ends."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, id_field
from models.money import Fen
from models.states import Level


class Notice(SQLModel, table=True):
    """One public notice: written once, never changed (a trigger sees to that). Its clock is its stage's."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("stage_id", name="one_notice_per_stage"),
        CheckConstraint("working_days >= 5", name="at_least_five_working_days"),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    round: int
    stage_id: str = Field(foreign_key="stage.id", max_length=32)
    #: What lists of notices say: title, applicant, place, unit that decided, result.
    headline: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    #: A whole HTML document with the notice in Chinese and in English.
    html: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    html_sha256: str = Field(max_length=64)
    #: The same as CSV in UTF-8.
    csv: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    csv_sha256: str = Field(max_length=64)
    working_days: int
    published_at: dt.datetime = Field(sa_type=UtcDateTime)
    #: When it ends unless somebody objects.
    ends_at: dt.datetime = Field(sa_type=UtcDateTime)


class FixedAward(SQLModel, table=True):
    """An award that a determination fixed and a notice still shows: it counts under ceilings and against overlaps.

    The row goes when the application ends or goes back: then it is the application's award, or none.
    """

    __tablename__ = "fixed_award"
    __table_args__ = (CheckConstraint("province >= 0 AND city >= 0 AND county >= 0", name="fixed_award_not_negative"),)

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    round: int
    #: In fen.
    province: Fen = Field(sa_type=BigInteger)
    city: Fen = Field(sa_type=BigInteger)
    county: Fen = Field(sa_type=BigInteger)
    #: The year of a ceiling is that of this day.
    fixed_at: dt.datetime = Field(sa_type=UtcDateTime)

    def share(self, level: Level) -> Fen:
        """Return the share of ``level``, in fen."""
        return Fen(getattr(self, level.value))

    @property
    def total(self) -> Fen:
        """Return the whole award, in fen."""
        return Fen(self.province + self.city + self.county)
