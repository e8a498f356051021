"""Tasks that want an answer, of one application or of all, for whoever lists them."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import col, select

from approvals import asking
from approvals.editions import policy_of
from approvals.moves.override import open_proposals
from approvals.transaction import Transaction
from models.application import Application
from models.errors import UnknownApplication
from models.policy.data import Bilingual
from models.road.route import from_json
from models.stage import Stage
from models.states import UNANSWERED, Outcome, StageState, TaskKind, TaskState
from models.task import Task


@dataclass(frozen=True)
class ListedTask:
    """One task that is not answered yet."""

    number: str
    title: str
    stage: Bilingual
    unit: str
    unit_name: Bilingual
    state: TaskState
    kind: TaskKind
    #: False: an opinion, no vote.
    counts: bool
    due_at: dt.datetime
    #: Since when its stage stands still; None while the clock runs.
    suspended_at: dt.datetime | None
    #: The addresses of those who were asked.
    officers: tuple[str, ...]


def unanswered(tx: Transaction, number: str = "", limit: int = 500) -> list[ListedTask]:
    """Return the tasks that want an answer, those that are due first; of one application where ``number`` is given.

    Raises:
        UnknownApplication: there is none with this number.

    """
    if number and tx.exec(select(Application.id).where(Application.number == number)).first() is None:
        raise UnknownApplication
    found = (
        select(Application, Stage, Task)
        .join(Stage, col(Stage.application_id) == Application.id)
        .join(Task, col(Task.stage_id) == Stage.id)
        .where(Stage.state == StageState.OPEN, col(Task.state).in_(UNANSWERED))
        .order_by(col(Stage.due_at), col(Application.number), col(Task.state), col(Task.seat))
        .limit(limit)
    )
    rows = tx.exec(found.where(Application.number == number) if number else found).all()
    asked = asking.were_asked(tx, [task for _, _, task in rows])
    return [_listed(tx, app, stage, task, tuple(o.email for o in asked.get(task.id, ()))) for app, stage, task in rows]


def _listed(tx: Transaction, app: Application, stage: Stage, task: Task, officers: tuple[str, ...]) -> ListedTask:
    planned = from_json(app.route)[stage.position]
    return ListedTask(
        number=app.number,
        title=app.title,
        stage=Bilingual(zh=planned.name_zh, en=planned.name_en),
        unit=task.unit,
        unit_name=policy_of(tx, app).unit_name(task.unit),
        state=task.state,
        kind=task.kind,
        counts=task.counts,
        due_at=stage.due_at,
        suspended_at=stage.suspended_at,
        officers=officers,
    )


@dataclass(frozen=True)
class Proposal:
    """One override that wants a second operator's consent."""

    id: str
    number: str
    outcome: Outcome
    reason: str
    proposer: str


def proposals(tx: Transaction) -> list[Proposal]:
    """Return the overrides that want consent, the oldest first."""
    found = open_proposals(tx)
    ids = [one.application_id for one in found]
    numbers = dict(tx.exec(select(Application.id, Application.number).where(col(Application.id).in_(ids))).all())
    return [Proposal(o.id, numbers[o.application_id], o.outcome, o.reason, o.proposer_name) for o in found]
