"""Paying: what a release pays and what is set off against it; all levels are posted in one transaction, or none."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.chain import record
from approvals.money import ledger
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.ledger import Account, Due, Line, PostingKind, dues_of, release
from models.money import Fen
from models.policy.data import Bilingual
from models.posting import LedgerEntry, Posting
from models.release import Release
from models.release_standing import ReleaseStanding
from models.states import ApplicationKind, ApplicationState, Level, Outcome, TaskState
from models.task import Decision, Task

#: Two payments to one applicant, and a payment and a recovery, pass here one after the other.
_LOCK = sa.text(
    "INSERT INTO tally (policy, ceiling, scope, year, used, most) VALUES ('', 'set_off', :scope, 0, 0, 0)"
    " ON CONFLICT (policy, ceiling, scope, year) DO UPDATE SET most = excluded.most"
)


class PayerDidNotAgree(Exception):
    """A release came to its end without the approval of somebody who pays: nothing is paid."""


def lock_account(tx: Transaction, credit_code: str) -> None:
    """Lock what an applicant is paid and must give back, until the commit; after the award's row, never before."""
    tx.execute(_LOCK, {"scope": credit_code})


def payers_of(tx: Transaction, award: Application) -> dict[Level, Due]:
    """Return what is reserved for ``award`` by level, with who pays it."""
    return dues_of(ledger.about(tx, award.id))


def recoverable(tx: Transaction, app: Application, units: list[str]) -> list[Due]:
    """Return what the applicant of ``app`` must give back to ``units``, the oldest award first."""
    fen = sa.func.sum(LedgerEntry.debit) - sa.func.sum(LedgerEntry.credit)
    key = (LedgerEntry.level, LedgerEntry.unit, LedgerEntry.measure, LedgerEntry.year, LedgerEntry.award)
    rows = tx.execute(
        sa.select(*key, fen)  # type: ignore[call-overload]
        .join(Application, col(Application.id) == LedgerEntry.award)
        .where(
            col(LedgerEntry.account) == Account.RECOVERABLE,
            col(LedgerEntry.unit).in_(units),
            col(Application.credit_code) == app.credit_code,
            col(Application.policy) == app.policy,
        )
        .group_by(*key, col(Application.submitted_at), col(Application.number))
        .having(fen > 0)
        .order_by(col(Application.submitted_at), col(Application.number))
    )
    return [Due(level, unit, measure, year, award, Fen(int(left))) for level, unit, measure, year, award, left in rows]


def release_of(tx: Transaction, app: Application) -> ReleaseStanding | None:
    """Return what ``app`` pays; None where it is no release."""
    if app.kind is not ApplicationKind.RELEASE:
        return None
    paid = app.state is ApplicationState.ACCOMPLISHED
    lines = _paid(tx, app) if paid else [] if app.state.ended else _lines(tx, app)
    said = app.content["release"]
    return ReleaseStanding(
        award=said["award"],
        name=Bilingual.model_validate(said["name"]),
        part=said["part"],
        parts=said["parts"],
        evidence=said["evidence"],
        opened_by=said["opened_by"],
        amounts={level: app.asked(level) for level in Level if app.asked(level)},
        set_off=_set_off(lines),
    )


def _set_off(lines: Sequence[Line]) -> dict[Level, Fen]:
    """Return what is set off against each level's part: it follows the part's own line."""
    sums: dict[Level, Fen] = {}
    level = Level.PROVINCE
    for line in lines:
        if line.account is Account.OWED:
            level = line.level
        elif line.account is Account.RECOVERABLE:
            sums[level] = Fen(sums.get(level, 0) + line.credit)
    return sums


def pay(tx: Transaction, app: Application, now: dt.datetime) -> None:
    """Pay the release ``app``, on which everybody who pays has agreed: all levels, or none.

    Raises:
        PayerDidNotAgree: one has not; the transaction must not be committed.

    """
    award = _award(tx, app, lock=True)
    lock_account(tx, app.credit_code)
    lines = _lines(tx, app)
    agreed = set(
        tx.exec(
            select(Task.seat)
            .join(Decision, col(Decision.id) == Task.decision_id)
            .where(
                Task.application_id == app.id,
                Task.state == TaskState.DONE,
                col(Task.counts),
                Decision.outcome == Outcome.APPROVE,
            )
        )
    )
    if missing := {line.unit for line in lines} - agreed:
        raise PayerDidNotAgree(f"{app.number}: {', '.join(sorted(missing))}")
    ledger.post(tx, app, PostingKind.RELEASE, lines, now)
    tx.write_rows()  # letters say what was paid
    made = release_of(tx, app)
    assert made is not None
    amounts = {level.value: fen for level, fen in made.amounts.items()}
    milestone = app.content["release"]["milestone"]
    record(
        tx, award, EventKind.RELEASED, now, release=app.number, milestone=milestone, amounts=amounts, pay=_sums(lines)
    )


def _sums(lines: tuple[Line, ...]) -> dict[str, int]:
    """Return what each level pays out."""
    sums: Counter[str] = Counter()
    for line in lines:
        if line.account is Account.PAID:
            sums[line.level.value] += line.credit
    return dict(sums)


def _award(tx: Transaction, app: Application, *, lock: bool = False) -> Application:
    found = select(Application).join(Release, col(Release.award_id) == Application.id).where(Release.case_id == app.id)
    if lock:  # and read anew: letters of this transaction may have looked at it before
        found = found.with_for_update(of=Application).execution_options(populate_existing=True)
    return tx.exec(found).one()


def _lines(tx: Transaction, app: Application) -> tuple[Line, ...]:
    """Return the lines by which ``app`` would be paid now."""
    payers = payers_of(tx, _award(tx, app))
    dues = [_part(payers[level], app.asked(level)) for level in Level if app.asked(level)]
    return release(dues, recoverable(tx, app, [due.unit for due in dues]))


def _part(due: Due, fen: Fen) -> Due:
    return Due(due.level, due.unit, due.measure, due.year, due.award, fen)


def _paid(tx: Transaction, app: Application) -> list[Line]:
    ids = tx.exec(select(Posting.id).where(Posting.application_id == app.id)).all()
    return [line for lines in ledger.lines_of(tx, list(ids)).values() for line in lines]
