"""Deputy (代理): who stands in for an officer between two days, and the errors that come of it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, id_field
from models.errors import LiandongError


class Deputy(SQLModel, table=True):
    """One deputyship. A row is never removed: its end is its last day, or when it was revoked."""

    __tablename__ = "deputy"
    __table_args__ = (
        Index(
            "one_deputyship_from_a_day",
            "officer_id",
            "from_day",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("deputy_of_officer", "deputy_id"),
        Index(
            "deputy_to_begin",
            "from_day",
            sqlite_where=text("begun_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("begun_at IS NULL AND revoked_at IS NULL"),
        ),
        CheckConstraint("until_day >= from_day", name="a_deputyship_ends_after_it_begins"),
        CheckConstraint("officer_id <> deputy_id", name="nobody_is_their_own_deputy"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="who_revoked_it_and_when"),
    )

    id: str = id_field()
    #: For whom.
    officer_id: str = Field(foreign_key="officer.id", max_length=32)
    #: Who stands in: an officer of the same unit; where made for this, one that is not listed (``active`` is false).
    deputy_id: str = Field(foreign_key="officer.id", max_length=32)
    unit: str = Field(max_length=20, index=True)
    #: The first and the last day, both inside, where the offices are.
    from_day: dt.date
    until_day: dt.date
    recorded_by: str = Field(max_length=254)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    #: When the deputy was asked for what was open then; None while its first day has not come.
    begun_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = Field(default=None, max_length=254)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)

    def in_force(self, day: dt.date) -> bool:
        """Tell whether it holds on ``day``."""
        return self.revoked_at is None and self.from_day <= day <= self.until_day


@dataclass(frozen=True)
class DeputyEntry:
    """A deputyship as the operator records it."""

    #: The address of the officer for whom; and their unit, which may be left out where they answer for one only.
    officer: str
    #: The address of who stands in.
    deputy: str
    from_day: dt.date
    until_day: dt.date
    recorded_by: str
    #: May be left out where the directory knows the deputy's address.
    name: str = ""
    unit: str = ""
    language: str = "zh"


class UnknownOfficer(LiandongError):
    """No listed officer has this address, or one that answers for several units has."""

    def __init__(self, address: str, units: str = "") -> None:
        if units:
            super().__init__(
                f"{address} 是多个单位的经办人（{units}）；请指明单位。",
                f"{address} answers for several units ({units}); say for which.",
            )
            return
        super().__init__(
            f"通讯录中没有经办人 {address}；用 liandong directory list 查看。",
            f"The directory has no officer {address}; see liandong directory list.",
        )


class UnknownDeputyship(LiandongError):
    """No deputyship has this id."""

    zh = "没有这条代理记录，或已经撤销；用 liandong deputy list 查看。"
    en = "There is no such deputyship, or it was revoked; see liandong deputy list."


class WrongDeputyship(LiandongError):
    """The entry cannot be recorded; the sentence says why."""


class DeputyshipEnded(LiandongError):
    """The deputy stands in for nobody here any more."""

    zh = "您的代理已经到期或撤销，此链接随之失效，本次未作任何决定；请转告被代理的经办人。"
    en = (
        "Your time as deputy has ended or was revoked, and this link with it; nothing was decided. Please tell the "
        "officer whom you stood in for."
    )


class DeputyBarred(LiandongError):
    """The deputy stands in for somebody who may not decide."""

    zh = "您所代理的经办人是本件的申请人或已回避，您不能代其决定，本次未作任何决定。"
    en = (
        "The officer whom you stand in for is the applicant or has recused, so that you cannot decide in their place; "
        "nothing was decided."
    )
