"""InboundMail: every message that reached the receiver, stored raw before it is judged."""

import datetime as dt
from typing import Any

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, Word, id_field
from models.states import MailState


class InboundMail(SQLModel, table=True):
    """One message to one reply address."""

    __tablename__ = "inbound_mail"
    __table_args__ = (Index("mail_to_one_address", "recipient", "received_at"),)

    id: str = id_field()
    #: ``<recipient token hash>:<Message-ID>``: the same message to the same address is taken once.
    key: str = Field(unique=True, max_length=400)
    message_id: str = Field(max_length=300)
    body_hash: str = Field(max_length=64)
    sender: str = Field(max_length=320)
    recipient: str = Field(max_length=320)
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: dt.datetime = Field(sa_type=UtcDateTime)
    state: MailState = Field(sa_column=Column(Word(MailState), nullable=False, index=True))
    #: Why it was judged so, in English, for the operator.
    why: str = Field(default="", max_length=500)
    #: What was looked at to see who sent it (``models.authenticity``); none before it was judged.
    checks: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JsonColumn, nullable=True))
    application_id: str | None = Field(default=None, foreign_key="application.id", max_length=32)
    judged_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
