"""Task: one unit asked in one stage; Decision: the one answer that it gave."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word, id_field
from models.money import Fen
from models.states import Channel, Outcome, TaskEnd, TaskKind, TaskState

WAITS = text("waits_for IS NOT NULL")


class Task(SQLModel, table=True):
    """What one unit, or one person of it, is asked to decide."""

    __tablename__ = "task"
    __table_args__ = (
        Index(
            "one_live_task_per_seat",
            "stage_id",
            "seat",
            "subject",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'open', 'done') AND counts"),
            postgresql_where=text("state IN ('waiting', 'open', 'done') AND counts"),
        ),
        Index("task_that_waits", "waits_for", sqlite_where=WAITS, postgresql_where=WAITS),
        CheckConstraint("(state = 'void') = (ended_as IS NOT NULL)", name="a_void_task_says_why"),
        CheckConstraint("state <> 'waiting' OR waits_for IS NOT NULL", name="who_waits_says_for_what"),
        CheckConstraint("state <> 'done' OR decision_id IS NOT NULL", name="a_done_task_has_its_decision"),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    stage_id: str = Field(foreign_key="stage.id", max_length=32, index=True)
    #: Whose place in the vote it is: the unit that the route asks, or the one that was added.
    seat: str = Field(max_length=20)
    #: Who is asked: ``kjt``, ``@city:330100``, ``@county:330110``.
    unit: str = Field(max_length=20)
    #: The one person who is asked; None: whoever answers for the unit.
    officer_id: str | None = Field(default=None, foreign_key="officer.id", max_length=32)
    kind: TaskKind = Field(default=TaskKind.ASKED, sa_column=Column(Word(TaskKind), nullable=False))
    #: What else it is about than the application itself, e.g. an objection's id; empty: nothing.
    subject: str = Field(default="", max_length=32)
    #: False: an opinion for somebody else, which is no vote.
    counts: bool = True
    state: TaskState = Field(sa_column=Column(Word(TaskState), nullable=False))
    #: The task that is, or was, to be answered first.
    waits_for: str | None = Field(default=None, foreign_key="task.id", max_length=32)
    #: The task that it follows: handed over, lent, added beside, taken back.
    came_from: str | None = Field(default=None, foreign_key="task.id", max_length=32)
    #: The decision that answers it: its own or, of a task that is carried, the earlier one that stands.
    decision_id: str | None = Field(default=None, max_length=32)
    ended_as: TaskEnd | None = Field(default=None, sa_column=Column(Word(TaskEnd)))
    #: The unit above whose officers are asked in its place; None where its own are, or nobody is.
    asked_instead: str | None = Field(default=None, max_length=20)
    #: Since when its letters reach nobody who may answer it; None where they do.
    undelivered_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


#: Characters; ``models.errors.OpinionTooLong`` names it.
MAX_OPINION = 5000


class Decision(SQLModel, table=True):
    """The answer of one unit: written once, never changed (a trigger sees to that)."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome = 'approve' OR length(opinion) > 0", name="a_no_says_why"),
        CheckConstraint(
            "(channel IN ('automatic', 'operator')) = (officer_id IS NULL)"
            " AND (officer_id IS NULL) = (token_id IS NULL) AND (officer_id IS NULL) = (length(by) > 0)",
            name="an_officer_or_what_stood_in",
        ),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    task_id: str = Field(foreign_key="task.id", unique=True, max_length=32)
    #: Who answered; None where the clock or an operator did.
    officer_id: str | None = Field(default=None, foreign_key="officer.id", max_length=32)
    #: The token that opened the door; unique, so it is used up here.
    token_id: str | None = Field(default=None, foreign_key="token.id", unique=True, max_length=32)
    #: The operator who decided, or ``sweep``; empty where an officer did.
    by: str = Field(default="", max_length=254)
    #: The officer for whom a deputy answered.
    deputy_for: str | None = Field(default=None, foreign_key="officer.id", max_length=32)
    outcome: Outcome = Field(sa_column=Column(Word(Outcome), nullable=False))
    opinion: str = Field(max_length=MAX_OPINION)
    channel: Channel = Field(sa_column=Column(Word(Channel), nullable=False))
    #: What exactly was decided about.
    content_hash: str = Field(max_length=64)
    #: Of a return: the stage that it leads back to (None: the applicant), and whether it comes straight back.
    returns_to: str | None = Field(default=None, max_length=60)
    straight_back: bool = False
    decided_at: dt.datetime = Field(sa_type=UtcDateTime)


class Pledge(SQLModel, table=True):
    """What a level promised to pay with one decision; it stands while the decision does."""

    __tablename__ = "pledge"
    __table_args__ = (CheckConstraint("amount >= 0", name="pledge_not_negative"),)

    decision_id: str = Field(foreign_key="decision.id", primary_key=True, max_length=32)
    level: str = Field(primary_key=True, max_length=20)
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    round: int
    #: In fen.
    amount: Fen = Field(sa_type=BigInteger)


class Recusal(SQLModel, table=True):
    """An officer who may not decide on an application: written once, and it holds for the address, by every door."""

    __tablename__ = "recusal"

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    #: The address in lower case.
    address: str = Field(primary_key=True, max_length=254)
    officer_id: str = Field(foreign_key="officer.id", max_length=32)
    task_id: str = Field(foreign_key="task.id", max_length=32)
    reason: str = Field(max_length=MAX_OPINION)
    channel: Channel = Field(sa_column=Column(Word(Channel), nullable=False))
    recused_at: dt.datetime = Field(sa_type=UtcDateTime)
