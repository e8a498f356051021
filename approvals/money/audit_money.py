"""Audit of money: the ledger against the chain that sealed it, and budgets against the ledger."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import col, select

from approvals.money.ledger import about, lines_of
from approvals.transaction import Transaction
from models.application import Application
from models.budget import Allotment, Budget
from models.event import Event, EventKind
from models.ledger import Account, Line, PostingKind, balanced, balances, dues_of
from models.posting import LedgerEntry, Posting
from models.repayment import Repayment
from models.states import ApplicationKind, ApplicationState, Level


def of_application(tx: Transaction, app: Application, events: Sequence[Event]) -> tuple[int, str] | None:
    """Return the event (0: a table alone) and what is wrong with what ``app`` posted; None where all agrees."""
    sealed = {e.payload["posting"]: e for e in events if e.kind is EventKind.POSTED}
    rows = {row.id: row for row in tx.exec(select(Posting).where(Posting.application_id == app.id))}
    lines = lines_of(tx, list(sealed))
    for posting, event in sealed.items():
        row, its = rows.pop(posting, None), lines.get(posting, [])
        said = row and (row.event_seq, row.kind.value, row.at) == (event.seq, event.payload["why"], event.at)
        if not said or [line.as_json() for line in its] != event.payload["lines"]:
            return event.seq, f"posting {posting} differs from what was sealed"
        if not balanced(its):
            return event.seq, f"posting {posting} does not balance"
    if rows:
        return 0, f"posting {min(rows)} is not on the chain"
    if any(fen < 0 for fen in balances(about(tx, app.id)).values()):
        return 0, "an account of its ledger is negative"
    if (wrong := _recoveries(events, sealed, lines) or _receipts(tx, app, events)) is not None:
        return wrong
    if app.kind is ApplicationKind.RELEASE:
        return _release(app, list(sealed.values()), lines)
    return _award(tx, app, list(sealed.values()))


def _recoveries(
    events: Sequence[Event], sealed: dict[str, Event], lines: dict[str, list[Line]]
) -> tuple[int, str] | None:
    """Hold what was claimed back, and what came back in cash, against their postings."""
    for kind, why, said in (
        (EventKind.RECOVERY_RECORDED, PostingKind.RECOVERY, "claims another sum back than was recorded"),
        (EventKind.REPAID, PostingKind.REPAYMENT, "has another sum repaid than was recorded"),
    ):
        told = [(e.payload["level"], e.payload["amount"]) for e in events if e.kind is kind]
        posted = [posting for posting, e in sealed.items() if e.payload["why"] == why]
        if told != [(line.level.value, line.debit) for posting in posted for line in lines[posting][:1]]:
            return 0, f"the ledger {said}"
    return None


def _receipts(tx: Transaction, app: Application, events: Sequence[Event]) -> tuple[int, str] | None:
    """Hold the receipts of what came back in cash against the events that seal them."""
    rows = {row.event_seq: row for row in tx.exec(select(Repayment).where(Repayment.award == app.id))}
    for event in events:
        if event.kind is not EventKind.REPAID:
            continue
        row = rows.pop(event.seq, None)
        kept = row and (row.unit, row.receipt, row.level.value, row.amount, row.paid_on.isoformat(), row.at)
        sealed = tuple(event.payload[key] for key in ("unit", "receipt", "level", "amount", "paid_on"))
        if kept != (*sealed, event.at):
            return event.seq, "the receipt of a repayment differs from what was sealed"
    return (0, "the receipt of a repayment is not on the chain") if rows else None


def _release(app: Application, events: list[Event], lines: dict[str, list[Line]]) -> tuple[int, str] | None:
    """Hold what was paid against what the release asked for."""
    paid: Counter[Level] = Counter()
    for event in events:
        for line in lines[event.payload["posting"]]:
            paid[line.level] += line.debit
    is_paid = app.state is ApplicationState.ACCOMPLISHED
    if any(paid[level] != (app.asked(level) if is_paid else 0) for level in Level):
        return (events[0].seq if events else 0), "the ledger has paid another sum than was released"
    return None


def _award(tx: Transaction, app: Application, events: list[Event]) -> tuple[int, str] | None:
    """Hold the award against what is reserved for it; what is not awarded (any more) has nothing reserved."""
    if app.state is ApplicationState.IN_PROGRESS:  # its award may be fixed and on view
        return None
    reserved = dues_of(about(tx, app.id))
    is_award = app.state is ApplicationState.AWARDED
    for level in Level:
        award = getattr(app, f"award_{level.value}") if is_award else 0
        if award != (reserved[level].fen if level in reserved else 0):
            return (events[0].seq if events else 0), "the ledger has reserved another sum than was awarded"
    return None


def of_all(tx: Transaction) -> str | None:
    """Return what is wrong with the ledger as a whole or with a budget; None where all agrees."""
    stray = select(LedgerEntry.posting).where(col(LedgerEntry.posting).not_in(select(Posting.id)))
    if (found := tx.exec(stray).first()) is not None:
        return f"an entry belongs to no posting: {found}"
    taken: Counter[tuple[str, str, int, int]] = Counter()
    entries = select(Application.policy, LedgerEntry).join(Application, col(Application.id) == LedgerEntry.award)
    for policy, entry in tx.exec(entries.where(LedgerEntry.account == Account.RESERVED)):
        taken[policy, entry.unit, entry.measure, entry.year] += entry.debit - entry.credit
    rows = tx.exec(select(Budget).order_by(col(Budget.recorded_at)))
    granted = {(row.policy, row.unit, row.measure, row.year): row.amount for row in rows}
    kept = {(row.policy, row.unit, row.measure, row.year): row for row in tx.exec(select(Allotment))}
    for key in sorted({*taken, *granted, *kept}):
        row, where = kept.get(key), "{1}, measure {2}, {3}".format(*key)
        if (row.reserved if row else 0) != taken[key]:
            return f"the budget of {where} says that another sum is taken than the ledger does"
        if (row.granted if row else None) != granted.get(key):
            return f"the budget of {where} is another than was recorded"
    return None
