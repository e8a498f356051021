"""A file of rows: CSV and XLSX give the same text, and whatever else comes gives one clear fault."""

import datetime as dt
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Fault, RefusedApplication
from models.files.row_file import Row, read_rows
from tests.support.workbooks import altered, as_excel, xlsx

HEAD = ["unit", "name", "email", "role"]
ROW = ["kjt", "省科技厅", "kjt@zj.example", "处长"]


def read(data: bytes, **limits: int) -> list[Row]:
    return list(read_rows(data, ("unit", "name", "email"), ("role",), **limits))


def cells(data: bytes) -> list[tuple[int, dict[str, str]]]:
    rows = read(data)
    assert not [row for row in rows if row.faults]
    return [(row.line, row.cells) for row in rows]


def refused(data: bytes, **limits: int) -> tuple[Fault, ...]:
    with pytest.raises(RefusedApplication) as error:
        read(data, **limits)
    assert all(fault.zh and fault.en and "\n" not in fault.zh + fault.en for fault in error.value.faults)
    return error.value.faults


def csv_of(*rows: list[str], encoding: str = "utf-8") -> bytes:
    return "".join(",".join(row) + "\r\n" for row in rows).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_excel_writes(encoding: str) -> None:
    assert cells(csv_of(HEAD, ROW, encoding=encoding)) == [(2, dict(zip(HEAD, ROW, strict=True)))]


def test_xlsx_is_read_as_csv_is() -> None:
    assert cells(xlsx([HEAD, ROW])) == cells(as_excel(xlsx([HEAD, ROW]))) == cells(csv_of(HEAD, ROW))


def test_columns_may_stand_in_any_order_and_case_and_an_optional_one_may_be_absent() -> None:
    wanted = [(2, {"email": "a@b.example", "unit": "kjt", "name": "甲"})]
    assert cells(csv_of([" E‐mail ".replace("‐", ""), "UNIT", "Ｎａｍｅ"], ["a@b.example", "kjt", "甲"])) == wanted
    assert cells(xlsx([["Email", "Unit ", "name"], ["a@b.example", " kjt", "甲 "]])) == wanted


def test_blank_rows_are_skipped_and_lines_are_counted_as_an_editor_does() -> None:
    data = b'\n unit,name,email\n\n,,\nkjt,"two\nlines",a@b.example\nfgw,x,c@d.example\n'
    assert [line for line, _ in cells(data)] == [5, 7]
    assert [line for line, _ in cells(xlsx([[None], HEAD, [], [None, " "], ROW]))] == [5]


def test_short_rows_end_in_blanks() -> None:
    assert cells(csv_of(HEAD, ["kjt"]))[0][1] == {"unit": "kjt", "name": "", "email": "", "role": ""}
    assert cells(xlsx([HEAD, ["kjt"]]))[0][1] == {"unit": "kjt", "name": "", "email": "", "role": ""}


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (["unit", "name"], ["lacks the column “email”"]),
        (["unit", "name", "mail"], ["a column “mail”", "lacks the column “email”"]),
        ([*HEAD, "unit"], ["has the column “unit” 2 times"]),
        (["x\x1b[31m", *HEAD], ["a column “x�[31m”"]),
        (["a", "a", "b"], ["“a”", "“b”", "“unit”", "“name”", "“email”"]),
    ],
)
def test_every_fault_of_a_header_is_told_at_once(header: list[str], says: list[str]) -> None:
    found = refused(csv_of(header, ROW))
    assert [words in fault.en for fault, words in zip(found, says, strict=True)] == [True] * len(says)
    assert {fault.field for fault in found} == {"第 1 行 line 1"}


def test_what_stands_under_no_column_is_a_fault_of_its_row() -> None:
    for data in (csv_of(HEAD, [*ROW, "more"]), xlsx([HEAD, [*ROW, None, "more"]]), csv_of([*HEAD, ""], [*ROW, "more"])):
        (row,) = read(data)
        assert "“more” stands under no column" in row.faults[""].en
        assert row.faults[""].field == "第 2 行 line 2"
    assert cells(csv_of([*HEAD, ""], [*ROW, ""])) == cells(csv_of(HEAD, ROW))


