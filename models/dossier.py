"""Dossier: what a reviewer is sent beside the letter that asks: the application and the road so far, as it stood."""

import datetime as dt
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime


class Dossier(SQLModel, table=True):
    """What stands on the dossier of one version of an application: the same facts give the same PDF."""

    __tablename__ = "dossier"

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    #: The version of the application at which somebody was asked.
    version: int = Field(primary_key=True)
    facts: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    made_at: dt.datetime = Field(sa_type=UtcDateTime)
