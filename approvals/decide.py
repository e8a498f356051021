"""Decide: a unit answers, by link or by reply. One transaction, the application's row locked."""

import datetime as dt

from sqlmodel import col, select

from approvals import codes, recuse, reports
from approvals.answer import Answer, Author, Decided, NotDecided
from approvals.answers import answered
from approvals.asked import Asked, check, find
from approvals.chain import record
from approvals.office import Office
from approvals.panel import scoring
from approvals.transaction import Transaction
from models.application import Application
from models.columns import plain
from models.errors import (
    LiandongError,
    OpinionMissing,
    OpinionTooLong,
    UnknownToken,
    WrongAnswer,
)
from models.event import EventKind
from models.panel.seats import EXPERT_PANEL
from models.policy.notice_rules import PUBLIC_NOTICE
from models.secrets import locator
from models.states import Channel, Outcome
from models.task import MAX_OPINION
from models.token import Token

#: What an officer may say of an application, and of a duty.
ANSWERS = (Outcome.APPROVE, Outcome.REFUSE, Outcome.RETURN, Outcome.ABSTAIN, Outcome.RECUSE)
DUTY_ANSWERS = (Outcome.APPROVE, Outcome.RETURN)
#: Of a release: who pays agrees or does not; nobody is left out.
RELEASE_ANSWERS = (Outcome.APPROVE, Outcome.REFUSE, Outcome.RECUSE)
#: To an objection: not upheld, upheld and refused, upheld and sent back; or somebody else is to answer it.
NOTICE_ANSWERS = (Outcome.APPROVE, Outcome.REFUSE, Outcome.RETURN, Outcome.RECUSE)
ANSWERS_OF = {
    "report": DUTY_ANSWERS,
    "accept": DUTY_ANSWERS,
    "release": RELEASE_ANSWERS,
    PUBLIC_NOTICE: NOTICE_ANSWERS,
}
#: What whoever is asked for an opinion may say: an opinion sends nothing back.
OPINIONS = (Outcome.APPROVE, Outcome.REFUSE, Outcome.ABSTAIN, Outcome.RECUSE)


def decide(
    tx: Transaction,
    office: Office,
    presented: str,
    answer: Answer,
    channel: Channel,
    now: dt.datetime,
    *,
    proof: str = "",
) -> Decided | NotDecided:
    """Record ``answer`` for the task that the token ``presented`` belongs to, and move the application on.

    ``proof``: what proved who sent a reply; the event of the decision says it.
    """
    asked = find(tx, presented)
    if asked is None:
        return NotDecided(UnknownToken(), record_foreign(tx, presented, channel, now))
    try:
        check(tx, asked, presented, channel, now)
        _check_answer(tx, office, asked, answer, channel, now)
        if answer.outcome is Outcome.RECUSE:
            if asked.planned.act == EXPERT_PANEL:  # on its page: no reply comes here
                return scoring.recuse(tx, office, asked, answer, channel, now)
            return recuse.recuse(tx, office, asked, answer, channel, now, proof=proof)
        author = Author(
            channel,
            asked.officer,
            asked.token.id,
            deputy_for=asked.deputy_for,
            proof=proof,
            answered_for=tuple(asked.answered_for),
        )
        return answered(tx, office, asked, answer, author, now)
    except LiandongError as error:
        return refused(tx, asked, error, channel, now)


def answers_taken(asked: Asked) -> tuple[Outcome, ...]:
    """Return the answers that the task takes."""
    if not asked.task.counts:
        return OPINIONS
    return ANSWERS_OF.get(asked.planned.act, ANSWERS)


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
) -> None:
    """Raise where the answer cannot stand."""
    opinion = plain(answer.opinion)
    if answer.outcome not in answers_taken(asked):
        raise WrongAnswer
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
    if asked.planned.act == EXPERT_PANEL:
        scoring.check(tx, office, asked, answer, channel, now)
