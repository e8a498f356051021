"""Reports on duties: what a unit may say, and how it is written down and sealed."""

import datetime as dt
from collections.abc import Collection, Mapping

from approvals.asked import Asked
from approvals.chain import record
from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application
from models.columns import new_id
from models.errors import OpinionTooLong, ReportMissing, UnknownUnits, WrongAnswer, WrongFigure
from models.event import EventKind
from models.policy.measure import Duty, Target
from models.report import MAX_FIGURE, Report
from models.road.route import from_json
from models.states import Channel, Outcome
from models.task import MAX_OPINION


def duty_of(tx: Transaction, app: Application) -> Duty:
    """Return what the units of ``app`` are told to do."""
    return policy_of(tx, app).measures[app.measure].duties[app.option]


def targets_to_report(duty: Duty) -> tuple[Target, ...]:
    """Return the targets of ``duty`` whose figures units report; the others are counted from awards."""
    return tuple(target for target in duty.targets if target.counts_awards_of is None)


def check_answer(asked: Asked, outcome: Outcome, units: Collection[str]) -> None:
    """See that a stage of a duty takes this answer.

    Raises:
        WrongAnswer: a report is no yes or no, and what is reported cannot be refused.
        UnknownUnits: units are to report again that do not report on this duty.

    """
    act = asked.planned.act
    if (act == "report" and outcome is not Outcome.APPROVE) or (act == "accept" and outcome is Outcome.REFUSE):
        raise WrongAnswer
    if units and asked.planned.returns_to is not None:
        reporting = from_json(asked.app.route)[asked.planned.returns_to].units
        if not set(units) <= set(reporting):
            raise UnknownUnits


def check(tx: Transaction, asked: Asked, text: str, figures: Mapping[str, int]) -> None:
    """See that the words and figures of a report can stand.

    Raises:
        LiandongError: there are no words or too many, or a figure is for no target or not a whole number.

    """
    if not text:
        raise ReportMissing
    if len(text) > MAX_OPINION:
        raise OpinionTooLong
    known = {target.key for target in targets_to_report(duty_of(tx, asked.app))}
    for key, figure in figures.items():
        if key not in known or not 0 <= figure <= MAX_FIGURE:
            raise WrongFigure(key)


def write(
    tx: Transaction,
    asked: Asked,
    text: str,
    figures: Mapping[str, int],
    channel: Channel,
    now: dt.datetime,
    *,
    done: bool,
    proof: str = "",
) -> None:
    """Write a report that was checked, and its event; ``proof``: what proved who sent a reply."""
    app, report_id, said = asked.app, new_id(), {"done": done, "text": text, "figures": dict(figures)}
    tx.insert(
        Report,
        id=report_id,
        application_id=app.id,
        task_id=asked.task.id,
        round=app.round,
        officer_id=asked.officer.id,
        channel=channel,
        reported_at=now,
        **said,
    )
    tx.write_rows()  # the next stage's letters state how far the targets are reached
    credentials = {"deputy_for": asked.deputy_for.email} if asked.deputy_for else {}
    if proof:
        credentials["authenticated"] = proof
    record(
        tx,
        app,
        EventKind.REPORTED,
        now,
        report=report_id,
        task=asked.task.id,
        unit=asked.task.unit,
        stage=asked.stage.id,
        round=app.round,
        officer=asked.officer.email,
        channel=channel.value,
        **credentials,
        **said,
    )
