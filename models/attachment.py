"""Attachment: a file that came with a reply, kept as it came with what the reply did; we never open it."""

import datetime as dt

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, id_field
from models.errors import LiandongError


class AttachmentContent(SQLModel, table=True):
    """The bytes of a file, once for all attachments that have them: written once, never changed."""

    __tablename__ = "attachment_content"

    sha256: str = Field(primary_key=True, max_length=64)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Attachment(SQLModel, table=True):
    """One file of one reply: written once, never changed (a trigger sees to that)."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("mail_id", "seq", name="files_of_a_message_are_counted"),)

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    mail_id: str = Field(foreign_key="inbound_mail.id", max_length=32)
    task_id: str = Field(foreign_key="task.id", max_length=32)
    #: The decision that the reply made; None where it reported or moved instead.
    decision_id: str | None = Field(default=None, foreign_key="decision.id", max_length=32)
    #: Counts from 1 within the message.
    seq: int
    name: str = Field(max_length=120)
    #: What its sender called its type; it is never sent out under it.
    content_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(foreign_key="attachment_content.sha256", max_length=64)
    kept_at: dt.datetime = Field(sa_type=UtcDateTime)


class UnknownAttachment(LiandongError):
    """No attachment has this id, or several begin so."""

    zh = "没有这个附件，或有几个附件的编号以此开头；liandong status 编号 会列出附件。"
    en = "There is no such attachment, or several begin so; `liandong status NUMBER` lists them."
