"""Event: what happened, in the past tense, sealed into its application's hash chain."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import JsonColumn, UtcDateTime, Word


class EventKind(StrEnum):
    """Everything that can have happened to an application."""

    SUBMITTED = "submitted"
    STAGE_OPENED = "stage_opened"
    DECIDED = "decided"
    STAGE_CLOSED = "stage_closed"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    AWARDED = "awarded"
    DUTY_OPENED = "duty_opened"
    #: A unit reported on a duty, done or not.
    REPORTED = "reported"
    #: The lead sent reports back; the next round begins with the units in the payload.
    SENT_BACK = "sent_back"
    ACCOMPLISHED = "accomplished"
    #: An answer was not counted; the payload says whose, by which door and why.
    ANSWER_REFUSED = "answer_refused"
    REMINDED = "reminded"
    CODE_SENT = "code_sent"
    OFFICER_MISSING = "officer_missing"
    OFFICERS_ASKED = "officers_asked"
    #: An earlier answer on the same content stands for a task.
    ANSWER_CARRIED = "answer_carried"
    #: A task that waited for another opened.
    TURN_CAME = "turn_came"
    TAKEN_BACK = "taken_back"
    RECUSED = "recused"
    HANDED_OVER = "handed_over"
    LENT = "lent"
    #: The opinion that was asked for has come, and the task that was lent goes on.
    LENT_BACK = "lent_back"
    #: The opinion that was asked for is not wanted any more.
    RECALLED = "recalled"
    ADDED = "added"
    REMOVED = "removed"
    COPIED = "copied"
    URGED = "urged"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    OVERRIDE_PROPOSED = "override_proposed"
    OVERRIDDEN = "overridden"
    #: Other applications are for the same project or cost basis.
    OVERLAP_FOUND = "overlap_found"
    #: A document was made; the payload has its kind, its hash and the event that it is about.
    PAPER_MADE = "paper_made"
    LETTER_LATE = "letter_late"
    LETTER_FAILED = "letter_failed"


class Event(SQLModel, table=True):
    """Written once, never changed or removed (a trigger sees to that)."""

    __tablename__ = "event"

    application_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    #: Counts from 1 within the application.
    seq: int = Field(primary_key=True)
    kind: EventKind = Field(sa_column=Column(Word(EventKind), nullable=False))
    at: dt.datetime = Field(sa_type=UtcDateTime)
    payload: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    previous: str = Field(max_length=64)
    #: ``models.hashing.event_hash`` of this row.
    hash: str = Field(max_length=64)
