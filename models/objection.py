"""Objection: what somebody says against an award under public notice; its files; the answer it got."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word, id_field
from models.policy.notice_rules import MAX_CONTACT, MAX_NAME, MAX_TEXT
from models.task import MAX_OPINION


class ObjectionChannel(StrEnum):
    """How an objection came: the page, a mail, or on paper to the operator."""

    PAGE = "page"
    MAIL = "mail"
    PAPER = "paper"


class ObjectionResult(StrEnum):
    """not_upheld: the notice goes on; returned, refused: upheld; settled: the notice ended by another's answer."""

    NOT_UPHELD = "not_upheld"
    RETURNED = "returned"
    REFUSED = "refused"
    SETTLED = "settled"


RESULT_NAMES: dict[ObjectionResult, tuple[str, str]] = {
    ObjectionResult.NOT_UPHELD: ("异议不成立", "Not upheld"),
    ObjectionResult.RETURNED: ("异议成立，退回", "Upheld, sent back"),
    ObjectionResult.REFUSED: ("异议成立，不予支持", "Upheld, no award"),
    ObjectionResult.SETTLED: ("公示已中止", "The notice ended early"),
}
CHANNEL_NAMES: dict[ObjectionChannel, tuple[str, str]] = {
    ObjectionChannel.PAGE: ("网页", "page"),
    ObjectionChannel.MAIL: ("邮件", "mail"),
    ObjectionChannel.PAPER: ("书面", "paper"),
}


class Objection(SQLModel, table=True):
    """One objection: written once, never changed (a trigger sees to that)."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("notice_id", "seq", name="objections_of_a_notice_are_counted"),
        CheckConstraint("length(name) > 0 AND length(contact) > 0 AND length(text) > 0", name="an_objection_says_who"),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    notice_id: str = Field(foreign_key="notice.id", max_length=32)
    #: Counts from 1 within the notice.
    seq: int
    name: str = Field(max_length=MAX_NAME)
    contact: str = Field(max_length=MAX_CONTACT)
    #: The contact without width, case and spaces.
    contact_key: str = Field(max_length=MAX_CONTACT)
    text: str = Field(max_length=MAX_TEXT)
    language: str = Field(max_length=2)
    channel: ObjectionChannel = Field(sa_column=Column(Word(ObjectionChannel), nullable=False))
    received_at: dt.datetime = Field(sa_type=UtcDateTime)
    #: The working days that the notice had left when this objection stopped its clock; None where it stood already.
    days_left: int | None = None
    #: Over who says what, with the files' hashes: what the chain seals of it.
    digest: str = Field(max_length=64)


class ObjectionFile(SQLModel, table=True):
    """One file that came with an objection; we never open it."""

    __tablename__ = "objection_file"
    __table_args__ = (UniqueConstraint("objection_id", "seq", name="files_of_an_objection_are_counted"),)

    id: str = id_field()
    objection_id: str = Field(foreign_key="objection.id", max_length=32)
    #: Counts from 1 within the objection.
    seq: int
    name: str = Field(max_length=120)
    #: What its sender called its type; it is never sent out under it.
    type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ObjectionAnswer(SQLModel, table=True):
    """What an objection got for an answer: written once, never changed."""

    __tablename__ = "objection_answer"

    objection_id: str = Field(foreign_key="objection.id", primary_key=True, max_length=32)
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    result: ObjectionResult = Field(sa_column=Column(Word(ObjectionResult), nullable=False))
    text: str = Field(max_length=MAX_OPINION)
    #: Who answered; empty where the notice ended without an answer of its own.
    unit: str = Field(max_length=20)
    answered_at: dt.datetime = Field(sa_type=UtcDateTime)
