"""Officer: a person or role mailbox that answers for a unit."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, Word, id_field


class LettersWanted(StrEnum):
    """How an officer wants to be asked; what is urgent comes by itself in any case."""

    #: A letter for each task, when it comes.
    EACH = "each"
    #: One letter a morning with all that waits.
    DIGEST = "digest"
    BOTH = "both"


class Officer(SQLModel, table=True):
    """Who is asked when a unit is asked."""

    __tablename__ = "officer"
    __table_args__ = (
        UniqueConstraint("unit", "email", name="one_officer_per_unit_and_address"),
        CheckConstraint("letters IN ('each', 'digest', 'both')", name="letters_as_wanted"),
    )

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
    letters: LettersWanted = Field(
        default=LettersWanted.EACH, sa_column=Column(Word(LettersWanted), nullable=False, server_default="each")
    )
    #: Further addresses of the same person, lower case: where a letter goes that the first does not take.
    other_emails: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every address of the officer, in the order in which letters try them."""
        return tuple(dict.fromkeys([self.email.lower(), *self.other_emails]))
