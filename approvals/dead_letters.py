"""Letters that were given up, for the operator: which, why, and once more.

A letter in the state ``failed`` is a dead letter. It goes again as it is: the same Message-ID, the same words.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import col, select

from approvals.chain import record
from approvals.transaction import Transaction
from models.application import Application
from models.errors import LiandongError
from models.event import EventKind
from models.letter import Letter
from models.states import LetterState

#: More than these are not listed at once.
MOST = 1000


class UnknownLetter(LiandongError):
    """No letter has this id, or several begin with it."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"没有编号为“{given}”的信件，或以此开头的不止一封；liandong letter list 列出全部编号。",
            f"There is no letter {given!r}, or several begin with it; `liandong letter list` has their ids.",
        )


class LetterNotDead(LiandongError):
    """Only a letter that was given up is sent again by hand."""

    def __init__(self, letter_id: str, state: LetterState) -> None:
        super().__init__(
            f"信件 {letter_id} 的状态是 {state.value}，不是投递失败（failed）；无需重发。",
            f"Letter {letter_id} is {state.value}, it was not given up; there is nothing to send again.",
        )


@dataclass(frozen=True)
class ListedLetter:
    """One letter in the list."""

    id: str
    state: LetterState
    kind: str
    to: str
    #: Number of its application; empty where it is about none.
    number: str
    written_at: dt.datetime
    tries: int
    next_try_at: dt.datetime | None
    last_error: str

    def as_json(self) -> dict[str, Any]:
        """Return the letter as JSON: times in ISO 8601."""
        times = {"written_at": self.written_at.isoformat(), "next_try_at": None}
        if self.next_try_at is not None:
            times["next_try_at"] = self.next_try_at.isoformat()
        return asdict(self) | {"state": self.state.value} | times


def listing(tx: Transaction, states: Sequence[LetterState] = (), number: str = "") -> list[ListedLetter]:
    """Return the letters in ``states`` (any), of the application ``number`` (any), the newest first, at most 1000."""
    asked = (
        select(Letter, Application.number)
        .outerjoin(Application, col(Application.id) == col(Letter.application_id))
        .order_by(col(Letter.written_at).desc(), col(Letter.id))
        .limit(MOST)
    )
    if states:
        asked = asked.where(col(Letter.state).in_(states))
    if number:
        asked = asked.where(Application.number == number)
    return [_listed(letter, found or "") for letter, found in tx.exec(asked)]


def _listed(letter: Letter, number: str) -> ListedLetter:
    return ListedLetter(
        id=letter.id,
        state=letter.state,
        kind=letter.kind,
        to=letter.address,
        number=number,
        written_at=letter.written_at,
        tries=letter.tries,
        next_try_at=letter.next_try_at if letter.state is LetterState.QUEUED else None,
        last_error=letter.last_error or "",
    )


def letter(tx: Transaction, given: str) -> Letter:
    """Return the letter whose id is or begins with ``given``.

    Raises:
        UnknownLetter: there is none, or more than one.

    """
    if not given.isalnum():  # nothing that a pattern could mean
        raise UnknownLetter(given)
    found = tx.exec(select(Letter).where(col(Letter.id).startswith(given)).limit(2)).all()
    if len(found) != 1:
        raise UnknownLetter(given)
    return found[0]


def retry(tx: Transaction, given: Sequence[str], by: str, now: dt.datetime) -> list[str]:
    """Queue dead letters again, each with an event on its application's chain; return their ids.

    Raises:
        UnknownLetter: there is none such; nothing was queued.
        LetterNotDead: one was not given up; nothing was queued.

    """
    asked = {one.id: one for one in (letter(tx, each) for each in given)}
    for one in sorted(asked.values(), key=lambda one: one.application_id or ""):  # locks in this order, as others do
        _queue_again(tx, one, by, now)
    return list(asked)


def retry_all(tx: Transaction, by: str, now: dt.datetime) -> list[str]:
    """Queue every dead letter again, at most 1000 at once; return their ids."""
    dead = [one.id for one in listing(tx, [LetterState.FAILED])]
    return retry(tx, dead, by, now)


def _queue_again(tx: Transaction, dead: Letter, by: str, now: dt.datetime) -> None:
    app = None
    if dead.application_id is not None:
        app = tx.exec(select(Application).where(Application.id == dead.application_id).with_for_update()).one()
    tx.refresh(dead, with_for_update=True)
    if dead.state is not LetterState.FAILED:
        raise LetterNotDead(dead.id, dead.state)
    if app is not None:
        record(tx, app, EventKind.LETTER_RETRIED, now, letter=dead.id, to=dead.address, by=by, why=dead.last_error)
    dead.state, dead.tries, dead.next_try_at, dead.flagged = LetterState.QUEUED, 0, now, False
    tx.bells.add("sender")
