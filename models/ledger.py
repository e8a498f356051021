"""The ledger: double entry in small words. Every posting balances for each paying unit. Pure, in fen.

An award takes money of a budget (`reserved`) and is owed for it (`owed`); a release pays what is owed (`paid`).
What must come back is `recoverable`, and stands against `reclaimed` until it is set off against a release or `repaid`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from models.errors import LiandongError
from models.money import Fen, money_en, money_zh
from models.states import Level


class Account(StrEnum):
    """What an amount is; each account has one side on which its balance is never negative."""

    #: Debit: what awards took of budgets.
    RESERVED = "reserved"
    #: Credit: awarded and not paid yet.
    OWED = "owed"
    #: Credit: paid out.
    PAID = "paid"
    #: Debit: what the applicant must give back and has not.
    RECOVERABLE = "recoverable"
    #: Credit: all that had to be given back.
    RECLAIMED = "reclaimed"
    #: Debit: what the applicant gave back in cash.
    REPAID = "repaid"

    @property
    def is_debit(self) -> bool:
        """True where the balance stands on the debit side."""
        return self in (self.RESERVED, self.RECOVERABLE, self.REPAID)


ACCOUNT_NAMES: dict[Account, tuple[str, str]] = {
    Account.RESERVED: ("预算占用", "Reserved"),
    Account.OWED: ("应拨", "Owed"),
    Account.PAID: ("已拨", "Paid"),
    Account.RECOVERABLE: ("应追回", "Recoverable"),
    Account.RECLAIMED: ("追回", "Reclaimed"),
    Account.REPAID: ("缴回", "Repaid"),
}


class PostingKind(StrEnum):
    """Why something was posted."""

    RESERVATION = "reservation"
    CANCELLATION = "cancellation"
    RELEASE = "release"
    RECOVERY = "recovery"
    REPAYMENT = "repayment"


POSTING_NAMES: dict[PostingKind, tuple[str, str]] = {
    PostingKind.RESERVATION: ("核定占用预算", "Award reserved"),
    PostingKind.CANCELLATION: ("退还预算占用", "Award given back"),
    PostingKind.RELEASE: ("拨付", "Released"),
    PostingKind.RECOVERY: ("追回", "To be recovered"),
    PostingKind.REPAYMENT: ("缴回", "Repaid"),
}


class Unbalanced(LiandongError):
    """A posting whose debits are not its credits; nothing was posted."""

    def __init__(self, unit: str, debit: int, credit: int) -> None:
        super().__init__(
            f"{unit} 借方 {money_zh(debit)} 与贷方 {money_zh(credit)} 不等，未记账；请报告运行人员。",
            f"{unit}: debits of {money_en(debit)} are not credits of {money_en(credit)}; nothing was posted. "
            "Tell the operator.",
        )


@dataclass(frozen=True)
class Line:
    """One line of a posting: an amount on one side of an account of one paying unit."""

    account: Account
    level: Level
    #: Who pays: ``czt``, ``@city:330100``.
    unit: str
    measure: int
    #: Of the budget.
    year: int
    #: In fen; one of the two is zero.
    debit: int = 0
    credit: int = 0
    #: The id of the application whose award it is about; empty: of the one that posts it.
    award: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the line as the chain seals it."""
        return asdict(self) | {"account": self.account.value, "level": self.level.value}


def check(lines: Iterable[Line]) -> None:
    """Raise Unbalanced unless the debits of each unit are its credits, and each line has one side."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        if min(line.debit, line.credit) != 0 or max(line.debit, line.credit) <= 0:
            raise Unbalanced(line.unit, line.debit, line.credit)
        sums[line.unit][0] += line.debit
        sums[line.unit][1] += line.credit
    for unit, (debit, credit) in sums.items():
        if debit != credit:
            raise Unbalanced(unit, debit, credit)


def balanced(lines: Iterable[Line]) -> bool:
    """Return whether the debits of each unit are its credits."""
    try:
        check(lines)
    except Unbalanced:
        return False
    return True


def reservation(shares: Mapping[Level, Fen], payers: Mapping[Level, str], measure: int, year: int) -> tuple[Line, ...]:
    """Return the lines of an award of ``shares``: each level's payer owes its share, and its budget is taken."""
    return tuple(
        line
        for level in Level
        if (fen := shares[level])
        for line in (
            Line(Account.RESERVED, level, payers[level], measure, year, debit=fen),
            Line(Account.OWED, level, payers[level], measure, year, credit=fen),
        )
    )


