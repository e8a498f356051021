"""Letter: the outbox. Written in the transaction that makes it due, handed to SMTP by the sender."""

import datetime as dt
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, Word, id_field
from models.states import LetterState


class Letter(SQLModel, table=True):
    """One letter to one person; its Message-ID is fixed here and kept for every try."""

    __tablename__ = "letter"
    __table_args__ = (
        Index(
            "letter_to_send",
            "next_try_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: str = id_field()
    #: What the letter is for, e.g. ``ask:<task>:<officer>:<remind at>``: the same letter is never queued twice.
    key: str = Field(unique=True, max_length=160)
    application_id: str | None = Field(default=None, foreign_key="application.id", max_length=32, index=True)
    #: The folder under ``notifications/letters`` that holds its words.
    kind: str = Field(max_length=40)
    language: str = Field(max_length=2)
    address: str = Field(max_length=254)
    addressee: str = Field(max_length=200)
    #: What the words are filled with; nonces of tokens, never tokens.
    facts: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    #: Without angle brackets.
    message_id: str = Field(unique=True, max_length=200)
    state: LetterState = Field(sa_column=Column(Word(LetterState), nullable=False))
    written_at: dt.datetime = Field(sa_type=UtcDateTime)
    #: Not before this time; while a sender holds the letter, the end of its hold.
    next_try_at: dt.datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    last_error: str | None = Field(default=None, max_length=500)
    sent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    #: True once the operator was told that it sticks.
    flagged: bool = False
