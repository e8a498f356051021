"""Officer: a person or role mailbox that answers for a unit."""

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, id_field


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
    #: Further addresses of the same person, lower case: where a letter goes that the first does not take.
    other_emails: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every address of the officer, in the order in which letters try them."""
        return tuple(dict.fromkeys([self.email.lower(), *self.other_emails]))
