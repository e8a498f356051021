"""Urging (催办): that somebody urged those who are asked, at most once a day for an application."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Urging(SQLModel, table=True):
    """One day on which an application was urged: written once (a trigger sees to that)."""

    __tablename__ = "urging"

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    #: Where the offices are.
    day: dt.date = Field(primary_key=True)
    #: ``applicant`` or ``operator:NAME``.
    by: str = Field(max_length=254)
    urged_at: dt.datetime = Field(sa_type=UtcDateTime)
