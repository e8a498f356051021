"""Repayments: what had to come back and came back in cash, which no later release sets off any more."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from approvals import letters
from approvals.chain import record
from approvals.money import ledger, paying
from approvals.office import Office
from approvals.transaction import Transaction, insertion
from models.application import Application
from models.calendar import office_date
from models.columns import plain
from models.errors import Fault, RefusedApplication, UnknownApplication
from models.event import EventKind
from models.ledger import Account, Due, PostingKind, balances, repayment
from models.money import Fen
from models.posting import LedgerEntry
from models.recovery_standing import RecoveryStanding, recoveries_of
from models.repayment import MAX_RECEIPT, MoreThanOwed, NothingOwed, ReceiptUsed, Repayment
from models.states import Level


@dataclass(frozen=True)
class RepaymentEntry:
    """What came back for an award, as the operator writes it."""

    #: The number of the award.
    award: str
    #: In fen.
    amount: Fen
    #: The reference of the receipt; each counts once for the unit whose money it was.
    receipt: str
    #: The day on which the money came.
    paid_on: dt.date
    #: Whose money; None: of the only level that is owed something.
    level: Level | None = None
    by: str = ""


def record_repayment(tx: Transaction, office: Office, entry: RepaymentEntry, now: dt.datetime) -> Due:
    """Post that the applicant paid ``entry.amount`` back, and write to the applicant; return what came to whom.

    Raises:
        UnknownApplication: there is no such award.
        NothingOwed, MoreThanOwed: less is left to be paid back.
        ReceiptUsed: this receipt is recorded already.
        RefusedApplication: no receipt, a day to come, or a level to be named. In each case nothing is recorded.

    """
    award = tx.exec(select(Application).where(Application.number == entry.award).with_for_update()).first()
    if award is None:
        raise UnknownApplication
    paying.lock_account(tx, award.credit_code)
    receipt, due = _receipt(entry, now), _due(tx, award, entry)
    about = {"level": due.level.value, "amount": due.fen, "receipt": receipt, "paid_on": entry.paid_on.isoformat()}
    record(tx, award, EventKind.REPAID, now, unit=due.unit, by=plain(entry.by), **about)
    _keep(tx, award, due, receipt, entry.paid_on, now)
    ledger.post(tx, award, PostingKind.REPAYMENT, repayment(due), now)
    owed = {one.level.value: one.left for one in recoveries_of(ledger.about(tx, award.id)) if one.left}
    said = {"receipt": receipt, "repaid": {due.level.value: due.fen}, "still_owed": owed}
    letters.tell_applicant(tx, office, award, "repayment", now, key=str(award.event_count), **said)
    return due


def owed_back(tx: Transaction) -> list[tuple[str, str, RecoveryStanding]]:
    """Return each award of which something must still come back, with its applicant, the oldest first."""
    waits = select(LedgerEntry.award).where(LedgerEntry.account == Account.RECOVERABLE)
    apps = tx.exec(select(Application).where(col(Application.id).in_(waits)).order_by(col(Application.submitted_at)))
    return [
        (app.number, app.applicant, one)
        for app in apps.all()
        for one in recoveries_of(ledger.about(tx, app.id))
        if one.left
    ]


def _due(tx: Transaction, award: Application, entry: RepaymentEntry) -> Due:
    """Return what came back to whom; raise where it is not owed."""
    found = balances(ledger.about(tx, award.id))
    owed = {
        level: (due, fen)
        for level, due in paying.payers_of(tx, award).items()
        if (fen := found.get((due.unit, Account.RECOVERABLE), Fen(0)))
    }
    if not owed:
        raise NothingOwed
    if entry.level is None and len(owed) > 1:
        known = ", ".join(level.value for level in owed)
        zh, en = f"不止一级待追回，请写明层级：{known}", f"more than one level is owed; name one of: {known}"
        raise RefusedApplication([Fault("level", zh, en)])
    level = entry.level or next(iter(owed))
    if level not in owed:
        raise NothingOwed
    due, most = owed[level]
    if not 0 < entry.amount <= most:
        raise MoreThanOwed(level, most)
    return Due(due.level, due.unit, due.measure, due.year, due.award, entry.amount)


def _receipt(entry: RepaymentEntry, now: dt.datetime) -> str:
    receipt = plain(entry.receipt)
    if not 1 <= len(receipt) <= MAX_RECEIPT:
        zh, en = f"请写明凭证号，1 至 {MAX_RECEIPT} 字", f"write the receipt's reference, 1 to {MAX_RECEIPT} characters"
        raise RefusedApplication([Fault("receipt", zh, en)])
    if entry.paid_on > office_date(now):
        zh, en = "到账日不能晚于今天", "the day on which it came cannot be after today"
        raise RefusedApplication([Fault("day", zh, en)])
    return receipt


def _keep(tx: Transaction, award: Application, due: Due, receipt: str, paid_on: dt.date, now: dt.datetime) -> None:
    """Write the receipt down; the database says whether somebody else was first at the same moment."""
    same = select(Application.number).join(Repayment, col(Repayment.award) == Application.id)
    if number := tx.exec(same.where(Repayment.unit == due.unit, Repayment.receipt == receipt)).first():
        raise ReceiptUsed(receipt, number)
    key = {"unit": due.unit, "receipt": receipt, "award": award.id, "event_seq": award.event_count}
    row = key | {"level": due.level, "amount": due.fen, "paid_on": paid_on, "at": now}
    try:
        tx.execute(insertion(Repayment), [row])
    except IntegrityError as error:
        raise ReceiptUsed(receipt) from error
