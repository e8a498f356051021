"""What one officer is asked: the token that was presented, its task, and whether it may be answered now."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.deputy.deputy_queries import stands_for
from approvals.editions import policy_of
from approvals.tokens import matches
from approvals.transaction import Transaction
from models.application import Application
from models.case import own
from models.errors import (
    AlreadyDecided,
    ContentChanged,
    ExpiredToken,
    NotYourTurn,
    OwnApplication,
    Recused,
    StageClosed,
    Suspended,
    UnknownToken,
)
from models.money import Fen
from models.officer import Officer
from models.road.quorum import Seat
from models.road.route import RouteStage, as_seen_by, from_json
from models.secrets import locator
from models.stage import Stage
from models.states import Channel, Level, Outcome, Purpose, StageState, TaskState
from models.task import Decision, Pledge, Recusal, Task
from models.token import Token

#: The kind of token that each door takes.
PURPOSE = {Channel.LINK: Purpose.DECIDE, Channel.REPLY: Purpose.REPLY}

# The statements of every decision, built once: building one costs more than running it.
BY_TOKEN = (
    sa.select(Token, Application, Stage, Task, Officer)
    .join(Application, col(Application.id) == Token.application_id)
    .join(Task, col(Task.id) == Token.task_id)
    .join(Stage, col(Stage.id) == Task.stage_id)
    .join(Officer, col(Officer.id) == Token.officer_id)
    .where(col(Token.locator) == sa.bindparam("locator"))
)
#: The token is locked too: wrong codes are counted there.
BY_TOKEN_LOCKED = BY_TOKEN.with_for_update(of=(Application, Token))
#: The stage, its tasks and who has recused are read again: others may have changed them while this one waited.
TASKS_OF_STAGE = (
    sa.select(
        Task,
        Decision,
        Stage,
        col(Officer.email),
        sa.exists().where(
            col(Recusal.application_id) == Stage.application_id,
            col(Recusal.address) == sa.bindparam("address"),
        ),
    )
    .join(Stage, col(Stage.id) == Task.stage_id)
    .outerjoin(Decision, col(Decision.id) == Task.decision_id)
    .outerjoin(Officer, col(Officer.id) == Decision.officer_id)
    .where(col(Task.stage_id) == sa.bindparam("stage_id"))
    .order_by(col(Decision.decided_at))
    .execution_options(populate_existing=True)
)
#: Those of this round's answers, and of earlier ones that stand in it.
PLEDGES = (
    sa.select(col(Pledge.level), col(Pledge.amount))
    .join(Task, col(Task.decision_id) == Pledge.decision_id)
    .join(Stage, col(Stage.id) == Task.stage_id)
    .where(
        col(Task.application_id) == sa.bindparam("application_id"),
        col(Task.state) == TaskState.DONE,
        col(Stage.round) == sa.bindparam("round"),
        col(Stage.state) != StageState.VOID,
    )
)

#: States of a task that has a place in its stage.
LIVE = (TaskState.WAITING, TaskState.OPEN, TaskState.DONE)


@dataclass
class Place:
    """One task where it stands: its application, its stage, and all tasks of the stage."""

    app: Application
    stage: Stage
    task: Task
    #: The stage of the route, as the task's seat sees it.
    planned: RouteStage
    #: All tasks of the stage with their decisions, this one included.
    tasks: list[tuple[Task, Decision | None]]

    @property
    def route_stage(self) -> RouteStage:
        """Return the stage of the route, as the units that it asks see it."""
        return from_json(self.app.route)[self.stage.position]

    @property
    def decides_money(self) -> bool:
        """True where an approval of this task promises or fixes money."""
        return self.planned.share is not None or self.planned.fixes_award

    @property
    def asked_for(self) -> dict[Level, Fen]:
        """Return the split that the application asks for, in fen."""
        return {level: self.app.asked(level) for level in Level}

    def seats(self, answer: Outcome | None = None) -> list[Seat]:
        """Return the stage's vote, those that answered first; ``answer`` is this task's where it has none yet."""
        return seats_of(self.tasks, self.task, answer)


@dataclass
class Asked(Place):
    """Everything about one task, for the person whose token was presented."""

    token: Token
    officer: Officer
    #: Other units of the stage for which the officer's address has answered already.
    answered_for: list[str]
    recused: bool
    #: Whom the officer stands in for; set by ``check``.
    deputy_for: Officer | None = None


def seats_of(
    tasks: Iterable[tuple[Task, Decision | None]], task: Task | None = None, answer: Outcome | None = None
) -> list[Seat]:
    """Return the vote of a stage from its tasks, in the order of their answers in time."""
    live = [(one, made) for one, made in tasks if one.counts and one.state in LIVE]
    said = sorted(((made.decided_at, one.seat, made.outcome) for one, made in live if made), key=lambda x: x[0])
    seats = [Seat(seat, outcome) for _, seat, outcome in said]
    if task is not None and answer is not None and task.counts:
        seats.append(Seat(task.seat, answer))
    silent = [Seat(one.seat) for one, made in live if made is None and (answer is None or one is not task)]
    return seats + silent


def find(tx: Transaction, presented: str, *, lock: bool = True) -> Asked | None:
    """Read the task of the token ``presented``, its application locked; None where no token fits."""
    statement = BY_TOKEN_LOCKED if lock else BY_TOKEN
    row = tx.execute(statement, {"locator": locator(presented)}).first()
    if row is None:
        return None
    token, app, stage, task, officer = row
    fresh = tx.execute(TASKS_OF_STAGE, {"stage_id": stage.id, "address": officer.email.lower()}).all()
    tasks = [(each, decision) for each, decision, *_ in fresh]
    answered_for = [each.unit for each, _, _, who, _ in fresh if who == officer.email and each.unit != task.unit]
    planned = as_seen_by(from_json(app.route)[stage.position], task.seat, counts=task.counts)
    return Asked(app, stage, task, planned, tasks, token, officer, answered_for, recused=fresh[0][-1])


def place_of(tx: Transaction, app: Application, task_id: str) -> Place:
    """Read the task ``task_id`` of ``app``, which the transaction has locked."""
    task = tx.exec(select(Task).where(Task.id == task_id).execution_options(populate_existing=True)).one()
    rows = tx.execute(TASKS_OF_STAGE, {"stage_id": task.stage_id, "address": ""}).all()
    stage = rows[0][2]
    planned = as_seen_by(from_json(app.route)[stage.position], task.seat, counts=task.counts)
    return Place(app, stage, task, planned, [(each, made) for each, made, *_ in rows])


def check(
    tx: Transaction,
    asked: Asked,
    presented: str,
    channel: Channel,
    now: dt.datetime,
    *,
    though_suspended: bool = False,
    though_waiting: bool = False,
) -> None:
    """Raise unless the token opens this door now and the task still waits for its answer."""
    token = asked.token
    if not matches(token, presented) or token.purpose is not PURPOSE[channel]:
        raise UnknownToken
    if asked.task.state is TaskState.DONE:
        unit = policy_of(tx, asked.app).unit_name(asked.task.unit)
        raise AlreadyDecided(unit.zh, unit.en)
    if token.content_hash != asked.app.content_hash:
        raise ContentChanged
    if asked.task.state is TaskState.VOID:
        raise StageClosed(asked.task.ended_as)
    if token.round != asked.app.round or asked.stage.state is not StageState.OPEN:
        raise StageClosed
    if asked.task.state is TaskState.WAITING and not though_waiting:
        raise NotYourTurn
    if asked.stage.suspended_at is not None and not though_suspended:
        raise Suspended
    check_person(tx, asked, now)
    if now >= token.expires_at:
        raise ExpiredToken


def check_person(tx: Transaction, asked: Asked, now: dt.datetime) -> None:
    """Raise unless the officer may act for the task now, in their own right or as somebody's deputy."""
    if asked.recused:
        raise Recused
    if own.is_own(asked.app, *asked.officer.addresses):
        raise OwnApplication
    asked.deputy_for = stands_for(tx, asked.app, asked.task, asked.officer, now)


def pledges_of(tx: Transaction, app: Application) -> dict[Level, Fen]:
    """Return what each level has pledged for this round, in fen."""
    rows = tx.execute(PLEDGES, {"application_id": app.id, "round": app.round})
    return {Level(level): amount for level, amount in rows}
