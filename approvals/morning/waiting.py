"""What waits for one officer: the tasks that they were asked about and may answer now, those that are due first."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from approvals.asked import Asked, check, find
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.errors import ExpiredToken, LiandongError
from models.officer import Officer
from models.secrets import derive_token
from models.stage import Stage
from models.states import Channel, Purpose, StageState, TaskState
from models.task import Task
from models.token import Token

#: So many tasks stand on one list; the next day's has the rest.
MOST = 50
#: The links of an officer to tasks that are open, of each task the newest last.
LINKS = (
    sa.select(col(Token.nonce), col(Token.task_id))
    .join(Task, col(Task.id) == Token.task_id)
    .join(Stage, col(Stage.id) == Task.stage_id)
    .join(Application, col(Application.id) == Task.application_id)
    .where(
        col(Token.officer_id) == sa.bindparam("officer_id"),
        col(Token.purpose) == Purpose.DECIDE,
        col(Token.content_hash) == Application.content_hash,
        col(Token.round) == Application.round,
        col(Task.state) == TaskState.OPEN,
        col(Stage.state) == StageState.OPEN,
        col(Stage.suspended_at).is_(None),
    )
    .order_by(col(Stage.due_at), col(Application.number), col(Task.seat), col(Token.issued_at))
)


@dataclass(frozen=True)
class Waiting:
    """One task that waits, and the nonce of the officer's link to it."""

    asked: Asked
    nonce: str
    #: True where the link's time is over: whoever writes again sends a new one.
    expired: bool


def waiting_for(tx: Transaction, office: Office, officer: Officer, now: dt.datetime) -> list[Waiting]:
    """Return what waits for ``officer``; what they may not answer now, by whatever rule, is left out."""
    newest = {task_id: nonce for nonce, task_id in tx.execute(LINKS, {"officer_id": officer.id})}
    found: list[Waiting] = []
    for nonce in newest.values():
        presented = derive_token(office.key, Purpose.DECIDE, nonce)
        asked = find(tx, presented, lock=False)
        assert asked is not None
        try:
            check(tx, asked, presented, Channel.LINK, now)
        except ExpiredToken:
            found.append(Waiting(asked, nonce, expired=True))
        except LiandongError:
            continue
        else:
            found.append(Waiting(asked, nonce, expired=False))
        if len(found) == MOST:
            break
    return found
