"""Decide: a unit answers, by link or by reply. One transaction, the application's row locked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from approvals import codes, stages
from approvals.chain import changed, record
from approvals.database import Transaction
from approvals.office import Office
from approvals.tokens import matches
from models import award
from models.application import Application
from models.columns import new_id, plain
from models.errors import (
    AlreadyDecided,
    ContentChanged,
    ExpiredToken,
    LiandongError,
    OpinionMissing,
    OpinionTooLong,
    StageClosed,
    UnknownToken,
)
from models.event import EventKind
from models.money import Fen
from models.officer import Officer
from models.policy import load_policy
from models.quorum import evaluate
from models.route import RouteStage, from_json
from models.secrets import locator
from models.stage import Stage
from models.states import Channel, Level, Outcome, Purpose, StageState, TaskState
from models.task import MAX_OPINION, Decision, Pledge, Task
from models.token import Token

#: The kind of token that each door takes.
PURPOSE = {Channel.LINK: Purpose.DECIDE, Channel.REPLY: Purpose.REPLY}


@dataclass(frozen=True)
class Answer:
    """What an officer says. Amounts in fen; none means "as stated"."""

    outcome: Outcome
    opinion: str = ""
    amounts: Mapping[Level, Fen] = field(default_factory=dict)
    #: The one-time code, where the sum asks for one.
    code: str = ""


@dataclass(frozen=True)
class Decided:
    """The answer counts."""

    number: str
    outcome: Outcome
    closed: Outcome | None


@dataclass(frozen=True)
class NotDecided:
    """Nothing was decided; the refusal is on the chain where an application is known."""

    error: LiandongError
    number: str | None = None


@dataclass
class Asked:
    """Everything about one task, read under the application's lock."""

    token: Token
    app: Application
    stage: Stage
    task: Task
    officer: Officer
    #: All tasks of the stage with their decisions, this one included.
    tasks: list[tuple[Task, Decision | None]]

    @property
    def planned(self) -> RouteStage:
        """Return the stage as the route has it."""
        return from_json(self.app.route)[self.stage.position]


def decide(
    tx: Transaction, office: Office, presented: str, answer: Answer, channel: Channel, now: dt.datetime
) -> Decided | NotDecided:
    """Record ``answer`` for the task that the token ``presented`` belongs to, and move the application on."""
    asked = find(tx, presented)
    if asked is None:
        return NotDecided(UnknownToken(), _record_foreign(tx, presented, channel, now))
    try:
        check(asked, presented, channel, now)
        amounts = _check_answer(tx, office, asked, answer, channel, now)
    except LiandongError as error:
        record(
            tx,
            asked.app,
            EventKind.ANSWER_REFUSED,
            now,
            officer=asked.officer.email,
            channel=channel.value,
            task=asked.task.id,
            why=type(error).__name__,
        )
        return NotDecided(error, asked.app.number)
    decision = _write(tx, asked, answer, amounts, channel, now)
    return _move_on(tx, office, asked, decision, now)


def _record_foreign(tx: Transaction, presented: str, channel: Channel, now: dt.datetime) -> str | None:
    """Record that an applicant's token was tried as an officer's; return the application's number, if any."""
    app = tx.exec(
        select(Application)
        .join(Token, col(Token.application_id) == Application.id)
        .where(Token.locator == locator(presented))
        .with_for_update(of=Application)
    ).first()
    if app is None:
        return None
    why = UnknownToken.__name__
    record(tx, app, EventKind.ANSWER_REFUSED, now, officer=None, channel=channel.value, task=None, why=why)
    return app.number


def find(tx: Transaction, presented: str) -> Asked | None:
    """Lock the application of the token ``presented`` and read its task; None where no token fits."""
    row = tx.execute(
        sa.select(Token, Application, Stage, Task, Officer)
        .join(Application, col(Application.id) == Token.application_id)
        .join(Task, col(Task.id) == Token.task_id)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .join(Officer, col(Officer.id) == Token.officer_id)
        .where(col(Token.locator) == locator(presented))
        .with_for_update(of=(Application, Token))  # the token too: its code's tries are counted there
    ).first()
    if row is None:
        return None
    token, app, stage, task, officer = row
    # Read again what others may have changed while this transaction waited for the lock.
    fresh = tx.exec(
        select(Task, Decision, Stage)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .outerjoin(Decision, col(Decision.task_id) == Task.id)
        .where(Task.stage_id == stage.id)
        .order_by(col(Decision.decided_at))
        .execution_options(populate_existing=True)
    ).all()
    return Asked(token, app, stage, task, officer, [(t, d) for t, d, _ in fresh])


