"""Application: the row that is locked whenever anything about its case changes."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, Word, id_field
from models.money import Fen
from models.states import ApplicationKind, ApplicationState, Level


class Application(SQLModel, table=True):
    """One application or duty under one measure, with where it stands and the head of its hash chain.

    A duty is held by its lead: the lead is its applicant, and it has no credit code, no county and no amounts.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "one_live_application_per_project",
            "policy",
            "measure",
            "credit_code",
            "project_key",
            unique=True,
            sqlite_where=text("state NOT IN ('refused', 'withdrawn')"),
            postgresql_where=text("state NOT IN ('refused', 'withdrawn')"),
        ),
        Index(
            "application_to_wake",
            "wake_at",
            sqlite_where=text("version > shown_version"),
            postgresql_where=text("version > shown_version"),
        ),
        Index("application_of_applicant", "credit_code"),
        CheckConstraint(
            "largest IS NULL OR award_province IS NULL OR award_province + award_city + award_county <= largest",
            name="award_within_its_limit",
        ),
        CheckConstraint("asked_province >= 0 AND asked_city >= 0 AND asked_county >= 0", name="asked_not_negative"),
        CheckConstraint(
            "(state = 'awarded') = (award_province IS NOT NULL AND award_city IS NOT NULL"
            " AND award_county IS NOT NULL)",
            name="award_if_and_only_if_awarded",
        ),
        CheckConstraint("(position IS NULL) = (state <> 'in_progress')", name="position_while_in_progress"),
    )

    id: str = id_field()
    #: What people call it, e.g. ``ZJAI19-2026-00001``; a duty ``ZJAI24-D-2026-00001``.
    number: str = Field(unique=True, max_length=40)
    kind: ApplicationKind = Field(
        default=ApplicationKind.CLAIM, sa_column=Column(Word(ApplicationKind), nullable=False)
    )
    policy: str = Field(max_length=60)
    #: SHA-256 of the policy's data that this round was judged by.
    policy_version: str = Field(max_length=64, foreign_key="policy_edition.version")
    measure: int
    #: The key of what is applied for; of a duty its own key.
    option: str = Field(max_length=60)
    state: ApplicationState = Field(sa_column=Column(Word(ApplicationState), nullable=False, index=True))
    #: Counts from 1; each resubmission, and each return to a stage, begins the next.
    round: int = 1
    #: The round in which the present content was sent.
    content_round: int = 1
    #: Of a round that began with a return: which stages are asked again (``models.road.walk.Walk``).
    walk: dict[str, Any] = Field(default={}, sa_column=Column(JsonColumn, nullable=False))
    #: Index of the open stage in ``route``; None when nothing is open.
    position: int | None = None
    #: The route of this round as computed when it was sent: later changes of the policy's data never alter it.
    route: list[dict[str, Any]] = Field(sa_column=Column(JsonColumn, nullable=False))

    applicant: str = Field(max_length=200)
    credit_code: str = Field(max_length=18)
    contact: str = Field(max_length=200)
    email: str = Field(max_length=254)
    language: str = Field(max_length=2)
    title: str = Field(max_length=200)
    #: The title without spaces and case: what makes two submissions the same project, or the same duty and period.
    project_key: str = Field(max_length=200)
    #: The contract, invoice or account that the money is for, without spaces and case; empty where none is stated.
    cost_basis_key: str = Field(default="", max_length=200)
    county: str = Field(max_length=6)
    content: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    content_hash: str = Field(max_length=64)

    #: What the rules found when this round was sent, and the largest award that they allow (None: no limit).
    trace: list[dict[str, Any]] = Field(sa_column=Column(JsonColumn, nullable=False))
    largest: Fen | None = Field(default=None, sa_type=BigInteger)

    asked_province: Fen = Field(sa_type=BigInteger)
    asked_city: Fen = Field(sa_type=BigInteger)
    asked_county: Fen = Field(sa_type=BigInteger)
    award_province: Fen | None = Field(default=None, sa_type=BigInteger)
    award_city: Fen | None = Field(default=None, sa_type=BigInteger)
    award_county: Fen | None = Field(default=None, sa_type=BigInteger)

    #: Rises with each change; a run that shows less has a wake-up waiting (docs/adr/0003).
    version: int = 0
    shown_version: int = 0
    #: When the run may next be woken; pushed back while Prefect does not take the wake-up.
    wake_at: dt.datetime = Field(sa_type=UtcDateTime)
    run_id: str | None = Field(default=None, max_length=36, unique=True)
    #: The run that submitted it, where it was started from Prefect's form: a retry of that run finds it here.
    submitted_by_run: str | None = Field(default=None, max_length=36, unique=True)
    #: How many runs have been made for this application.
    runs: int = 0

    event_count: int = 0
    #: Hash of the newest event.
    head: str = Field(max_length=64)
    submitted_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)

    def asked(self, level: Level) -> Fen:
        """Return the share asked of ``level``, in fen."""
        return Fen(getattr(self, f"asked_{level.value}"))

    @property
    def asked_total(self) -> Fen:
        """Return the whole sum asked for, in fen."""
        return Fen(self.asked_province + self.asked_city + self.asked_county)


class Revision(SQLModel, table=True):
    """What the applicant sent for one round, kept when a later round replaces it."""

    __tablename__ = "revision"

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    round: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    content_hash: str = Field(max_length=64)
    sent_at: dt.datetime = Field(sa_type=UtcDateTime)


class Numbering(SQLModel, table=True):
    """The last number given out under a prefix such as ``ZJAI19-2026``."""

    __tablename__ = "numbering"

    prefix: str = Field(primary_key=True, max_length=40)
    last: int