@dataclass(frozen=True)
class Due:
    """What one paying unit owes, or is owed back, for one award."""

    level: Level
    unit: str
    measure: int
    year: int
    award: str
    fen: Fen

    def line(self, account: Account, *, debit: int = 0, credit: int = 0) -> Line:
        """Return a line about it."""
        return Line(account, self.level, self.unit, self.measure, self.year, debit, credit, self.award)


def set_off(due: Due, recoverable: Sequence[Due]) -> tuple[Due, ...]:
    """Return what is set off against ``due``: what the same unit is owed back, the first first, up to all of it."""
    taken: list[Due] = []
    rest = due.fen
    for one in recoverable:
        fen = min(one.fen, rest)
        if one.unit == due.unit and fen > 0:
            taken.append(replace(one, fen=Fen(fen)))
            rest = Fen(rest - fen)
    return tuple(taken)


def release(dues: Sequence[Due], recoverable: Sequence[Due]) -> tuple[Line, ...]:
    """Return the lines by which all of ``dues`` are paid at once, each followed by what is set off against it."""
    left = {one: one.fen for one in recoverable}
    lines: list[Line] = []
    for due in dues:
        taken = set_off(due, [replace(one, fen=Fen(fen)) for one, fen in left.items()])
        left = {one: Fen(fen - sum(t.fen for t in taken if _same(t, one))) for one, fen in left.items()}
        lines.append(due.line(Account.OWED, debit=due.fen))
        lines += [one.line(Account.RECOVERABLE, credit=one.fen) for one in taken]
        if rest := due.fen - sum(one.fen for one in taken):
            lines.append(due.line(Account.PAID, credit=rest))
    return tuple(lines)


def _same(one: Due, other: Due) -> bool:
    return replace(one, fen=Fen(0)) == replace(other, fen=Fen(0))


def recovery(due: Due) -> tuple[Line, ...]:
    """Return the lines by which ``due`` must come back."""
    return (due.line(Account.RECOVERABLE, debit=due.fen), due.line(Account.RECLAIMED, credit=due.fen))


def repayment(due: Due) -> tuple[Line, ...]:
    """Return the lines by which ``due`` came back in cash."""
    return (due.line(Account.REPAID, debit=due.fen), due.line(Account.RECOVERABLE, credit=due.fen))


def cancellation(dues: Sequence[Due]) -> tuple[Line, ...]:
    """Return the lines by which what was reserved and not paid is given back to its budgets."""
    return tuple(
        line
        for due in dues
        for line in (due.line(Account.OWED, debit=due.fen), due.line(Account.RESERVED, credit=due.fen))
    )


def dues_of(lines: Iterable[Line]) -> dict[Level, Due]:
    """Return what is reserved by level, with who pays it, from the lines about one award."""
    reserved = [line for line in lines if line.account is Account.RESERVED]
    found: dict[Level, Due] = {}
    for line in reserved:
        before = found.get(line.level)
        fen = Fen((before.fen if before else 0) + line.debit - line.credit)
        found[line.level] = Due(line.level, line.unit, line.measure, line.year, line.award, fen)
    return {level: due for level, due in found.items() if due.fen}


def balances(lines: Iterable[Line]) -> dict[tuple[str, Account], Fen]:
    """Return the balance of each account of each unit, on the account's own side."""
    sums: dict[tuple[str, Account], int] = defaultdict(int)
    for line in lines:
        amount = line.debit - line.credit
        sums[line.unit, line.account] += amount if line.account.is_debit else -amount
    return {key: Fen(fen) for key, fen in sums.items()}