def check(asked: Asked, presented: str, channel: Channel, now: dt.datetime) -> None:
    """Raise unless the token opens this door now and the task still waits for its answer."""
    token, policy = asked.token, load_policy(asked.app.policy)
    if not matches(token, presented) or token.purpose is not PURPOSE[channel]:
        raise UnknownToken
    if asked.task.state is TaskState.DONE:
        unit = policy.unit_name(asked.task.unit)
        raise AlreadyDecided(unit.zh, unit.en)
    if token.round != asked.app.round or token.content_hash != asked.app.content_hash:
        raise ContentChanged
    if asked.task.state is TaskState.VOID or asked.stage.state is not StageState.OPEN:
        raise StageClosed
    if now >= token.expires_at:
        raise ExpiredToken


def _check_answer(
    tx: Transaction, office: Office, asked: Asked, answer: Answer, channel: Channel, now: dt.datetime
) -> dict[Level, Fen]:
    """Return the amounts that an approval pledges or fixes; raise where the answer cannot stand."""
    opinion = plain(answer.opinion)
    if answer.outcome is not Outcome.APPROVE and not opinion:
        raise OpinionMissing
    if len(opinion) > MAX_OPINION:
        raise OpinionTooLong
    if channel is Channel.LINK:
        codes.check(tx, office, asked.app, asked.token, answer.code, now)
    if answer.outcome is not Outcome.APPROVE:
        return {}
    app, planned = asked.app, asked.planned
    asked_for = {level: app.asked(level) for level in Level}
    if planned.share is not None:
        level = Level(planned.share)
        return {level: award.check_pledge(level, answer.amounts.get(level, asked_for[level]), asked_for[level])}
    if planned.fixes_award:
        pledges = pledges_of(tx, app)
        wanted = award.as_pledged(asked_for, pledges) | dict(answer.amounts)
        option = load_policy(app.policy).measures[app.measure].options[app.option]
        return award.check_award(wanted, asked_for, pledges, option)
    return {}


def pledges_of(tx: Transaction, app: Application) -> dict[Level, Fen]:
    """Return what each level has pledged in this round, in fen."""
    rows = tx.exec(select(Pledge).where(Pledge.application_id == app.id, Pledge.round == app.round))
    return {Level(pledge.level): pledge.amount for pledge in rows}


def _write(
    tx: Transaction, asked: Asked, answer: Answer, amounts: dict[Level, Fen], channel: Channel, now: dt.datetime
) -> Decision:
    """Write the decision, what it pledges or fixes, and their events."""
    app, planned = asked.app, asked.planned
    decision = Decision(
        id=new_id(),
        application_id=app.id,
        task_id=asked.task.id,
        officer_id=asked.officer.id,
        token_id=asked.token.id,
        outcome=answer.outcome,
        opinion=plain(answer.opinion),
        channel=channel,
        content_hash=app.content_hash,
        decided_at=now,
    )
    asked.task.state = TaskState.DONE
    tx.add(decision)
    said: dict[str, Any] = {level.value: fen for level, fen in amounts.items()}
    record(
        tx,
        app,
        EventKind.DECIDED,
        now,
        decision=decision.id,
        task=asked.task.id,
        unit=asked.task.unit,
        stage=asked.stage.id,
        officer=asked.officer.email,
        outcome=answer.outcome.value,
        opinion=decision.opinion,
        channel=channel.value,
        content_hash=app.content_hash,
        amounts=said,
    )
    if planned.share is not None:
        for level, fen in amounts.items():
            tx.add(Pledge(application_id=app.id, round=app.round, level=level, decision_id=decision.id, amount=fen))
    if planned.fixes_award and amounts:
        app.award_province, app.award_city, app.award_county = (amounts[level] for level in Level)
    return decision


def _move_on(tx: Transaction, office: Office, asked: Asked, decision: Decision, now: dt.datetime) -> Decided:
    """Evaluate the quorum; where the stage closes, take the route's next step."""
    answers = [d.outcome for _, d in asked.tasks if d is not None] + [decision.outcome]
    verdict = evaluate(asked.planned.quorum, len(asked.tasks), answers)
    if verdict.outcome is None:
        changed(tx, asked.app, now)
        return Decided(asked.app.number, decision.outcome, None)
    step = stages.close_stage(
        tx, office, asked.app, asked.stage, verdict.outcome, verdict.why_en, [t for t, _ in asked.tasks], now
    )
    unit = load_policy(asked.app.policy).unit_name(asked.task.unit)
    stages.take(tx, office, asked.app, step, now, unit={"zh": unit.zh, "en": unit.en}, opinion=decision.opinion)
    return Decided(asked.app.number, decision.outcome, verdict.outcome)
