"""Decide: a unit answers, by link or by reply. One transaction, the application's row locked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from approvals import codes, determination, objections, reports, stages
from approvals.asked import Asked, check, find
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.office import Office
from approvals.transaction import Transaction
from models import award
from models.application import Application
from models.columns import new_id, plain
from models.errors import (
    LiandongError,
    OpinionMissing,
    OpinionTooLong,
    UnknownToken,
)
from models.event import EventKind
from models.money import Fen
from models.notice_rules import PUBLIC_NOTICE
from models.quorum import evaluate
from models.route import narrowed
from models.secrets import locator
from models.states import Channel, Level, Outcome, TaskState
from models.task import MAX_OPINION, Decision, Pledge
from models.token import Token


@dataclass(frozen=True)
class Answer:
    """What an officer says. Amounts in fen; none means "as stated"."""

    outcome: Outcome
    opinion: str = ""
    amounts: Mapping[Level, Fen] = field(default_factory=dict)
    #: The one-time code, where the sum asks for one.
    code: str = ""
    #: What a unit has reached of a duty's targets, by their keys.
    figures: Mapping[str, int] = field(default_factory=dict)
    #: The units that are to report again, where a duty is sent back; none: all of them.
    units: tuple[str, ...] = ()


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


def decide(
    tx: Transaction, office: Office, presented: str, answer: Answer, channel: Channel, now: dt.datetime
) -> Decided | NotDecided:
    """Record ``answer`` for the task that the token ``presented`` belongs to, and move the application on."""
    asked = find(tx, presented)
    if asked is None:
        return NotDecided(UnknownToken(), record_foreign(tx, presented, channel, now))
    try:
        check(tx, asked, presented, channel, now)
        amounts = _check_answer(tx, office, asked, answer, channel, now)
    except LiandongError as error:
        return refused(tx, asked, error, channel, now)
    opinion = _write(tx, asked, answer, amounts, channel, now)
    return _move_on(tx, office, asked, answer, opinion, amounts, now)


def refused(tx: Transaction, asked: Asked, error: LiandongError, channel: Channel, now: dt.datetime) -> NotDecided:
    """Put onto the chain that an answer was not counted, and why."""
    why, who = type(error).__name__, asked.officer.email
    about = {"officer": who, "channel": channel.value, "task": asked.task.id, "why": why}
    record(tx, asked.app, EventKind.ANSWER_REFUSED, now, **about)
    return NotDecided(error, asked.app.number)


def record_foreign(tx: Transaction, presented: str, channel: Channel, now: dt.datetime) -> str | None:
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


def _check_answer(
    tx: Transaction, office: Office, asked: Asked, answer: Answer, channel: Channel, now: dt.datetime
) -> dict[Level, Fen]:
    """Return the amounts that an approval pledges or fixes; raise where the answer cannot stand."""
    opinion = plain(answer.opinion)
    reports.check_answer(asked, answer.outcome, answer.units)
    if asked.planned.act == "report":
        reports.check(tx, asked, opinion, answer.figures)
    if not opinion and asked.planned.act == PUBLIC_NOTICE:
        raise OpinionMissing("答复异议须写明意见。", "An answer to an objection needs an opinion: say why.")
    if answer.outcome is not Outcome.APPROVE and not opinion:
        raise OpinionMissing
    if len(opinion) > MAX_OPINION:
        raise OpinionTooLong
    if channel is Channel.LINK:
        codes.check(tx, office, asked.app, asked.token, answer.code, now)
    if answer.outcome is not Outcome.APPROVE:
        return {}
    app, planned, asked_for = asked.app, asked.planned, asked.asked_for
    if planned.share is not None:
        level = Level(planned.share)
        return {level: award.check_pledge(level, answer.amounts.get(level, asked_for[level]), asked_for[level])}
    if planned.fixes_award:
        return determination.check(tx, app, planned, answer.amounts, now)
    return {}


def _write(
    tx: Transaction, asked: Asked, answer: Answer, amounts: dict[Level, Fen], channel: Channel, now: dt.datetime
) -> str:
    """Write the decision, what it pledges, and its event; return the opinion as it was written."""
    app, planned = asked.app, asked.planned
    decision_id, opinion = new_id(), plain(answer.opinion)
    asked.task.state = TaskState.DONE
    tx.insert(
        Decision,
        id=decision_id,
        application_id=app.id,
        task_id=asked.task.id,
        officer_id=asked.officer.id,
        token_id=asked.token.id,
        outcome=answer.outcome,
        opinion=opinion,
        channel=channel,
        content_hash=app.content_hash,
        decided_at=now,
    )
    if planned.share is not None:
        for level, fen in amounts.items():
            tx.insert(Pledge, application_id=app.id, round=app.round, level=level, decision_id=decision_id, amount=fen)
        tx.write_rows()  # the next stage's letters may state them
    said: dict[str, Any] = {level.value: fen for level, fen in amounts.items()}
    also = {"answered_for": asked.answered_for} if asked.answered_for else {}
    record(
        tx,
        app,
        EventKind.DECIDED,
        now,
        decision=decision_id,
        task=asked.task.id,
        unit=asked.task.unit,
        stage=asked.stage.id,
        officer=asked.officer.email,
        officer_unit=asked.officer.unit,
        outcome=answer.outcome.value,
        opinion=opinion,
        channel=channel.value,
        content_hash=app.content_hash,
        amounts=said,
        **also,
    )
    if planned.act == "report":
        reports.write(tx, asked, opinion, answer.figures, channel, now, done=True)
    return opinion


def _move_on(
    tx: Transaction,
    office: Office,
    asked: Asked,
    answer: Answer,
    opinion: str,
    amounts: dict[Level, Fen],
    now: dt.datetime,
) -> Decided:
    """Evaluate the quorum; where the stage closes, take the route's next step."""
    app, tasks = asked.app, [task for task, _ in asked.tasks]
    if asked.planned.act == PUBLIC_NOTICE:
        closed = objections.answered(
            tx, office, app, asked.stage, asked.task, answer.outcome, opinion, tasks, now, asked.officer.email
        )
        return Decided(app.number, answer.outcome, closed)
    answers = [decision.outcome for _, decision in asked.tasks if decision is not None] + [answer.outcome]
    verdict = evaluate(asked.planned.quorum, len(asked.tasks), answers)
    if verdict.outcome is None:
        changed(tx, app, now)
        return Decided(app.number, answer.outcome, None)
    if asked.planned.fixes_award and verdict.outcome is Outcome.APPROVE:
        determination.fix(tx, app, amounts, now)
    step = stages.close_stage(tx, office, app, asked.stage, verdict.outcome, verdict.why, tasks, now)
    step, unit = narrowed(step, answer.units), policy_of(tx, app).unit_name(asked.task.unit)
    stages.take(tx, office, app, step, now, unit={"zh": unit.zh, "en": unit.en}, opinion=opinion)
    return Decided(app.number, answer.outcome, verdict.outcome)
