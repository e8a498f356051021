"""Answers: written down, sealed and counted, whoever gave them; where the stage closes, the route's next step."""

import datetime as dt
from typing import Any

from approvals import determination, reports, turns
from approvals.answer import Answer, Author, Decided
from approvals.asked import Asked, Place
from approvals.chain import changed, record
from approvals.notice import objection_answers
from approvals.office import Office
from approvals.onward import Last, back_of, go_on
from approvals.panel import sheets
from approvals.transaction import Transaction
from models.case import award
from models.columns import new_id, plain
from models.errors import LastVoter, LiandongError, WrongAnswer, WrongTarget
from models.event import EventKind
from models.money import Fen
from models.panel.seats import EXPERT_PANEL
from models.policy.notice_rules import PUBLIC_NOTICE
from models.road.quorum import voters
from models.road.route import from_json
from models.road.step import NOWHERE, Back
from models.states import Channel, Level, Outcome, TaskState
from models.task import Decision, Pledge


class MoneyUndecided(LiandongError):
    """Only this unit can promise or fix the money of its level."""

    zh = "本环节由贵单位承诺或核定资金，不能弃权；请答复同意、不同意或退回。"
    en = "Your unit promises or fixes money in this stage, so it cannot abstain; answer approve, refuse or return."


def settle(
    tx: Transaction,
    office: Office,
    place: Place,
    outcome: Outcome,
    opinion: str,
    channel: Channel,
    by: str,
    now: dt.datetime,
) -> Decided:
    """Answer a task without its officers: the clock or an operator does; amounts are as stated.

    Raises:
        LiandongError: the answer cannot stand, e.g. a limit does not allow the award any more.

    """
    answer = Answer(outcome, opinion)
    return answered(tx, office, place, answer, Author(channel, by=by), now)


def answered(
    tx: Transaction, office: Office, place: Place, answer: Answer, author: Author, now: dt.datetime
) -> Decided:
    """Write ``answer`` down and move on.

    Raises:
        LiandongError: the answer cannot stand; nothing was written.

    """
    check_vote(place, answer)
    amounts = amounts_of(tx, place, answer, now)
    opinion = _write(tx, place, answer, amounts, author, now)
    return _move_on(tx, office, place, answer, opinion, amounts, author, now)


def check_vote(place: Place, answer: Answer) -> None:
    """See that the stage takes this answer from this task.

    Raises:
        LastVoter: nobody would be left to vote.
        MoneyUndecided: the unit that promises or fixes money abstains.
        WrongTarget: the return leads to no earlier stage.
        WrongAnswer: a seat of a panel was to be answered without a sheet.

    """
    quorum, outcome = place.planned.quorum, answer.outcome
    if place.planned.act == EXPERT_PANEL and not answer.points:
        raise WrongAnswer
    if outcome is Outcome.ABSTAIN and not voters(quorum, place.seats(outcome)):
        raise LastVoter
    if outcome is Outcome.ABSTAIN and place.decides_money:
        raise MoneyUndecided
    if outcome is Outcome.RETURN and answer.returns_to:
        earlier = from_json(place.app.route)[: place.planned.position]
        if answer.returns_to not in [stage.key for stage in earlier]:
            raise WrongTarget(answer.returns_to, ", ".join(f"{s.key} ({s.name_zh} {s.name_en})" for s in earlier))


def amounts_of(tx: Transaction, place: Place, answer: Answer, now: dt.datetime) -> dict[Level, Fen]:
    """Return the amounts that an approval pledges or fixes.

    Raises:
        WrongAmount: they are outside what was asked for or what the policy allows.

    """
    planned, asked_for = place.planned, place.asked_for
    if answer.outcome is not Outcome.APPROVE or not place.task.counts:
        return {}
    if planned.share is not None:
        level = Level(planned.share)
        return {level: award.check_pledge(level, answer.amounts.get(level, asked_for[level]), asked_for[level])}
    if planned.fixes_award:
        return determination.check(tx, place.app, planned, answer.amounts, now)
    return {}


