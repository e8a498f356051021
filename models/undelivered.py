"""Undelivered: a letter of ours that a mail server gave up (RFC 3464), and where it went instead."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, id_field


class Undelivered(SQLModel, table=True):
    """One report that a letter reached nobody: written once, never changed (a trigger sees to that)."""

    __tablename__ = "undelivered"

    id: str = id_field()
    letter_id: str = Field(foreign_key="letter.id", unique=True, max_length=32)
    #: The report itself; None where the letter was refused at once.
    mail_id: str | None = Field(default=None, foreign_key="inbound_mail.id", max_length=32)
    #: Whom the letter asked for what; None where it asked nobody.
    task_id: str | None = Field(default=None, foreign_key="task.id", max_length=32, index=True)
    officer_id: str | None = Field(default=None, foreign_key="officer.id", max_length=32)
    #: Lower case.
    address: str = Field(max_length=254, index=True)
    #: The enhanced status (RFC 3463), e.g. 5.1.1; empty where the report has none.
    status: str = Field(default="", max_length=20)
    #: What the other server said, on one line.
    diagnostic: str = Field(default="", max_length=500)
    #: The letter that went to the officer's next address, where there is one.
    next_letter_id: str | None = Field(default=None, max_length=32)
    reported_at: dt.datetime = Field(sa_type=UtcDateTime)
