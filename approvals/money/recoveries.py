"""Recoveries: what was paid twice or must be paid back is posted, and set off against the applicant's next release."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import select

from approvals import letters
from approvals.chain import record
from approvals.money import ledger, paying
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.columns import plain
from models.errors import Fault, RefusedApplication, UnknownApplication
from models.event import EventKind
from models.ledger import Account, Due, PostingKind, balances, recovery
from models.money import Fen, money_en, money_zh
from models.states import Level, name

#: Characters of a reason and of a source.
MAX_WORDS = 300


@dataclass(frozen=True)
class RecoveryEntry:
    """What must be paid back of an award, as the operator writes it."""

    #: The number of the award.
    award: str
    #: In fen.
    amount: Fen
    reason: str
    #: Who says so: a decision, an audit report.
    source: str
    #: Whose money; None: of the only level that has paid.
    level: Level | None = None
    by: str = ""


def record_recovery(tx: Transaction, office: Office, entry: RecoveryEntry, now: dt.datetime) -> Due:
    """Post that the applicant must pay ``entry.amount`` back, and write to the applicant.

    Raises:
        UnknownApplication: there is no such award.
        RefusedApplication: more than was released of the level, or no reason or source; nothing is recorded.

    """
    award = tx.exec(select(Application).where(Application.number == entry.award).with_for_update()).first()
    if award is None:
        raise UnknownApplication
    paying.lock_account(tx, award.credit_code)
    reason, source = (_words(field, text) for field, text in (("reason", entry.reason), ("source", entry.source)))
    due = _due(tx, award, entry)
    about = {"reason": reason, "source": source, "by": plain(entry.by), "level": due.level.value, "amount": due.fen}
    record(tx, award, EventKind.RECOVERY_RECORDED, now, **about)
    ledger.post(tx, award, PostingKind.RECOVERY, recovery(due), now)
    said = {"reason": reason, "source": source, "recover": {due.level.value: due.fen}}
    letters.tell_applicant(tx, office, award, "recovery", now, key=str(award.event_count), **said)
    return due


def may_be_recovered(tx: Transaction, award: Application) -> dict[Level, Fen]:
    """Return how much of what was released of each level has not been claimed back yet, in fen."""
    found = balances(ledger.about(tx, award.id))

    def sum_of(unit: str, account: Account) -> int:
        return found.get((unit, account), 0)

    left = {
        level: sum_of(due.unit, Account.RESERVED) - sum_of(due.unit, Account.OWED) - sum_of(due.unit, Account.RECLAIMED)
        for level, due in paying.payers_of(tx, award).items()
    }
    return {level: Fen(fen) for level, fen in left.items() if fen > 0}


def _due(tx: Transaction, award: Application, entry: RecoveryEntry) -> Due:
    """Return what must come back to whom; raise RefusedApplication where it cannot."""
    possible = may_be_recovered(tx, award)
    if entry.level is None and len(possible) > 1:
        known = ", ".join(level.value for level in possible)
        zh, en = f"不止一级已拨付，请写明层级：{known}", f"more than one level has paid; name one of: {known}"
        raise RefusedApplication([Fault("level", zh, en)])
    level = entry.level or next(iter(possible), Level.PROVINCE)
    most = possible.get(level, Fen(0))
    if not 0 < entry.amount <= most:
        zh = f"{name(level, 'zh')}已拨付而未追回 {money_zh(most)}，金额须大于零且不超过此数"
        en = f"{money_en(most)} of the {level.value} is released and not claimed back; give a sum up to that, over zero"
        raise RefusedApplication([Fault("amount", zh, en)])
    due = paying.payers_of(tx, award)[level]
    return Due(due.level, due.unit, due.measure, due.year, due.award, entry.amount)


def _words(field: str, text: str) -> str:
    words = plain(text)
    if not 1 <= len(words) <= MAX_WORDS:
        zh, en = f"请写明，1 至 {MAX_WORDS} 字", f"write 1 to {MAX_WORDS} characters"
        raise RefusedApplication([Fault(field, zh, en)])
    return words
