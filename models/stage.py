"""Stage: one stop on an application's route, open until its outcome cannot change any more."""

import datetime as dt

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word, id_field
from models.states import Outcome, StageState


class Stage(SQLModel, table=True):
    """One stage of one round."""

    __tablename__ = "stage"
    __table_args__ = (
        Index(
            "one_stage_per_position_and_round",
            "application_id",
            "round",
            "position",
            unique=True,
            sqlite_where=text("state <> 'void'"),
            postgresql_where=text("state <> 'void'"),
        ),
        Index(
            "one_open_stage_per_application",
            "application_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "stage_to_remind", "remind_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")
        ),
        Index(
            "stage_to_recount",
            "counted_by",
            sqlite_where=text("state = 'open' AND due_provisional = 1"),
            postgresql_where=text("state = 'open' AND due_provisional"),
        ),
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="outcome_if_and_only_if_closed"),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32)
    round: int
    position: int
    key: str = Field(max_length=60)
    state: StageState = Field(sa_column=Column(Word(StageState), nullable=False))
    outcome: Outcome | None = Field(default=None, sa_column=Column(Word(Outcome)))
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    #: True where the calendar did not know a year that was counted.
    due_provisional: bool = False
    #: The version of the calendar by which the date was counted; the sweep counts provisional ones again by a newer.
    counted_by: str = Field(default="", max_length=16)
    #: When the sweep looks at the stage again: the next thing that happens if nobody answers.
    remind_at: dt.datetime = Field(sa_type=UtcDateTime)
    closed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    #: Since when its clock stands still and nobody may answer; None while it runs.
    suspended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
