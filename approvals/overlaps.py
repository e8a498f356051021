"""Overlaps: applications of one applicant for the same project or cost basis. The best counts, none is paid twice."""

import sqlalchemy as sa
from sqlmodel import col, or_, select

from approvals.transaction import Transaction
from models.application import Application
from models.errors import WrongAmount
from models.money import Fen, money_en, money_zh
from models.standing import Overlap
from models.states import ApplicationState, Level

#: Two determinations for one applicant pass here one after the other.
_LOCK = sa.text(
    "INSERT INTO tally (policy, ceiling, scope, year, used, most) VALUES ('', 'overlap', :scope, 0, 0, 0)"
    " ON CONFLICT (policy, ceiling, scope, year) DO UPDATE SET most = excluded.most"
)


def overlaps_of(tx: Transaction, app: Application) -> tuple[Overlap, ...]:
    """Return the live and awarded applications of the same applicant for the same project or cost basis."""
    same = [Application.project_key == app.project_key]
    if app.cost_basis_key:
        same.append(Application.cost_basis_key == app.cost_basis_key)
    rows = tx.exec(
        select(Application)
        .where(
            Application.credit_code == app.credit_code,
            Application.id != app.id,
            col(Application.state).not_in([ApplicationState.REFUSED, ApplicationState.WITHDRAWN]),
            or_(*same),
        )
        .order_by(col(Application.submitted_at))
    )
    return tuple(_overlap(other) for other in rows)


def _overlap(other: Application) -> Overlap:
    award = [getattr(other, f"award_{level.value}") for level in Level]
    awarded = None if None in award else Fen(sum(award))
    return Overlap(other.number, other.measure, other.title, other.state, other.asked_total, awarded)


def awarded_before(overlaps: tuple[Overlap, ...]) -> Fen:
    """Return what the others were awarded together, in fen."""
    return Fen(sum(other.awarded or 0 for other in overlaps))


def check(tx: Transaction, app: Application, total: Fen) -> None:
    """See that an award of ``total`` fen pays nothing twice: with the others it stays within the best of them.

    Raises:
        WrongAmount: it does not; the sentence says how much may still be awarded.

    """
    tx.execute(_LOCK, {"scope": app.credit_code})
    overlaps = overlaps_of(tx, app)
    before = awarded_before(overlaps)
    if not before:
        return
    best = app.largest if app.largest is not None else app.asked_total
    left = Fen(max(0, best - before))
    if total <= left:
        return
    numbers = ", ".join(other.number for other in overlaps if other.awarded)
    raise WrongAmount(
        f"同一项目或费用依据已由 {numbers} 核定 {money_zh(before)}，从高不重复，至多再核定 {money_zh(left)}；"
        + ("请调减金额" if left else "请选择“不同意”"),
        f"the same project or cost basis was awarded {money_en(before)} under {numbers}; nothing is paid twice, so at "
        f"most {money_en(left)} may be added: " + ("award less" if left else "refuse"),
    )
