"""A workbook: the rows of an XLSX file's first sheet as Python values, whatever was packed into it. Pure."""

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, Final

from models.errors import LiandongError

#: How a zip archive begins, which an XLSX file is.
WORKBOOK = b"PK\x03\x04"
#: An archive may declare at most so many times the bytes that a file may have: XML packs ten to one.
MAX_UNPACKED = 8
#: Excel's own largest number of rows; columns beyond this one are not looked at.
MAX_ROWS = 1_048_576
MAX_COLUMNS = 100
#: Excel keeps so many digits of a number and makes the others 0.
MAX_DIGITS = 15
#: Rows read between two looks at what the caller does with warnings.
AT_ONCE = 1000
#: What Excel shows where a formula failed.
ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
#: What stands for a formula whose result is not in the file.
UNCOMPUTED: Final = object()

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


class Broken(LiandongError):
    """The archive is no workbook, or more than we unpack."""


class Unreadable(LiandongError):
    """A cell is no text any more."""


def workbook_rows(data: bytes, max_bytes: int) -> Iterator[Sequence[object]]:
    """Yield the rows of the first visible sheet, blank ones too; formulas as the results that are in the file.

    Raises:
        Broken: with what to do.

    """
    try:
        has_formulas = _look_into(data, max_bytes * MAX_UNPACKED)
        rows = _rows(data, has_formulas=has_formulas)
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that are not read here
                some = list(islice(rows, AT_ONCE))
            if not some:
                return
            yield from some
    except Broken:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a broken file
        why = " ".join(f"{type(error).__name__}: {error}".split())[:100]
        raise Broken(
            f"XLSX 文件已损坏或不是工作簿（{why}）；请用 Excel 打开并另存为 .xlsx",
            f"the XLSX file is damaged or no workbook ({why}); open it in Excel and save it as .xlsx again",
        ) from error


def _look_into(data: bytes, max_unpacked: int) -> bool:
    """Return whether a sheet has formulas; nothing is unpacked beyond what the archive declares and we allow."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > max_unpacked:
            raise Broken(
                f"XLSX 文件解压后超过 {max_unpacked:,} 字节的上限；请删除多余内容，或分成几个文件",
                f"the XLSX file unpacks to more than {max_unpacked:,} bytes, which is the limit;"
                " remove what is not needed, or split it",
            )
        sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        return any(_has_formulas(archive, name) for name in sheets)


def _has_formulas(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as sheet:
        before = b""
        while chunk := sheet.read(1 << 20):
            if _FORMULA.search(before + chunk):
                return True
            before = chunk[-64:]
    return False


def _rows(data: bytes, *, has_formulas: bool) -> Iterator[Sequence[object]]:
    if not has_formulas:
        for row in _sheet(data, results=True):
            yield [cell.value for cell in row]
        return
    for results, formulas in zip(_sheet(data, results=True), _sheet(data, results=False), strict=True):
        yield [_result(cell, formula) for cell, formula in zip(results, formulas, strict=True)]


def _result(cell: Any, formula: Any) -> object:
    """Return what a cell's formula came to; a text of no characters is a result, too."""
    lacking = cell.value is None and formula.value is not None and cell.data_type != "str"
    return UNCOMPUTED if lacking else cell.value


def _sheet(data: bytes, *, results: bool) -> Iterator[Sequence[Any]]:
    """Yield the cells of each row, with what a formula came to as ``results``, or with the formula itself."""
    from openpyxl import load_workbook  # a fifth of a second, which most commands do without

    with closing(load_workbook(io.BytesIO(data), read_only=True, data_only=results, keep_links=False)) as book:
        sheet: Any = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise Broken("XLSX 文件没有可见的工作表", "the XLSX file has no visible sheet")
        sheet.reset_dimensions()  # some programs declare fewer rows than there are
        number, before = 0, None
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > MAX_ROWS:
                raise Broken(f"工作表超过 {MAX_ROWS:,} 行的上限", f"the sheet has more than {MAX_ROWS:,} rows")
            yield () if row is before else row  # one and the same for all rows that are not there
            before = row
        if number == 0:
            raise Broken(
                f"第一张工作表“{sheet.title}”是空的，其他工作表不读；请把内容移到第一张",
                f"the first sheet “{sheet.title}” is empty, and no other is read; move the rows to the first one",
            )


def text_of(value: object) -> str:
    """Return what a cell that is not blank says, without blank ends: a number as its digits.

    Raises:
        Unreadable: it is a date, a number that Excel cut, a failed formula, or a formula without its result.

    """
    if isinstance(value, str):
        return _checked(value.strip())
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _digits(value)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        raise Unreadable(
            f"被 Excel 当作日期或时间（{value}）；请将单元格格式设为“文本”后重新填写",
            f"was made a date or time by Excel ({value}); format the cell as text and write it again",
        )
    raise Unreadable(
        "是没有结果的公式；请用 Excel 打开并保存，或粘贴为数值",
        "is a formula without its result; open and save the file in Excel, or paste the value",
    )


def _checked(text: str) -> str:
    if text in ERRORS:
        raise Unreadable(f"公式出错（{text}）；请更正", f"is a formula that failed ({text}); correct it")
    return text


def _digits(number: float) -> str:
    """Return a number as Excel shows it without a format."""
    if abs(number) >= 10**MAX_DIGITS:
        raise Unreadable(
            f"被 Excel 当作数字，第 {MAX_DIGITS} 位之后已丢失；请将单元格格式设为“文本”后重新填写",
            f"was made a number by Excel, which keeps {MAX_DIGITS} digits; format the cell as text and write it again",
        )
    return str(int(number)) if number == int(number) else repr(number)
