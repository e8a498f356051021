"""A directory's file: entries, or every fault at once with its line and what to do."""

import datetime as dt

import pytest

from models.errors import Fault, RefusedApplication
from models.files.directory_file import MAX_BYTES, read_directory
from models.files.fault_list import MAX_FAULTS
from tests.support.policies import ZHEJIANG
from tests.support.workbooks import xlsx

HEAD = b"unit,name,email,role,language\n"
COLUMNS = ["unit", "name", "email", "role", "language"]


def faults_in(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(RefusedApplication) as refused:
        read_directory(data, ZHEJIANG)
    return refused.value.faults


def test_a_directory_is_read_with_addresses_in_small_letters() -> None:
    (one,) = read_directory(HEAD + "kjt,省科技厅,KJT@ZJ.example,收文员,en\n".encode(), ZHEJIANG)
    assert one.model_dump() == {
        "unit": "kjt",
        "name": "省科技厅",
        "email": "kjt@zj.example",
        "role": "收文员",
        "language": "en",
        "letters": None,
        "other_emails": None,
    }


def test_further_addresses_stand_in_one_cell_and_each_counts_once() -> None:
    head = b"unit,name,email,other_emails\n"
    (one,) = read_directory(
        head + "kjt,省科技厅,a@zj.example,B@zj.example；c@zj.example b@zj.example\n".encode(), ZHEJIANG
    )
    assert one.other_emails == ["b@zj.example", "c@zj.example"]
    (none,) = read_directory(head + "kjt,省科技厅,a@zj.example,\n".encode(), ZHEJIANG)
    assert none.other_emails == []
    (fault,) = faults_in(head + "kjt,省科技厅,a@zj.example,not an address\n".encode())[:1]
    assert "other_emails" in fault.field


def test_csv_and_xlsx_say_the_same() -> None:
    row = ["@county:330110", "余杭区收文", "330110@zj.example", "收文员", "zh"]
    csv = HEAD + ",".join(row).encode()
    assert read_directory(xlsx([COLUMNS, row]), ZHEJIANG) == read_directory(csv, ZHEJIANG)
    assert read_directory(csv.decode().encode("gb18030"), ZHEJIANG) == read_directory(csv, ZHEJIANG)


@pytest.mark.parametrize("data", [b"unit,name,email\nkjt,a,a@b.example\n", HEAD + b"kjt,a,a@b.example,,\n"])
def test_role_and_language_may_be_left_out(data: bytes) -> None:
    (one,) = read_directory(data, ZHEJIANG)
    assert (one.role, one.language) == ("", "zh")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "文件 file"),
        (HEAD, "文件 file"),
        (HEAD + b"\n,,,,\n", "文件 file"),
        (b"\xff\xfe\x00", "文件 file"),
        (HEAD + b"kjt,a,a@b.example,,zh\nnasa,a,a@b.example,,zh\n", "第 3 行 line 3, unit"),
        (HEAD + b"@county:999999,a,a@b.example,,zh\n", "第 2 行 line 2, unit"),
        (HEAD + b"kjt,a,nobody,,zh\n", "第 2 行 line 2, email"),
        (HEAD + b"kjt,,a@b.example,,zh\n", "第 2 行 line 2, name"),
        (HEAD + b"kjt,a,a@b.example,,fr\n", "第 2 行 line 2, language"),
        (HEAD + b"kjt,a,a@b.example,a\x07b,zh\n", "第 2 行 line 2, role"),
        (HEAD + b"kjt," + b"a" * 201 + b",a@b.example,,zh\n", "第 2 行 line 2, name"),
        (b"unit,name,mail\nkjt,a,a@b.example\n", "第 1 行 line 1"),
        (HEAD + b"kjt,a,a@b.example,,zh,more\n", "第 2 行 line 2"),
        (HEAD + b"kjt,a\n", "第 2 行 line 2, email"),
        (HEAD + b"@city,a,a@b.example,,zh\n", "第 2 行 line 2, unit"),
        (HEAD + b"kjt:330110,a,a@b.example,,zh\n", "第 2 行 line 2, unit"),
        (HEAD + b"@city:330110,a,a@b.example,,zh\n", "第 2 行 line 2, unit"),
        (HEAD + b'kjt,"a\nb",a@b.example,,zh\n', "第 2 行 line 2, name"),
        (xlsx([COLUMNS, ["kjt", dt.date(2026, 3, 1), "a@b.example", None, None]]), "第 2 行 line 2, name"),
        (xlsx([COLUMNS, ["kjt", "a", 13800000000, None, None]]), "第 2 行 line 2, email"),
        (xlsx([[*COLUMNS, "phone"], ["kjt", "a", "a@b.example", None, None, 1]]), "第 1 行 line 1"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(data: bytes, field: str) -> None:
    found = faults_in(data)
    assert {fault.field for fault in found} == {field}
    assert all(fault.zh != fault.en for fault in found)


def test_every_fault_of_every_line_is_told_at_once_and_each_says_what_to_do() -> None:
    data = HEAD + b"nasa,,bad,,fr\nkjt,a,a@b.example,,\nfgw,a,a@b.example,,\nkjt,b,A@b.example,,\n"
    found = faults_in(data)
    assert [fault.field for fault in found] == [
        "第 2 行 line 2, unit",
        "第 2 行 line 2, name",
        "第 2 行 line 2, email",
        "第 2 行 line 2, language",
        "第 5 行 line 5",
    ]
    for fault, (zh, en) in zip(
        found,
        [
            ("units.csv", "units.csv"),
            ("请填写", "fill it in"),
            ("请更正", "correct it"),
            ("请填写 zh 或 en", "write zh or en"),
            ("与第 3 行是同一单位、同一邮箱；请只保留一行", "line 3; keep one of them"),
        ],
        strict=True,
    ):
        assert zh in fault.zh
        assert en in fault.en


def test_a_cell_that_cannot_be_read_is_one_fault_and_not_a_missing_one_as_well() -> None:
    found = faults_in(xlsx([COLUMNS, ["kjt", "a", dt.date(2026, 3, 1), "=1+1", "zh"], ["nasa", "a", "b", "", ""]]))
    assert [fault.field for fault in found] == [
        "第 2 行 line 2, email",
        "第 2 行 line 2, role",
        "第 3 行 line 3, unit",
        "第 3 行 line 3, email",
    ]


def test_rows_before_a_broken_line_are_judged_too() -> None:
    found = faults_in(HEAD + b'nasa,a,a@b.example,,\nkjt,"a,b\n')
    assert [fault.field for fault in found] == ["第 2 行 line 2, unit", "第 3 行 line 3"]


def test_the_faults_of_a_file_with_very_many_are_counted() -> None:
    found = faults_in(HEAD + b"x\n" * 1000)
    assert len(found) == MAX_FAULTS + 1
    assert found[-1].en == f"has {3 * 1000 - MAX_FAULTS:,} more faults"


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    (fault,) = faults_in(HEAD + b"x" * MAX_BYTES)
    assert "2,097,152" in fault.zh
    assert "2,097,152" in fault.en


def test_what_a_file_says_cannot_steer_a_terminal() -> None:
    for fault in faults_in(HEAD + "\x1b[31mnasa,a\x9b\u202e,\x07,\x1b,\x1b\n".encode()):
        assert (fault.field + fault.zh + fault.en).isprintable()
