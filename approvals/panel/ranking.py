"""Ranking: the applications of one call for one option of one measure, by what their panels came to."""

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import col, select

from approvals.editions import policy_of
from approvals.panel import drawing, sheets
from approvals.transaction import Transaction
from models.application import Application
from models.panel.ranking import Ranked, Scored, ranking
from models.panel.score import result_of
from models.policy.policy import Policy
from models.stage import Stage
from models.states import ApplicationKind, StageState


@dataclass(frozen=True)
class Call:
    """One option in one year: whoever has been scored, in place, and whoever has not."""

    option: str
    ranked: tuple[Ranked, ...]
    #: Numbers of applications whose panel has not closed, or that never came to one.
    without: tuple[str, ...]


def rankings(tx: Transaction, policy: Policy, measure: int, year: int) -> list[Call]:
    """Return a ranking for each option of ``measure`` for which somebody applied in ``year``."""
    prefix = f"{policy.prefix}{measure:02d}-{year}-"
    found = select(Application).where(
        Application.policy == policy.key,
        Application.kind == ApplicationKind.CLAIM,
        Application.measure == measure,
        col(Application.number).startswith(prefix, autoescape=True),
    )
    scored: dict[str, list[Scored]] = defaultdict(list)
    without: dict[str, list[str]] = defaultdict(list)
    for app in tx.exec(found.order_by(Application.number)):
        one = _scored(tx, app)
        if one is None:
            without[app.option].append(app.number)
        else:
            scored[app.option].append(one)
    options = sorted({*scored, *without})
    return [Call(option, tuple(ranking(scored[option])), tuple(without[option])) for option in options]


def _scored(tx: Transaction, app: Application) -> Scored | None:
    """Return what the newest panel of ``app`` came to; None where none has closed in this round or stands in it."""
    keys = [key for key, stage in policy_of(tx, app).stages.items() if stage.panel is not None]
    stage = tx.exec(
        select(Stage)
        .where(Stage.application_id == app.id, col(Stage.key).in_(keys), Stage.state != StageState.VOID)
        .order_by(col(Stage.round).desc(), col(Stage.position).desc())
    ).first()
    if stage is None or stage.state is not StageState.CLOSED or stage.round != app.round:
        return None
    panel, found = drawing.panel_of(tx, app, stage.key), sheets.sheets_of(tx, stage.id)
    if len(found) < panel.min_scores:
        return None
    result = result_of(panel, [sheet.points for sheet in found.values()])
    return Scored(app.number, app.applicant, app.title, result)
