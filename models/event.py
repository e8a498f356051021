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
    #: The ledger has a posting; the payload says its lines.
    POSTED = "posted"
    RELEASE_OPENED = "release_opened"
    #: On the award's chain: an instalment was paid, by the release in the payload.
    RELEASED = "released"
    #: Something that was paid must come back; the payload says why and who says so.
    RECOVERY_RECORDED = "recovery_recorded"
    #: Something that had to come back was paid back in cash; the payload has the receipt.
    REPAID = "repaid"
    DUTY_OPENED = "duty_opened"
    #: A unit reported on a duty, done or not.
    REPORTED = "reported"
    #: The lead sent reports back; the next round begins with the units in the payload.
    SENT_BACK = "sent_back"
    ACCOMPLISHED = "accomplished"
    #: What a determination fixed is shown to everybody; the payload has the hashes of what is shown.
    NOTICE_PUBLISHED = "notice_published"
    OBJECTION_MADE = "objection_made"
    OBJECTION_ANSWERED = "objection_answered"
    NOTICE_ENDED = "notice_ended"
    #: An answer was not counted; the payload says whose, by which door and why.
    ANSWER_REFUSED = "answer_refused"
    REMINDED = "reminded"
    #: Whoever stands above a unit, or the operator, was told that it does not answer.
    ESCALATED = "escalated"
    #: A stage may be answered until another time than before; ``anew``: its clock was started again.
    DEADLINE_MOVED = "deadline_moved"
    #: The unit above is asked in the place of one that did not answer.
    ASKED_ABOVE = "asked_above"
    #: The clock came to its end, and could do nothing for the units in the payload.
    LEFT_WAITING = "left_waiting"
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
    #: The operator was told that a stage still stands still.
    STILL_SUSPENDED = "still_suspended"
    OVERRIDE_PROPOSED = "override_proposed"
    OVERRIDE_DECLINED = "override_declined"
    OVERRIDDEN = "overridden"
    #: Experts were drawn for a panel; the payload seals seed and draw.
    PANEL_DRAWN = "panel_drawn"
    #: The next in the draw has a seat, or nobody was left.
    EXPERT_REPLACED = "expert_replaced"
    SEAT_DROPPED = "seat_dropped"
    #: A sheet was handed in; the payload has its hash alone.
    SCORED = "scored"
    #: Every seat has scored; the payload has all scores and what they came to.
    PANEL_SCORED = "panel_scored"
    #: Other applications are for the same project or cost basis.
    OVERLAP_FOUND = "overlap_found"
    #: A document was made; the payload has its kind, its hash and the event that it is about.
    PAPER_MADE = "paper_made"
    LETTER_LATE = "letter_late"
    LETTER_FAILED = "letter_failed"
    #: A mail server gave a letter up; the payload says which, why, and to which address it goes next.
    LETTER_BOUNCED = "letter_bounced"
    #: An officer's mailbox answered that the officer is away.
    OUT_OF_OFFICE = "out_of_office"
    #: Files that came with a reply were kept; the payload has their hashes, and what was not kept.
    ATTACHMENTS_KEPT = "attachments_kept"
    #: An operator had a letter that was given up sent again.
    LETTER_RETRIED = "letter_retried"


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
