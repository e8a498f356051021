"""A wish: which move somebody wants to make, read from a form, a reply or a command, and the verb that makes it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from approvals.answer import NotDecided
from approvals.moves.add import Where, add
from approvals.moves.copy import copy
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend, recall
from approvals.moves.mover import Moved, Mover, move_by_operator, move_by_token
from approvals.moves.remove import remove
from approvals.moves.suspend import resume, resume_by_token, suspend, suspend_by_operator
from approvals.moves.take_back import take_back, take_back_by_operator
from approvals.office import Office
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.states import Channel


class Wanted(StrEnum):
    """Every move that a task can be made by whoever answers it."""

    HAND_OVER = "hand_over"
    LEND = "lend"
    RECALL = "recall"
    ADD = "add"
    REMOVE = "remove"
    COPY = "copy"
    SUSPEND = "suspend"
    RESUME = "resume"
    TAKE_BACK = "take_back"


class NobodyNamed(LiandongError):
    """A move goes to somebody, and nobody is named."""

    zh = "请写明单位名称或经办人的邮箱地址。"
    en = "Name a unit, or give the address of an officer."


class NoSuchPlace(LiandongError):
    """Whoever is added answers before, beside or after."""

    zh = "请选择加签的单位何时答复：before（之前）、beside（同时）或 after（之后）。"
    en = "Say when whoever is added answers: before, beside or after."


@dataclass(frozen=True)
class Wish:
    """One move with everything that its verb asks for; what it does not ask for is empty."""

    wanted: Wanted
    #: Why; of a loan the question, of a copy the note.
    reason: str = ""
    #: Whom it goes to, as people write it.
    to: str = ""
    #: before | beside | after
    where: str = ""
    #: Who is removed: a unit's key or name.
    unit: str = ""


_PLACES: dict[str, Where] = {"before": "before", "beside": "beside", "after": "after"}
#: The moves that go to somebody.
TO_SOMEBODY = (Wanted.HAND_OVER, Wanted.LEND, Wanted.ADD, Wanted.COPY)


def by_token(
    tx: Transaction,
    office: Office,
    presented: str,
    channel: Channel,
    wish: Wish,
    now: dt.datetime,
    *,
    proof: str = "",
) -> Moved | NotDecided:
    """Make the move for the person to whom the token ``presented`` was sent; a refusal goes onto the chain.

    ``proof``: what proved who sent a reply. No reply resumes.
    """
    match wish.wanted:
        case Wanted.TAKE_BACK:
            return take_back(tx, office, presented, wish.reason, channel, now, proof=proof)
        case Wanted.RESUME:
            return resume_by_token(tx, office, presented, channel, wish.reason, now)
    return move_by_token(tx, presented, channel, lambda mover: _make(tx, office, mover, wish, now), now, proof=proof)


def by_operator(
    tx: Transaction, office: Office, number: str, unit: str, operator: str, wish: Wish, now: dt.datetime
) -> Moved:
    """Make the move for the task of ``unit`` as its operator; empty: the only one that is open.

    Raises:
        LiandongError: it cannot be made.

    """
    if wish.wanted is Wanted.TAKE_BACK:
        return take_back_by_operator(tx, office, number, unit, operator, wish.reason, now)
    if wish.wanted is Wanted.RESUME:
        return resume(tx, office, number, f"operator:{operator}", wish.reason, now)
    if wish.wanted is Wanted.SUSPEND:
        return suspend_by_operator(tx, office, number, operator, wish.reason, now)
    return move_by_operator(tx, number, unit, operator, lambda mover: _make(tx, office, mover, wish, now))


def _make(tx: Transaction, office: Office, mover: Mover, wish: Wish, now: dt.datetime) -> Moved:
    if wish.wanted in TO_SOMEBODY and not wish.to.strip():
        raise NobodyNamed
    match wish.wanted:
        case Wanted.HAND_OVER:
            return hand_over(tx, office, mover, wish.to, wish.reason, now)
        case Wanted.LEND:
            return lend(tx, office, mover, wish.to, wish.reason, now)
        case Wanted.RECALL:
            return recall(tx, office, mover, wish.reason, now)
        case Wanted.ADD:
            return add(tx, office, mover, wish.to, _where(wish), wish.reason, now)
        case Wanted.REMOVE:
            return remove(tx, office, mover, wish.unit, wish.reason, now)
        case Wanted.COPY:
            return copy(tx, office, mover, wish.to, wish.reason, now)
        case Wanted.SUSPEND:
            return suspend(tx, office, mover, wish.reason, now)
    raise AssertionError(f"{wish.wanted} has a door of its own")


def _where(wish: Wish) -> Where:
    where = _PLACES.get(wish.where)
    if where is None:
        raise NoSuchPlace
    return where
