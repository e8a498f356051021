"""Targets: how far those of a duty or of a whole policy are reached, read from reports and awards."""

import datetime as dt

from sqlmodel import col, select

from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_date
from models.policy.measure import Target
from models.policy.policy import Policy
from models.report import Report
from models.road.progress import Figures, Progress, from_awards, from_reports, newest, span
from models.states import ApplicationKind, ApplicationState
from models.task import Task


def of_policy(tx: Transaction, policy: Policy, day: dt.date) -> tuple[Progress, ...]:
    """Return every target of ``policy``, in the order of the text."""
    return tuple(
        progress
        for number, measure in policy.measures.items()
        for duty in measure.duties
        for progress in of_duty(tx, policy, number, duty, day)
    )


def of_duty(tx: Transaction, policy: Policy, measure: int, duty: str, day: dt.date) -> tuple[Progress, ...]:
    """Return the targets of one duty, counted over everything that was ever reported on it or awarded."""
    targets = policy.measures[measure].duties[duty].targets
    if not targets:
        return ()
    reports = _reports(tx, policy, measure, duty)
    return tuple(_progress(tx, policy, measure, duty, target, reports, day) for target in targets)


def _progress(
    tx: Transaction, policy: Policy, measure: int, duty: str, target: Target, reports: list[Figures], day: dt.date
) -> Progress:
    days = span(target, policy.window, day)
    if target.counts_awards_of is not None:
        points = from_awards(days, _awarded(tx, policy, measure, target.counts_awards_of))
        return Progress(measure, duty, target, *days, points, {})
    return Progress(measure, duty, target, *days, from_reports(target, days, reports), newest(target, days, reports))


def _reports(tx: Transaction, policy: Policy, measure: int, duty: str) -> list[Figures]:
    rows = tx.exec(
        select(Task.unit, Report.reported_at, Report.figures, Application.submitted_at)
        .join(Task, col(Task.id) == Report.task_id)
        .join(Application, col(Application.id) == Report.application_id)
        .where(
            Application.policy == policy.key,
            Application.measure == measure,
            Application.option == duty,
            Application.kind == ApplicationKind.DUTY,
            Application.state != ApplicationState.WITHDRAWN,
        )
        .order_by(col(Report.reported_at))
    )
    return [Figures(unit, at, office_date(opened).year, dict(figures)) for unit, at, figures, opened in rows]


def _awarded(tx: Transaction, policy: Policy, measure: int, option: str) -> list[dt.datetime]:
    rows = tx.exec(
        select(Application.ended_at).where(
            Application.policy == policy.key,
            Application.measure == measure,
            Application.option == option,
            Application.kind == ApplicationKind.CLAIM,
            Application.state == ApplicationState.AWARDED,
        )
    )
    return [at for at in rows if at is not None]
