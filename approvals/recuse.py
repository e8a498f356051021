"""Recuse: an officer steps back from one application, by whatever door and for whatever unit (回避)."""

import datetime as dt

from approvals import asking, tasks
from approvals.answer import Answer, Author, Decided
from approvals.answers import answered
from approvals.asked import Asked
from approvals.chain import changed, record
from approvals.office import Office
from approvals.transaction import Transaction
from models.columns import plain
from models.event import EventKind
from models.officer import Officer
from models.road.quorum import voters
from models.states import Channel, Outcome
from models.task import Recusal


def recuse(
    tx: Transaction,
    office: Office,
    asked: Asked,
    answer: Answer,
    channel: Channel,
    now: dt.datetime,
    *,
    proof: str = "",
) -> Decided:
    """Record the recusal; a colleague answers, or else the unit above, unless the rule leaves the unit out.

    ``proof``: what proved who sent a reply; the event says it.
    """
    _write(tx, asked, plain(answer.opinion), channel, now, proof)
    if not _colleagues(tx, office, asked):
        if _unit_may_be_left_out(asked):
            author = Author(channel, asked.officer, asked.token.id, deputy_for=asked.deputy_for, proof=proof)
            return answered(tx, office, asked, answer, author, now)
        _ask_above(tx, office, asked, now)
    changed(tx, asked.app, now)
    return Decided(asked.app.number, Outcome.RECUSE, None)


def _write(tx: Transaction, asked: Asked, reason: str, channel: Channel, now: dt.datetime, proof: str) -> None:
    app, officer, task = asked.app, asked.officer, asked.task
    tx.insert(
        Recusal,
        application_id=app.id,
        address=officer.email.lower(),
        officer_id=officer.id,
        task_id=task.id,
        reason=reason,
        channel=channel,
        recused_at=now,
    )
    tx.write_rows()
    about = {"stage": asked.stage.id, "task": task.id, "unit": task.unit, "channel": channel.value}
    if asked.deputy_for is not None:
        about["deputy_for"] = asked.deputy_for.email
    if proof:
        about["authenticated"] = proof
    record(tx, app, EventKind.RECUSED, now, by=officer.email, reason=reason, **about)


def _colleagues(tx: Transaction, office: Office, asked: Asked) -> list[Officer]:
    """Return those who were asked for the same task and may answer still; whoever recused is left out.

    A deputy who recuses leaves the task with whom they stood in for.
    """
    were_asked = {one.id for one in asking.were_asked(tx, [asked.task]).get(asked.task.id, [])}
    may = asking.officers_who_may(tx, asked.app, [asked.officer.unit]).get(asked.officer.unit, [])
    if asked.task.officer_id is not None:
        return [one for one in may if one.id == asked.task.officer_id]
    return [one for one in may if one.id in were_asked]


def _unit_may_be_left_out(asked: Asked) -> bool:
    quorum = asked.planned.quorum
    if not asked.planned.units or quorum.recusal != "left_out" or not asked.task.counts or asked.decides_money:
        return False
    return voters(quorum, asked.seats(Outcome.RECUSE)) > 0


def _ask_above(tx: Transaction, office: Office, asked: Asked, now: dt.datetime) -> None:
    """Ask the unit above in the place of the one whose last officer recused; the operator is told."""
    task = asked.task
    task.officer_id = None
    others = asking.officers_who_may(tx, asked.app, [task.unit]).get(task.unit, [])
    officers = others or asking.above_of(tx, asked.app, task.unit)
    task.asked_instead = asking.other_unit(task.unit, officers)
    tx.add(task)
    tasks.ask(tx, office, asked.app, asked.stage, asked.planned, task, officers, now)