@pytest.mark.parametrize(
    ("value", "text"),
    [(330110, "330110"), (330110.0, "330110"), (2.5, "2.5"), (-7, "-7"), (True, "TRUE"), (" 文 ", "文"), (0, "0")],
)
def test_a_number_that_excel_made_of_a_cell_is_its_text(value: object, text: str) -> None:
    assert cells(xlsx([HEAD, ["kjt", value, "x"]]))[0][1]["name"] == text


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (dt.date(2026, 3, 1), "made a date"),
        (dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC).replace(tzinfo=None), "made a date"),
        (dt.time(8, 30), "made a date"),
        (dt.timedelta(hours=30), "made a date"),
        (913301101234567890, "keeps 15 digits"),
        (9.1330110123456e17, "keeps 15 digits"),
        ("=1+1", "formula without its result"),
        ("#N/A", "formula that failed"),
    ],
)
def test_a_cell_that_is_no_text_any_more_is_a_fault_of_its_column(value: object, says: str) -> None:
    (row,) = read(xlsx([HEAD, ["kjt", value, "x"]]))
    assert (row.cells["unit"], "name" in row.cells) == ("kjt", False)
    assert says in row.faults["name"].en
    assert row.faults["name"].field == "第 2 行 line 2, name"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="B2" t="str"><f>A2&amp;"x"</f><v>kjtx</v></c>', "kjtx"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>', ""),
    ],
)
def test_a_formula_is_read_as_the_result_that_excel_kept(cell: str, text: str) -> None:
    written = xlsx([HEAD, ["kjt", "=1+1", "x"]])
    kept = altered(written, lambda sheet: sheet.replace('<c r="B2"><f>1+1</f><v /></c>', cell))
    assert kept != altered(written, lambda sheet: sheet)
    assert cells(kept)[0][1]["name"] == text


def test_the_first_visible_sheet_is_read_and_an_empty_one_is_a_fault() -> None:
    assert cells(xlsx([HEAD, ROW], second=[["other"]])) == cells(csv_of(HEAD, ROW))
    (fault,) = refused(xlsx([], second=[HEAD, ROW]))
    assert "first sheet “Sheet” is empty" in fault.en
    hidden = altered(
        xlsx([["notes"]], second=[HEAD, ROW]),
        lambda book: book.replace('sheetId="1" state="visible"', 'sheetId="1" state="hidden"'),
        "xl/workbook.xml",
    )
    assert cells(hidden) == cells(csv_of(HEAD, ROW))


def test_a_sheet_that_declares_fewer_rows_than_it_has_is_read_whole() -> None:
    lying = altered(xlsx([HEAD, ROW, ROW]), lambda sheet: sheet.replace('ref="A1:D3"', 'ref="A1"'))
    assert len(cells(lying)) == 2


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    for data in (csv_of(HEAD, ROW) + b"x" * 1000, xlsx([HEAD, ROW])):
        (fault,) = refused(data, max_bytes=1000)
        assert "1,000 bytes" in fault.en


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n\n , \n", "is empty"),
        (b"\xff\xfe\x00u\x00n", "neither CSV"),
        (b"%PDF-1.7 \xff\x80\x00", "neither CSV"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), "old Excel file"),
    ],
)
def test_what_is_no_file_of_rows_says_what_to_do(data: bytes, says: str) -> None:
    (fault,) = refused(data)
    assert fault.field == "文件 file"
    assert says in fault.en


def test_a_quote_that_never_ends_is_told_with_its_line_after_the_rows_before_it() -> None:
    rows = read_rows(b'unit,name,email\nkjt,a,b\nfgw,"c,d\n', ("unit", "name", "email"))
    assert next(rows).line == 2
    with pytest.raises(RefusedApplication) as error:
        next(rows)
    (fault,) = error.value.faults
    assert fault.field == "第 3 行 line 3"
    assert "quotes come in pairs" in fault.en


def test_rows_stream_from_a_file_however_long() -> None:
    data = b"unit,name,email\n" + b"kjt,a,b\n" * 1_000_000
    began = time.monotonic()
    assert len(list(itertools.islice(read_rows(data, ("unit", "name", "email")), 3))) == 3
    assert time.monotonic() - began < 1


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_fault(data: bytes) -> None:
    for begins in (b"", b"unit,name,email\n", b"PK\x03\x04"):
        try:
            read(begins + data)
        except RefusedApplication as error:
            assert error.faults
