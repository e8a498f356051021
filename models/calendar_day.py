"""Calendar day: what the operator recorded about a day; the newest row of a day counts."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class CalendarDay(SQLModel, table=True):
    """Whether a day is worked: written once, never changed (a trigger sees to that)."""

    __tablename__ = "calendar_day"

    #: First in the key, so that "is there anything new?" reads one row.
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime, primary_key=True)
    day: dt.date = Field(primary_key=True)
    working: bool
    #: Who says so: a notice, a gazette, an address.
    source: str = Field(max_length=300)
