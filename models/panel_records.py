"""What a panel leaves behind: its draws, and the sheets of its experts. Both are written once."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, id_field


class PanelDraw(SQLModel, table=True):
    """One draw of one stage, whole: ``models.panel.draw`` makes it again from ``drawn`` alone."""

    __tablename__ = "panel_draw"
    __table_args__ = (
        UniqueConstraint("stage_id", "number", name="one_draw_per_stage_and_number"),
        CheckConstraint("number >= 1", name="draws_count_from_one"),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    stage_id: str = Field(foreign_key="stage.id", max_length=32)
    #: Counts from 1 within the stage.
    number: int
    drawn: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    #: SHA-256 of ``drawn``.
    hash: str = Field(max_length=64)
    drawn_at: dt.datetime = Field(sa_type=UtcDateTime)


class ScoreSheet(SQLModel, table=True):
    """The sheet of one expert; the decision of the same task says that it was handed in."""

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("stage_id", "expert_key", name="one_sheet_per_expert_and_stage"),)

    task_id: str = Field(foreign_key="task.id", primary_key=True, max_length=32)
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    stage_id: str = Field(foreign_key="stage.id", max_length=32)
    expert_key: str = Field(foreign_key="expert.key", max_length=12)
    #: Whole points by the key of the criterion.
    points: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    #: SHA-256 over task, expert, points and comment: what the chain of events seals.
    hash: str = Field(max_length=64)
    scored_at: dt.datetime = Field(sa_type=UtcDateTime)
