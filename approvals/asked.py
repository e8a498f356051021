"""What one officer is asked: the token that was presented, its task, and whether it may be answered now."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.editions import policy_of
from approvals.tokens import matches
from approvals.transaction import Transaction
from models.application import Application
from models.errors import AlreadyDecided, ContentChanged, ExpiredToken, OfficerReplaced, StageClosed, UnknownToken
from models.money import Fen
from models.officer import Officer
from models.route import RouteStage, from_json
from models.secrets import locator
from models.stage import Stage
from models.states import Channel, Level, Purpose, StageState, TaskState
from models.task import Decision, Pledge, Task
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
#: The stage and its tasks are read again: others may have changed them while this transaction waited.
TASKS_OF_STAGE = (
    sa.select(Task, Decision, Stage, col(Officer.email))
    .join(Stage, col(Stage.id) == Task.stage_id)
    .outerjoin(Decision, col(Decision.task_id) == Task.id)
    .outerjoin(Officer, col(Officer.id) == Decision.officer_id)
    .where(col(Task.stage_id) == sa.bindparam("stage_id"))
    .order_by(col(Decision.decided_at))
    .execution_options(populate_existing=True)
)
PLEDGES = select(Pledge.level, Pledge.amount).where(
    Pledge.application_id == sa.bindparam("application_id"), Pledge.round == sa.bindparam("round")
)


@dataclass
class Asked:
    """Everything about one task."""

    token: Token
    app: Application
    stage: Stage
    task: Task
    officer: Officer
    planned: RouteStage
    #: All tasks of the stage with their decisions, this one included; empty where it was read without the lock.
    tasks: list[tuple[Task, Decision | None]]
    #: Other units of the stage for which the officer's address has answered already.
    answered_for: list[str]

    @property
    def asked_for(self) -> dict[Level, Fen]:
        """Return the split that the application asks for, in fen."""
        return {level: self.app.asked(level) for level in Level}


def find(tx: Transaction, presented: str, *, lock: bool = True) -> Asked | None:
    """Read the task of the token ``presented``, its application locked; None where no token fits."""
    statement = BY_TOKEN_LOCKED if lock else BY_TOKEN
    row = tx.execute(statement, {"locator": locator(presented)}).first()
    if row is None:
        return None
    token, app, stage, task, officer = row
    fresh = tx.execute(TASKS_OF_STAGE, {"stage_id": stage.id}).all() if lock else []
    tasks = [(each, decision) for each, decision, _, _ in fresh]
    answered_for = [each.unit for each, _, _, who in fresh if who == officer.email and each.unit != task.unit]
    return Asked(token, app, stage, task, officer, from_json(app.route)[stage.position], tasks, answered_for)


def check(tx: Transaction, asked: Asked, presented: str, channel: Channel, now: dt.datetime) -> None:
    """Raise unless the token opens this door now and the task still waits for its answer."""
    token = asked.token
    if not matches(token, presented) or token.purpose is not PURPOSE[channel]:
        raise UnknownToken
    if asked.task.state is TaskState.DONE:
        unit = policy_of(tx, asked.app).unit_name(asked.task.unit)
        raise AlreadyDecided(unit.zh, unit.en)
    if token.round != asked.app.round or token.content_hash != asked.app.content_hash:
        raise ContentChanged
    if asked.task.state is TaskState.VOID or asked.stage.state is not StageState.OPEN:
        raise StageClosed
    if not asked.officer.active:
        raise OfficerReplaced
    if now >= token.expires_at:
        raise ExpiredToken


def pledges_of(tx: Transaction, app: Application) -> dict[Level, Fen]:
    """Return what each level has pledged in this round, in fen."""
    rows = tx.execute(PLEDGES, {"application_id": app.id, "round": app.round})
    return {Level(level): amount for level, amount in rows}
