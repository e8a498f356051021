"""Paper: a document that an ended application is given, kept byte for byte."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, Word
from models.errors import LiandongError
from models.states import ApplicationState


class PaperKind(StrEnum):
    """Which document it is."""

    #: 核定通知书: what the applicant is given.
    AWARD_LETTER = "award_letter"
    #: 审批表: everything that was asked, answered and found, for the file.
    DECISION_SHEET = "decision_sheet"
    #: The applicant's copy 申请人联 of the sheet: a no with its opinion, a yes without; no officers.
    APPLICANT_COPY = "applicant_copy"

    @property
    def word(self) -> str:
        """Return the word of commands, addresses and file names: ``award-letter``."""
        return self.value.replace("_", "-")

    @classmethod
    def of(cls, word: str) -> "PaperKind":
        """Return the kind with that word.

        Raises:
            UnknownPaper: there is none.

        """
        for kind in cls:
            if kind.word == word:
                return kind
        raise UnknownPaper


#: What an applicant may read.
FOR_APPLICANTS = (PaperKind.AWARD_LETTER, PaperKind.APPLICANT_COPY)


class Paper(SQLModel, table=True):
    """One document as it was made; written once, never changed (a trigger sees to that)."""

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("length(pdf) > 0", name="a_paper_is_not_empty"),
        CheckConstraint("length(sha256) = 64", name="a_paper_has_its_hash"),
    )

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    kind: PaperKind = Field(sa_column=Column(Word(PaperKind), primary_key=True, nullable=False))
    #: The event that ended the application; one that was opened again and ended anew has another.
    seq: int = Field(primary_key=True)
    round: int
    #: What stands on it, as it was then: the same facts give the same bytes.
    facts: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    pdf: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    #: Hex SHA-256 of the bytes, sealed on the chain by the event ``paper_made``.
    sha256: str = Field(max_length=64)
    made_at: dt.datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True)
class Ending:
    """The event that ended an application: what its papers are about."""

    state: ApplicationState
    at: dt.datetime
    #: Its number in the chain, and its hash, which seals all before it.
    seq: int
    hash: str
    #: Why the applicant withdrew, if they did.
    reason: str = ""


def kinds_at(state: ApplicationState) -> tuple[PaperKind, ...]:
    """Return the papers that an application ending in ``state`` is given."""
    sheets = (PaperKind.DECISION_SHEET, PaperKind.APPLICANT_COPY)
    if state is ApplicationState.AWARDED:
        return (PaperKind.AWARD_LETTER, *sheets)
    return sheets if state in (ApplicationState.REFUSED, ApplicationState.WITHDRAWN) else ()


class UnknownPaper(LiandongError):
    """No paper is called so."""

    zh = "没有这种文书；可选：award-letter（核定通知书）、decision-sheet（审批表）、applicant-copy（申请人联）。"
    en = "There is no such paper; choose award-letter, decision-sheet or applicant-copy."


class NoPaper(LiandongError):
    """The application has not this paper, or not yet."""

    zh = "该件没有这种文书：办结后才出具，核定通知书只在核定后出具。"
    en = "It has no such paper: papers are made once it has ended, an award letter only for an award."


class PaperNotMade(LiandongError):
    """A paper cannot be set, though every character that no font has was written as its code."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"文书未能生成（{why}）；请将此句转告运行人员。",
            f"The paper could not be made ({why}); pass this sentence on to the operator.",
        )
