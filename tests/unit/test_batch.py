"""A batch: every row of a file is checked, and every fault of every row is named with its line."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from models.case.batch import MAX_FAULTS, MAX_ROWS, Batch, check_rows, read_batch
from models.case.eligibility import judge
from models.errors import RefusedApplication
from models.files.row_file import Row
from models.money import yuan
from tests.support.rules import DAY, NONE, POLICY, asking

TERMINALS = POLICY.measures[25]
COLUMNS = ("serial_number", "product", "product_price", "amount")
GLASSES = ("SN1", "智能眼镜 X1", "2,200.00", "330")


def csv_of(*rows: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue().encode()


def batch_of(*rows: Sequence[str]) -> Batch:
    return read_batch(csv_of(*rows), TERMINALS, "terminals")


def faults_of(*rows: Sequence[str]) -> list[str]:
    with pytest.raises(RefusedApplication) as refused:
        batch_of(*rows)
    return [fault.sentence("en") for fault in refused.value.faults]


def test_a_batch_is_the_sum_of_its_rows() -> None:
    batch = batch_of(GLASSES, ("SN2", "家庭机器人", "20000", "2000"))
    assert (batch.total, batch.largest) == (2_330_00, 2_330_00)
    assert [limit for _, limit in batch.limits] == [3_330_00, 4_000_00]
    assert [row.line for row in batch.rows] == [2, 3]


def test_the_same_rows_come_from_a_workbook() -> None:
    book = Workbook()
    for row in (COLUMNS, GLASSES):
        book.active.append(row)  # type: ignore[union-attr]
    packed = io.BytesIO()
    book.save(packed)
    assert read_batch(packed.getvalue(), TERMINALS, "terminals").digest == batch_of(GLASSES).digest


@pytest.mark.parametrize(
    ("price", "limit"),
    [("0.07", "0.01"), ("13,333.33", "1,999.99"), ("13,333.34", "2,000"), ("99,999", "2,000")],
)
def test_each_piece_gets_fifteen_percent_and_at_most_two_thousand_to_the_fen(price: str, limit: str) -> None:
    batch_of(("A", "眼镜", price, limit))
    fen = batch_of(("A", "眼镜", price, limit)).total
    (fault,) = faults_of(("A", "眼镜", price, yuan(fen + 1)))
    assert f"over the limit of {limit} yuan for this piece" in fault
    assert "maximum subsidy of 2000 yuan per piece at 15%" in fault
    assert "第 2 行 line 2, amount" in fault


def test_every_fault_of_every_row_is_named_with_its_line() -> None:
    faults = faults_of(GLASSES, ("sn 1", "", "abc", "x"), ("SN3", "眼镜", "-1", "1"))
    assert [fault.split(":")[0] for fault in faults] == [
        "第 3 行 line 3, product",
        "第 3 行 line 3, product_price",
        "第 3 行 line 3, amount",
        "第 3 行 line 3, serial_number",
        "第 4 行 line 4, product_price",
    ]
    assert any("stands in line 2 already" in fault for fault in faults)


def test_of_many_faults_the_first_are_named_and_the_rest_is_counted() -> None:
    faults = faults_of(*((f"SN{n}", "眼镜", "x", "1") for n in range(50)))
    assert len(faults) == MAX_FAULTS + 1
    assert "and 30 more faults" in faults[-1]


def test_a_file_without_rows_is_refused() -> None:
    assert faults_of() == ["文件 file: has no rows"]


def test_a_hundred_thousand_rows_are_taken_and_one_more_is_not() -> None:
    def rows(count: int) -> list[Row]:
        cells = {"product": "眼镜", "product_price": "100", "amount": "15"}
        return [Row(n, cells | {"serial_number": f"SN{n}"}, {}) for n in range(count)]

    told: list[int] = []
    batch = check_rows(rows(MAX_ROWS), TERMINALS, "terminals", told.append)
    assert (len(batch.rows), batch.total, told[-1]) == (100_000, 1_500_000_00, 100_000)
    with pytest.raises(RefusedApplication, match="more than 100,000 rows"):
        check_rows(rows(MAX_ROWS + 1), TERMINALS, "terminals")


@given(st.lists(st.tuples(st.integers(1, 10**8), st.integers(0, 10**6)), min_size=1, max_size=20))
def test_no_batch_is_admitted_that_asks_more_than_its_pieces_allow(pieces: list[tuple[int, int]]) -> None:
    rows = [(f"SN{n}", "眼镜", yuan(price), yuan(asked)) for n, (price, asked) in enumerate(pieces)]
    allowed = [min(price * 15 // 100, 2_000_00) for price, _ in pieces]
    over = [asked > most for (_, asked), most in zip(pieces, allowed, strict=True)]
    if any(over):
        assert len(faults_of(*rows)) == sum(over)
    else:
        assert (batch_of(*rows).total, batch_of(*rows).largest) == (sum(a for _, a in pieces), sum(allowed))


def test_the_application_asks_for_the_sum_of_the_rows() -> None:
    batch = batch_of(GLASSES)
    assert judge(asking(25, "terminals", 330_00), POLICY, DAY, NONE, batch).faults == ()
    (fault,) = judge(asking(25, "terminals", 329_99), POLICY, DAY, NONE, batch).faults
    assert (fault.field, "330 yuan" in fault.en) == ("amounts", True)


def test_rows_belong_to_batches_and_batches_have_rows() -> None:
    (missing,) = judge(asking(25, "terminals", 330_00), POLICY, DAY, NONE).faults
    assert (missing.field, "--rows" in missing.en) == ("rows", True)
    (beside,) = judge(asking(19, "single", 1), POLICY, DAY, NONE, batch_of(GLASSES)).faults
    assert beside.field == "rows"


def test_the_findings_say_how_many_pieces_and_how_much() -> None:
    judgement = judge(asking(25, "terminals", 330_00), POLICY, DAY, NONE, batch_of(GLASSES))
    assert judgement.largest == 330_00
    assert [finding.result.en for finding in judgement.findings[-3:]] == [
        "at most 330 yuan in all",
        "at most 2,000 yuan in all",
        "at most 330 yuan",
    ]
