"""Experts: who may be drawn for a panel, what they are experts of, where they worked and to whom they are tied."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, id_field


class Expert(SQLModel, table=True):
    """One expert. The letters that ask go to the officer of the unit ``expert:<key>``."""

    __tablename__ = "expert"

    #: ``e00017``.
    key: str = Field(primary_key=True, max_length=12)
    name: str = Field(max_length=200)
    #: Lower case.
    email: str = Field(max_length=254, unique=True)
    language: str = Field(max_length=2)
    #: Keys of a policy's ``expert_fields``.
    fields: list[Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    active: bool = True
    imported_at: dt.datetime = Field(sa_type=UtcDateTime)


class ExpertEmployment(SQLModel, table=True):
    """Where an expert works or worked; an import replaces them all."""

    __tablename__ = "expert_employment"
    __table_args__ = (CheckConstraint("to_day IS NULL OR to_day >= from_day", name="employment_ends_after_it_begins"),)

    id: str = id_field()
    expert_key: str = Field(foreign_key="expert.key", max_length=12, index=True)
    credit_code: str = Field(max_length=18)
    employer: str = Field(max_length=200)
    from_day: dt.date
    #: The last day; None: still there.
    to_day: dt.date | None = None


class ExpertTie(SQLModel, table=True):
    """Something that an expert declared a tie to: a body by its credit code, or a person."""

    __tablename__ = "expert_tie"
    __table_args__ = (UniqueConstraint("expert_key", "tie", name="one_row_per_tie"),)

    id: str = id_field()
    expert_key: str = Field(foreign_key="expert.key", max_length=12)
    #: As ``models.panel.conflicts.tie_key`` writes it.
    tie: str = Field(max_length=200)
    #: As it was declared.
    declared: str = Field(max_length=200)
