"""Drawing: who may score an application, in which order, by all that is known now; each draw is kept and sealed."""

import datetime as dt
from collections.abc import Iterable, Iterator

from sqlmodel import col, select

from approvals.chain import record
from approvals.editions import policy_of
from approvals.panel import experts
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_date
from models.columns import new_id
from models.event import EventKind
from models.expert import Expert
from models.officer import Officer
from models.panel import seats
from models.panel.block import Panel
from models.panel.conflicts import Conflict, Parties, conflicts, parties_of
from models.panel.draw import Basis, Draw, draw, draw_hash, following
from models.panel_records import PanelDraw
from models.road.route import from_json
from models.stage import Stage
from models.task import Decision, Recusal, Task


def panel_of(tx: Transaction, app: Application, key: str) -> Panel:
    """Return the panel of the stage ``key``, as the edition of ``app`` states it."""
    panel = policy_of(tx, app).stages[key].panel
    assert panel is not None, "the policy is checked when it is read"
    return panel


def fields_of(tx: Transaction, app: Application, panel: Panel) -> tuple[str, ...]:
    """Return the fields whose experts are drawn."""
    return policy_of(tx, app).measures[app.measure].expert_fields if panel.fields == "measure" else panel.fields


def conflicts_now(tx: Transaction, app: Application, key: str, expert: str, now: dt.datetime) -> tuple[Conflict, ...]:
    """Return the conflicts that the expert has with ``app`` by all that is known now."""
    (one,) = experts.as_candidates(tx, list(tx.exec(select(Expert).where(Expert.key == expert))))
    years = panel_of(tx, app, key).conflict_years
    return conflicts(one.employments, one.ties, one.address, _parties(tx, app), office_date(now), years)


def draw_now(
    tx: Transaction, app: Application, stage: Stage, panel: Panel, number: int, now: dt.datetime, taken: tuple[str, ...]
) -> Draw:
    """Draw now for ``stage`` from every active expert of the panel's fields, but for those ``taken``."""
    fields = fields_of(tx, app, panel)
    basis = Basis(
        application=app.number,
        stage=stage.key,
        round=stage.round,
        number=number,
        head=app.head,
        day=office_date(now),
        seats=panel.seats,
        fields=fields,
        conflict_years=panel.conflict_years,
    )
    known = [one for one in experts.candidates(tx, fields) if one.key not in taken]
    return draw(basis, _parties(tx, app), known)


def keep(tx: Transaction, app: Application, stage: Stage, drawn: Draw, now: dt.datetime) -> None:
    """Write the draw down and seal it."""
    whole, basis = drawn.as_json(), drawn.basis
    digest = draw_hash(whole)
    about = {"id": new_id(), "application_id": app.id, "stage_id": stage.id, "number": basis.number}
    tx.insert(PanelDraw, **about, drawn=whole, hash=digest, drawn_at=now)
    record(
        tx,
        app,
        EventKind.PANEL_DRAWN,
        now,
        stage=stage.id,
        by="",
        draw=basis.number,
        seed=basis.seed,
        hash=digest,
        reason=f"种子 seed {basis.seed}",
        free=len(drawn.order),
        excluded=len(drawn.excluded),
    )
    tx.finish()  # the tasks of whoever is drawn, and the operator's letter, are about what was written


def _parties(tx: Transaction, app: Application) -> Parties:
    """Return whom an expert must have nothing to do with: the parties, and whoever else answers this application."""
    units = [unit for stage in from_json(app.route) for unit in stage.units if not seats.on_panel(unit)]
    answering = set(tx.exec(select(Officer.email).where(col(Officer.unit).in_(units), col(Officer.active))))
    answering |= set(
        tx.exec(
            select(Officer.email)
            .join(Decision, col(Decision.officer_id) == Officer.id)
            .where(Decision.application_id == app.id, ~col(Officer.unit).startswith(seats.EXPERT))
        )
    )
    answering |= set(tx.exec(select(Recusal.address).where(Recusal.application_id == app.id)))
    return parties_of(app.content, tuple(answering))


def draws_of(tx: Transaction, stage_id: str) -> list[PanelDraw]:
    """Return the draws of a stage, the first one first."""
    return list(tx.exec(select(PanelDraw).where(PanelDraw.stage_id == stage_id).order_by(col(PanelDraw.number))))


def next_free(tx: Transaction, app: Application, stage: Stage, now: dt.datetime) -> str | None:
    """Return the next in the draw who is free now; where the order is used up, another draw is made of the others."""
    units = tx.exec(select(Task.unit).where(Task.stage_id == stage.id)).all()
    taken = {key for unit in units if (key := seats.expert_of(unit))}
    drawn = draws_of(tx, stage.id)
    order = [key for made in drawn for key in made.drawn["order"]]
    found = next(_free(tx, app, stage, following(order, taken), now), None)
    if found is not None:
        return found
    panel = panel_of(tx, app, stage.key)
    again = draw_now(tx, app, stage, panel, len(drawn) + 1, now, (*taken, *order))
    if not again.order:
        return None
    keep(tx, app, stage, again, now)
    return again.order[0]


def _free(tx: Transaction, app: Application, stage: Stage, keys: Iterable[str], now: dt.datetime) -> Iterator[str]:
    for key in keys:
        active = tx.exec(select(Expert.active).where(Expert.key == key)).first()
        if active and not conflicts_now(tx, app, stage.key, key, now):
            yield key
