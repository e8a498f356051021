"""Officer: a person or role mailbox that answers for a unit."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import id_field


class Officer(SQLModel, table=True):
    """Who is asked when a unit is asked."""

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("unit", "email", name="one_officer_per_unit_and_address"),)

    id: str = id_field()
    #: ``kjt``, ``@city:330100``, ``@county:330110``.
    unit: str = Field(max_length=20, index=True)
    name: str = Field(max_length=200)
    #: Lower case.
    email: str = Field(max_length=254)
    #: What the officer is at the unit: 收文员, 处长; empty where nobody said.
    role: str = Field(default="", max_length=200)
    language: str = Field(max_length=2)
    active: bool = True
