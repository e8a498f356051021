"""A file of experts: experts with employers and ties, or every fault at once with its line and what to do."""

import datetime as dt

import pytest

from models.errors import Fault, RefusedApplication
from models.files.experts_file import MAX_BYTES, ExpertEntry, read_experts
from models.files.fault_list import MAX_FAULTS
from models.panel.conflicts import Employment
from tests.support.forms import ANOTHER, SHENLAN
from tests.support.workbooks import xlsx

COLUMNS = ["key", "name", "email", "fields", "employer", "credit_code", "from", "to", "ties", "language", "active"]
HEAD = (",".join(COLUMNS) + "\n").encode()
ROW = f"e00017,张三,Zhang@uni.example,robots,示例大学,{SHENLAN},2015-09-01,,,,\n".encode()
FIELDS = {"robots", "law"}


def read(*rows: bytes) -> list[ExpertEntry]:
    return read_experts(HEAD + b"".join(rows), FIELDS)


def faults_in(*rows: bytes) -> list[tuple[str, str]]:
    with pytest.raises(RefusedApplication) as refused:
        read(*rows)
    return [(fault.field.removeprefix("第 ").replace(" 行 line ", "/"), fault.en) for fault in refused.value.faults]


def test_an_expert_is_read_with_employers_ties_and_fields() -> None:
    more = f"e00017,,,,示例公司,{ANOTHER},2010/1/1,2015-08-31,,,\n".encode()
    (one,) = read(
        ROW.replace(b"robots,", "robots、law,".encode()).replace(b",,,,\n", ",,李雷;甲,en,no\n".encode()), more
    )
    assert (one.key, one.name, one.email, one.fields) == ("e00017", "张三", "zhang@uni.example", ("robots", "law"))
    assert (one.language, one.active, one.ties) == ("en", False, ("李雷", "甲"))
    assert one.employments == (
        ("示例大学", Employment(SHENLAN, dt.date(2015, 9, 1), None)),
        ("示例公司", Employment(ANOTHER, dt.date(2010, 1, 1), dt.date(2015, 8, 31))),
    )


def test_xlsx_says_the_same_as_csv() -> None:
    cells = ["e00017", "张三", "zhang@uni.example", "robots", "示例大学", SHENLAN, "2015-09-01"]
    assert read_experts(xlsx([COLUMNS, cells]), FIELDS) == read(ROW)


def test_whoever_has_no_employer_has_none() -> None:
    (one,) = read("e00001,李四,l@x.example,law,,,,,,,\n".encode())
    assert one.employments == ()


@pytest.mark.parametrize(
    ("row", "where", "said"),
    [
        (ROW.replace(b"e00017", b"17"), "2/2, key", "is no key; write e and five digits"),
        (ROW.replace(b"e00017", b""), "2/2, key", "is required and missing"),
        (ROW.replace(b"Zhang@uni.example", b"zhang"), "2/2, email", "is no e-mail address"),
        (ROW.replace(b"robots", b"cooking"), "2/2, fields", "no policy has the field"),
        (ROW.replace(b"robots", b""), "2/2, fields", "is required and missing"),
        (ROW.replace(SHENLAN.encode(), b"91330110MA2H3K7X6X"), "2/2, credit_code", "is no unified social credit"),
        (ROW.replace(SHENLAN.encode(), b""), "2/2, credit_code", "is required and missing"),
        (ROW.replace("示例大学".encode(), b""), "2/2, employer", "is required and missing"),
        (ROW.replace(b"2015-09-01", b"then"), "2/2, from", "is no date; write it like"),
        (ROW.replace(b"2015-09-01,", b"2015-09-01,2014-01-01"), "2/2, to", "is before its first day"),
        (ROW.replace(b",,\n", b",fr,\n"), "2/2, language", "is no language"),
        (ROW.replace(b",,\n", b",,perhaps\n"), "2/2, active", "is neither yes nor no"),
    ],
)
def test_each_fault_is_named_with_its_line_and_column(row: bytes, where: str, said: str) -> None:
    ((place, sentence),) = faults_in(row)
    assert (place, said in sentence) == (where, True), sentence


def test_further_lines_agree_with_the_first_and_an_address_is_one_experts() -> None:
    other = ROW.replace("张三".encode(), "李四".encode())
    assert faults_in(ROW, other) == [
        ("3/3, name", "differs from line 2, which is about the same expert; make them agree or leave it blank")
    ]
    assert [where for where, _ in faults_in(ROW, ROW.replace(b"e00017", b"e00018"))] == ["3/3, email"]


def test_all_faults_are_told_at_once_and_very_many_are_counted() -> None:
    assert len(faults_in(ROW.replace(b"robots", b"x").replace(b"2015-09-01", b"y"), ROW.replace(b"e00017", b"z"))) == 3
    found = faults_in(*(f"x{n},,,,,,,,,,\n".encode() for n in range(200)))
    assert len(found) == MAX_FAULTS + 1


@pytest.mark.parametrize("data", [b"", HEAD, b"key,name\n", b"\x00" * 100, b"x" * (MAX_BYTES + 1)])
def test_a_file_that_is_none_says_so(data: bytes) -> None:
    with pytest.raises(RefusedApplication) as refused:
        read_experts(data, FIELDS)
    assert all(isinstance(fault, Fault) and fault.zh and fault.en for fault in refused.value.faults)
