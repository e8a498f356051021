"""Task: one unit asked in one stage; Decision: the one answer that it gave."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word, id_field
from models.money import Fen
from models.states import Channel, Outcome, TaskState


class Task(SQLModel, table=True):
    """What one unit is asked to decide."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("stage_id", "unit", "subject", name="one_task_per_unit_and_stage"),)

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    stage_id: str = Field(foreign_key="stage.id", max_length=32)
    #: ``kjt``, ``@city:330100``, ``@county:330110``.
    unit: str = Field(max_length=20)
    state: TaskState = Field(sa_column=Column(Word(TaskState), nullable=False))
    #: The unit above whose officers are asked in its place; None where its own are, or nobody is.
    asked_instead: str | None = Field(default=None, max_length=20)
    #: What else the task is about: the id of an objection.
    subject: str = Field(default="", max_length=32)


#: Characters; ``models.errors.OpinionTooLong`` names it.
MAX_OPINION = 5000


class Decision(SQLModel, table=True):
    """The answer of one unit: written once, never changed (a trigger sees to that)."""

    __tablename__ = "decision"
    __table_args__ = (CheckConstraint("outcome = 'approve' OR length(opinion) > 0", name="a_no_says_why"),)

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    task_id: str = Field(foreign_key="task.id", unique=True, max_length=32)
    officer_id: str = Field(foreign_key="officer.id", max_length=32)
    #: The token that opened the door; unique, so it is used up here.
    token_id: str = Field(foreign_key="token.id", unique=True, max_length=32)
    outcome: Outcome = Field(sa_column=Column(Word(Outcome), nullable=False))
    opinion: str = Field(max_length=MAX_OPINION)
    channel: Channel = Field(sa_column=Column(Word(Channel), nullable=False))
    #: What exactly was decided about.
    content_hash: str = Field(max_length=64)
    decided_at: dt.datetime = Field(sa_type=UtcDateTime)


class Pledge(SQLModel, table=True):
    """What a level promised to pay in one round."""

    __tablename__ = "pledge"
    __table_args__ = (CheckConstraint("amount >= 0", name="pledge_not_negative"),)

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    round: int = Field(primary_key=True)
    level: str = Field(primary_key=True, max_length=20)
    decision_id: str = Field(foreign_key="decision.id", max_length=32)
    #: In fen.
    amount: Fen = Field(sa_type=BigInteger)
