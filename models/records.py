"""What rules look up: figures and registers that the operator keeps, tallies of awards, and editions of policies."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, id_field


class PolicyEdition(SQLModel, table=True):
    """The data of a policy as an application was judged by them; written once, whatever the folder says later."""

    __tablename__ = "policy_edition"

    #: SHA-256 over the files.
    version: str = Field(primary_key=True, max_length=64)
    policy: str = Field(max_length=60)
    #: The text of each file by its path in the policy's folder.
    files: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    kept_at: dt.datetime = Field(sa_type=UtcDateTime)


class Figure(SQLModel, table=True):
    """The value of one of a policy's figures from a day on; a later row of the same day corrects it."""

    __tablename__ = "figure"
    __table_args__ = (Index("figure_of_place", "policy", "figure", "place", "from_day"),)

    id: str = id_field()
    policy: str = Field(max_length=60)
    figure: str = Field(max_length=60)
    #: GB/T 2260 code of the county or city; empty: everywhere.
    place: str = Field(max_length=6)
    from_day: dt.date
    #: As it was written: ``3.5%``, ``200,000 yuan``.
    value: str = Field(max_length=40)
    #: Who says so: a gazette, a notice, an address.
    source: str = Field(max_length=300)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)


class Registration(SQLModel, table=True):
    """An applicant or project enters or leaves one of a policy's registers; the newest row of a day counts."""

    __tablename__ = "registration"
    __table_args__ = (Index("registration_of_applicant", "policy", "credit_code", "register_key"),)

    id: str = id_field()
    policy: str = Field(max_length=60)
    register_key: str = Field(max_length=60)
    credit_code: str = Field(max_length=18)
    #: The project, where the register lists projects; else empty.
    project_key: str = Field(default="", max_length=200)
    #: What people call the applicant or project.
    name: str = Field(max_length=200)
    listed: bool = True
    from_day: dt.date
    source: str = Field(max_length=300)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)


class Tally(SQLModel, table=True):
    """What has been awarded under a ceiling in a year; the database refuses the fen or the award too many."""

    __tablename__ = "tally"
    __table_args__ = (
        CheckConstraint("used >= 0", name="tally_not_negative"),
        CheckConstraint("used <= most", name="tally_under_its_ceiling"),
    )

    policy: str = Field(primary_key=True, max_length=60)
    #: Measure and key of the rule, the same in every edition: ``22.benchmarks``.
    ceiling: str = Field(primary_key=True, max_length=100)
    #: The applicant's credit code; empty where all awards are added up.
    scope: str = Field(primary_key=True, max_length=18)
    year: int = Field(primary_key=True)
    #: Fen, or a number of awards.
    used: int = Field(sa_type=BigInteger)
    most: int = Field(sa_type=BigInteger)