def _write(
    tx: Transaction, place: Place, answer: Answer, amounts: dict[Level, Fen], author: Author, now: dt.datetime
) -> str:
    """Write the decision, what it pledges, and its event; return the opinion as it was written."""
    app, task = place.app, place.task
    decision_id, opinion = new_id(), plain(answer.opinion)
    task.state, task.decision_id = TaskState.DONE, decision_id
    tx.add(task)
    is_return = answer.outcome is Outcome.RETURN
    tx.insert(
        Decision,
        id=decision_id,
        application_id=app.id,
        task_id=task.id,
        officer_id=author.officer.id if author.officer else None,
        token_id=author.token_id,
        by=author.by,
        deputy_for=author.deputy_for.id if author.deputy_for else None,
        outcome=answer.outcome,
        opinion=opinion,
        channel=author.channel,
        content_hash=app.content_hash,
        returns_to=answer.returns_to or None if is_return else None,
        straight_back=answer.straight_back and is_return,
        decided_at=now,
    )
    if place.planned.share is not None:
        for level, fen in amounts.items():
            tx.insert(Pledge, application_id=app.id, round=app.round, level=level, decision_id=decision_id, amount=fen)
    tx.flush()
    tx.write_rows()  # the next stage's letters may state them
    _seal(tx, place, answer, amounts, author, decision_id, opinion, now)
    if place.planned.act == "report" and isinstance(place, Asked):
        reports.write(tx, place, opinion, answer.figures, author.channel, now, done=True, proof=author.proof)
    if place.planned.act == EXPERT_PANEL and isinstance(place, Asked):
        sheets.write(tx, place, opinion, answer.points, now)
    return opinion


def _seal(
    tx: Transaction,
    place: Place,
    answer: Answer,
    amounts: dict[Level, Fen],
    author: Author,
    decision_id: str,
    opinion: str,
    now: dt.datetime,
) -> None:
    """Put the decision onto the chain."""
    said: dict[str, Any] = {
        "decision": decision_id,
        "task": place.task.id,
        "unit": place.task.unit,
        "stage": place.stage.id,
        "officer": author.officer.email if author.officer else None,
        "officer_unit": author.officer.unit if author.officer else None,
        "outcome": answer.outcome.value,
        "opinion": opinion,
        "channel": author.channel.value,
        "content_hash": place.app.content_hash,
        "amounts": {level.value: fen for level, fen in amounts.items()},
    }
    if author.by:
        said["by"] = author.by
    if author.proof:
        said["authenticated"] = author.proof
    if author.deputy_for:
        said["deputy_for"] = author.deputy_for.email
    if author.answered_for:
        said["answered_for"] = list(author.answered_for)
    if answer.outcome is Outcome.RETURN and (answer.returns_to or answer.straight_back):
        said |= {"returns_to": answer.returns_to, "straight_back": answer.straight_back}
    record(tx, place.app, EventKind.DECIDED, now, **said)


def _move_on(
    tx: Transaction,
    office: Office,
    place: Place,
    answer: Answer,
    opinion: str,
    amounts: dict[Level, Fen],
    author: Author,
    now: dt.datetime,
) -> Decided:
    """Go on to the route's next step where the stage is decided; else ask whose turn it is."""
    mine = Back(answer.returns_to or None, answer.straight_back) if answer.outcome is Outcome.RETURN else NOWHERE
    back, closed = back_of(place, mine), None
    if place.planned.act == PUBLIC_NOTICE and place.task.counts:
        by = author.officer.email if author.officer else author.by
        closed = objection_answers.answered(tx, office, place, answer.outcome, opinion, back, by, now)
        return Decided(place.app.number, answer.outcome, closed)
    if place.task.counts:
        last = Last(place.task.unit, opinion, amounts, back, answer.units)
        closed = go_on(tx, office, place, answer.outcome, last, now)
    if closed is None:
        turns.next_turn(tx, office, place, now)
        changed(tx, place.app, now)
    return Decided(place.app.number, answer.outcome, closed)
