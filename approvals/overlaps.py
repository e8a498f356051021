"""Overlaps: applications of one applicant for the same project or cost basis. The best counts, none is paid twice."""

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.editions import policy_of
from approvals.notice.fixed_awards import fixed_award
from approvals.transaction import Transaction
from models.application import Application
from models.case.overlap import Overlap
from models.errors import WrongAmount
from models.money import Fen, money_en, money_zh
from models.states import ApplicationState, Level

#: Two determinations for one applicant pass here one after the other.
_LOCK = sa.text(
    "INSERT INTO tally (policy, ceiling, scope, year, used, most) VALUES ('', 'overlap', :scope, 0, 0, 0)"
    " ON CONFLICT (policy, ceiling, scope, year) DO UPDATE SET most = excluded.most"
)
#: Built once: every letter that asks for a decision looks here.
_OTHERS = (
    select(Application)
    .where(
        Application.credit_code == sa.bindparam("credit_code"),
        Application.id != sa.bindparam("id"),
        col(Application.state).not_in([ApplicationState.REFUSED, ApplicationState.WITHDRAWN]),
        sa.or_(
            col(Application.project_key) == sa.bindparam("project_key"),
            sa.and_(
                col(Application.cost_basis_key) == sa.bindparam("cost_basis_key"),
                col(Application.cost_basis_key) != "",
            ),
        ),
    )
    .order_by(col(Application.submitted_at))
    .execution_options(populate_existing=True)  # read again under the lock
)


def overlaps_of(tx: Transaction, app: Application) -> tuple[Overlap, ...]:
    """Return the live and awarded applications of the same applicant for the same project or cost basis."""
    same = {key: getattr(app, key) for key in ("credit_code", "id", "project_key", "cost_basis_key")}
    return tuple(_overlap(tx, app, other) for other in tx.execute(_OTHERS, same).scalars().all())


def _overlap(tx: Transaction, app: Application, other: Application) -> Overlap:
    awarded = _awarded(tx, other)
    measure = policy_of(tx, other).measures[other.measure]
    option = measure.options[other.option]
    return Overlap(
        number=other.number,
        measure=other.measure,
        measure_title=measure.title,
        option=option.name,
        gives=option.gives,
        title=other.title,
        same_project=other.project_key == app.project_key,
        state=other.state,
        asked=other.asked_total,
        awarded=awarded,
    )


def _awarded(tx: Transaction, other: Application) -> Fen | None:
    """Return what ``other`` was awarded, or what was fixed for it and is on view; None while nothing is, in fen."""
    if other.state is ApplicationState.IN_PROGRESS:
        fixed = fixed_award(tx, other)
        return fixed.total if fixed else None
    award = [getattr(other, f"award_{level.value}") for level in Level]
    return None if None in award else Fen(sum(award))


def awarded_before(overlaps: tuple[Overlap, ...]) -> Fen:
    """Return what the others were awarded together, in fen."""
    return Fen(sum(other.awarded or 0 for other in overlaps))


def left(app: Application, overlaps: tuple[Overlap, ...]) -> Fen | None:
    """Return what may be awarded to ``app`` beside the others' awards, in fen; None where they set no limit."""
    before = awarded_before(overlaps)
    if not before or not app.asked_total:
        return None
    best = app.largest if app.largest is not None else app.asked_total
    return Fen(max(0, best - before))


def check(tx: Transaction, app: Application, total: Fen) -> None:
    """See that an award of ``total`` fen pays nothing twice: with the others it stays within the best of them.

    Raises:
        WrongAmount: it does not; the sentence says how much may still be awarded.

    """
    tx.execute(_LOCK, {"scope": app.credit_code})
    overlaps = overlaps_of(tx, app)
    most = left(app, overlaps)
    if most is None or total <= most:
        return
    before = awarded_before(overlaps)
    numbers = ", ".join(other.number for other in overlaps if other.awarded)
    raise WrongAmount(
        f"同一项目或费用依据已由 {numbers} 核定 {money_zh(before)}，从高不重复，至多再核定 {money_zh(most)}；"
        + ("请调减金额" if most else "请选择“不同意”"),
        f"the same project or cost basis was awarded {money_en(before)} under {numbers}; nothing is paid twice, so at "
        f"most {money_en(most)} may be added: " + ("award less" if most else "refuse"),
    )
