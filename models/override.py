"""Override (运行人员代定): an operator decides in place of a unit; above a sum, a second one must consent."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word, id_field
from models.errors import LiandongError
from models.states import Outcome
from models.task import MAX_OPINION


class OverrideState(StrEnum):
    """open -> taken (it took effect) | declined."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"


class Override(SQLModel, table=True):
    """One override: what an operator proposed, and who consented or declined."""

    __tablename__ = "override"
    __table_args__ = (
        Index(
            "one_open_override_per_task",
            "task_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("consenter IS NULL OR consenter <> proposer", name="the_consenter_is_another_person"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="an_open_override_has_no_end"),
        CheckConstraint(
            "state <> 'taken' OR NOT needs_consent OR consenter IS NOT NULL", name="consent_before_it_takes_effect"
        ),
        CheckConstraint("length(reason) > 0", name="an_override_says_why"),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    task_id: str = Field(foreign_key="task.id", max_length=32)
    outcome: Outcome = Field(sa_column=Column(Word(Outcome), nullable=False))
    reason: str = Field(max_length=MAX_OPINION)
    #: What exactly it is about.
    content_hash: str = Field(max_length=64)
    needs_consent: bool
    #: The mailbox of who proposed it and of who consented or declined (``models.case.own.person``), with their names.
    proposer: str = Field(max_length=254)
    proposer_name: str = Field(max_length=100)
    consenter: str | None = Field(default=None, max_length=254)
    consenter_name: str | None = Field(default=None, max_length=100)
    state: OverrideState = Field(sa_column=Column(Word(OverrideState), nullable=False))
    proposed_at: dt.datetime = Field(sa_type=UtcDateTime)
    closed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class NoReportByOperator(LiandongError):
    """What was done is known to the unit only."""

    zh = "任务的办理情况只能由责任单位报告，运行人员不能代为报告。"
    en = "Only a unit itself can report on its part of a duty; an operator cannot report for it."


class WaitsForAnother(LiandongError):
    """The task is not open yet."""

    zh = "该单位正在等待另一单位先行答复，暂不能代定；请先处理另一单位的事项。"
    en = "This unit waits for another unit's answer first and cannot be overridden yet; see to the other one first."


class NoSecondOperator(LiandongError):
    """Nobody could consent."""

    zh = "申请金额超过规定，代定须由另一名运行人员同意，而目前没有另一名运行人员；请设置 LIANDONG_OPERATORS。"
    en = (
        "Above the policy's sum a second operator must consent to an override, and there is none; set "
        "LIANDONG_OPERATORS."
    )


class AlreadyProposed(LiandongError):
    """One proposal a task."""

    zh = "已有一项代定在等待另一名运行人员同意；请先同意或不同意该项。"
    en = "An override of this waits for another operator's consent already; consent to it or decline it first."


class UnknownOverride(LiandongError):
    """Nothing waits for consent under this id."""

    zh = "没有这项待同意的代定，或已经处理。"
    en = "There is no such override that waits for consent, or it was dealt with."


class SamePerson(LiandongError):
    """The second operator is another person."""

    zh = "提出代定的人不能同意自己的代定；须由另一名运行人员同意。"
    en = "Whoever proposed an override cannot consent to it; another operator must."
