"""A batch: one application for many pieces, a row of a CSV or XLSX file for each. Every row is checked. Pure."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from models.case.facts import read_facts
from models.case.project import project_key
from models.errors import Fault, RefusedApplication
from models.files.row_file import Row, place, read_rows
from models.hashing import sha256
from models.money import Fen, fen_from_yuan, money_en, money_zh
from models.policy.measure import Measure, Option
from models.policy.rules import AtMost

#: A batch may have so many pieces.
MAX_ROWS = 100_000
#: So many faults are named; the rest is counted.
MAX_FAULTS = 20
#: How often progress is reported, in rows.
REPORT_EVERY = 500
#: The column with what is asked for a piece, in yuan.
AMOUNT = "amount"


NO_ROWS = Fault("rows", "本类别不收明细文件；请去掉", "this option takes no file of rows; leave it out")


@dataclass(frozen=True)
class CheckedRow:
    """One row that is in order; amounts in fen."""

    line: int
    #: What the piece is called, without width, case and spaces: none is paid twice.
    key: str
    stated: Mapping[str, str]
    amount: Fen


@dataclass(frozen=True)
class Batch:
    """A file whose rows are all in order."""

    rows: tuple[CheckedRow, ...]
    #: What all pieces ask for, and the largest award for all of them: each piece's own limit, added up.
    total: Fen
    largest: Fen | None
    #: The most that each rule of the option allows, added up.
    limits: tuple[tuple[AtMost, Fen], ...]

    @property
    def digest(self) -> str:
        """Return the SHA-256 over what the rows say, in their order: the content hash covers it."""
        return digest_of((row.key, row.amount, row.stated) for row in self.rows)

    def summary(self) -> dict[str, Any]:
        """Return what stands in the application's content for the rows."""
        return {"rows": len(self.rows), "total": self.total, "digest": self.digest}


def digest_of(rows: Iterable[tuple[str, Fen, Mapping[str, str]]]) -> str:
    """Return the SHA-256 over the key, the amount and the cells of each row."""
    lines = ("\0".join((key, str(amount), *(stated[name] for name in sorted(stated)))) for key, amount, stated in rows)
    return sha256("\n".join(lines).encode())


@dataclass
class _Checking:
    """What has been seen of a file so far."""

    measure: Measure
    option: Option
    rows: list[CheckedRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    #: What each limit allows so far, and what the tightest of each row does.
    sums: dict[int, int] = field(default_factory=dict)
    largest: int = 0


def read_batch(data: bytes, measure: Measure, key: str, progress: Callable[[int], None] = lambda _: None) -> Batch:
    """Return the batch in a CSV or XLSX file whose columns are those of option ``key`` and ``amount``.

    ``progress`` is told the number of rows read, now and then.

    Raises:
        RefusedApplication: with every fault of every row, each with its line; the first MAX_FAULTS are named.

    """
    kind = measure.options[key].batch
    if kind is None:
        raise RefusedApplication([NO_ROWS])
    return check_rows(read_rows(data, [*kind.columns, AMOUNT]), measure, key, progress)


def check_rows(
    rows: Iterable[Row], measure: Measure, key: str, progress: Callable[[int], None] = lambda _: None
) -> Batch:
    """Return the batch that ``rows`` make; raises as ``read_batch`` does."""
    checking, number = _Checking(measure, measure.options[key]), 0
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            zh, en = f"超过 {MAX_ROWS:,} 行；请分批", f"there are more than {MAX_ROWS:,} rows; send several batches"
            raise RefusedApplication([Fault(place(row.line), zh, en)])
        _check(checking, row)
        if number % REPORT_EVERY == 0:
            progress(number)
    progress(number)
    if not number:
        checking.faults.append(Fault("文件 file", "没有任何记录", "has no rows"))
    if checking.faults:
        raise RefusedApplication(_first(checking.faults))
    rules = _limits(checking.option)
    return Batch(
        rows=tuple(checking.rows),
        total=Fen(sum(row.amount for row in checking.rows)),
        largest=Fen(checking.largest) if rules else None,
        limits=tuple((rule, Fen(checking.sums[n])) for n, rule in enumerate(rules)),
    )


def _limits(option: Option) -> list[AtMost]:
    return [rule for rule in option.rules if isinstance(rule, AtMost)]


def _check(checking: _Checking, row: Row) -> None:
    """Take one row in, or note what is wrong with it."""
    batch, measure = checking.option.batch, checking.measure
    assert batch is not None
    stated = {name: row.cells.get(name, "") for name in batch.columns}
    facts, faults = read_facts(stated, measure, set(batch.columns))
    found = [*row.faults.values(), *(_at(row, fault) for fault in faults if _column(fault) not in row.faults)]
    try:
        amount = fen_from_yuan(row.cells.get(AMOUNT, ""))
    except ValueError as error:
        found += [] if AMOUNT in row.faults else [Fault(place(row.line, AMOUNT), "须为元数，如 1,200.00", str(error))]
    key = project_key(stated[batch.piece])
    if key and (first := checking.lines.setdefault(key, row.line)) != row.line:
        found.append(_twice(row, batch.piece, stated[batch.piece], first))
    if not found:
        found += _over(checking, row, facts.numbers, amount)
    if found:
        checking.faults += found
        return
    checking.rows.append(CheckedRow(row.line, key, stated, amount))


def _over(checking: _Checking, row: Row, numbers: Mapping[str, Fraction], amount: Fen) -> Iterator[Fault]:
    """Add up what each limit allows for the row; yield the fault of asking for more than the tightest does."""
    allowed = []
    for n, rule in enumerate(_limits(checking.option)):
        limit = max(0, math.floor(rule.at_most.value(numbers)))
        checking.sums[n] = checking.sums.get(n, 0) + limit
        allowed.append((limit, rule.words or checking.option.words))
    if not allowed:
        return
    most, words = min(allowed)
    checking.largest += most
    if amount > most:
        yield Fault(
            place(row.line, AMOUNT),
            f"{money_zh(amount)} 超过该件上限 {money_zh(most)}",
            f"{money_en(amount)} is over the limit of {money_en(most)} for this piece",
            words,
        )


def _twice(row: Row, column: str, given: str, first: int) -> Fault:
    return Fault(
        place(row.line, column),
        f"“{given[:60]}”与第 {first} 行重复；每件只能申请一次",
        f"“{given[:60]}” stands in line {first} already; a piece is applied for once",
    )


def _at(row: Row, fault: Fault) -> Fault:
    return Fault(place(row.line, _column(fault)), fault.zh, fault.en, fault.clause)


def _column(fault: Fault) -> str:
    return fault.field.removeprefix("facts.")


def _first(faults: list[Fault]) -> list[Fault]:
    """Return the first faults, and one that says how many more there are."""
    more = len(faults) - MAX_FAULTS
    if more <= 0:
        return faults
    return [*faults[:MAX_FAULTS], Fault("文件 file", f"另有 {more:,} 处不合要求", f"and {more:,} more faults")]
