"""Workbooks that are broken or meant to do harm: one clear fault, in no time."""

import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import RefusedApplication
from tests.support.workbooks import SHEET, STRINGS, altered, as_excel, xlsx
from tests.unit.test_row_file import HEAD, ROW, cells, read, refused

#: Made once: a workbook carries the time at which it was written.
WHOLE = xlsx([HEAD, ROW])
ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def truncated() -> bytes:
    return xlsx([HEAD, ROW])[:2000]


def without_sheet() -> bytes:
    return altered(xlsx([HEAD, ROW]), lambda _: "<not-xml", SHEET)


def wrong_string() -> bytes:
    return altered(as_excel(xlsx([HEAD, ROW])), lambda sheet: sheet.replace("<v>1</v>", "<v>99</v>"))


def other_archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return file.getvalue()


def laughing(part: str) -> bytes:
    """Return a workbook whose ``part`` is a hundred thousand million characters by way of entities."""
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "{"ha" * 50}">{ENTITIES}]>'
    whole = xlsx([HEAD, ROW]) if part == SHEET else as_excel(xlsx([HEAD, ROW]))
    laughs = altered(whole, lambda text: bomb + text.replace(">kjt<", ">&l9;<"), part)
    assert laughs != whole
    return laughs


@pytest.mark.parametrize(
    "data",
    [
        truncated(),
        without_sheet(),
        wrong_string(),
        other_archive(),
        b"PK\x03\x04",
        b"PK\x03\x04" + bytes(1000),
        laughing(SHEET),
        laughing(STRINGS),
    ],
    ids=["truncated", "no XML", "wrong string", "other archive", "signature", "zeros", "laughs", "laughs in strings"],
)
def test_a_broken_workbook_is_one_fault(data: bytes) -> None:
    began = time.monotonic()
    (fault,) = refused(data)
    assert "damaged or no workbook" in fault.en
    assert time.monotonic() - began < 10


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, bytes(9_000_000))
    (fault,) = refused(file.getvalue(), max_bytes=1_000_000)
    assert "unpacks to more than 8,000,000 bytes" in fault.en
    assert "8,000,000" in fault.zh


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_either() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, bytes(90_000_000))
    size = (90_000_000).to_bytes(4, "little")
    (fault,) = refused(file.getvalue().replace(size, (5_000).to_bytes(4, "little")), max_bytes=1_000_000)
    assert "damaged or no workbook" in fault.en


@pytest.mark.parametrize("where", ['<row r="99999999999"', '<row r="2000000"'])
def test_a_row_beyond_excels_own_limit_is_a_fault(where: str) -> None:
    far = altered(xlsx([HEAD, ROW]), lambda sheet: sheet.replace('<row r="2"', where))
    (fault,) = refused(far)
    assert "1,048,576" in fault.en


def test_a_cell_far_to_the_right_is_not_looked_at() -> None:
    far = altered(xlsx([HEAD, ROW]), lambda sheet: sheet.replace('<c r="D2"', '<c r="XFD2"'))
    assert cells(far)[0][1]["role"] == ""


@given(st.data())
def test_a_workbook_with_any_byte_changed_is_rows_or_a_fault(data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except RefusedApplication as error:
        assert error.faults
