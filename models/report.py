"""Report: what a unit says about its part of a duty; it may say so several times before it is done."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, Word, id_field
from models.states import Channel
from models.task import MAX_OPINION

#: The largest figure that is taken; it leaves room to add up those of every county.
MAX_FIGURE = 10**15


class Report(SQLModel, table=True):
    """One report of one unit: written once, never changed (a trigger sees to that)."""

    __tablename__ = "report"
    __table_args__ = (CheckConstraint("length(text) > 0", name="a_report_says_something"),)

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    task_id: str = Field(foreign_key="task.id", max_length=32)
    round: int
    officer_id: str = Field(foreign_key="officer.id", max_length=32)
    #: True where the unit is done; then its task's decision says the same words.
    done: bool
    text: str = Field(max_length=MAX_OPINION)
    #: What the unit has reached so far, by the key of the target.
    figures: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    channel: Channel = Field(sa_column=Column(Word(Channel), nullable=False))
    reported_at: dt.datetime = Field(sa_type=UtcDateTime)
