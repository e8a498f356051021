"""A file of rows, CSV or XLSX: one row of text at a time, held against the columns it may have. Pure.

Rows stream: a file of 100,000 is never in memory as objects. What Excel made of a cell is text again, or a fault.
"""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.errors import Fault, RefusedApplication
from models.files.workbook import WORKBOOK, Broken, Unreadable, text_of, workbook_rows

#: Larger files are refused before they are read; a caller may allow less or more.
MAX_BYTES = 32 * 1024 * 1024
#: How old Excel files and those with a password begin (a compound file).
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
#: In this order: Chinese Excel saves CSV as GB18030, which takes almost any bytes.
ENCODINGS = ("utf-8-sig", "gb18030")
#: Of what somebody wrote no more than this is repeated.
MAX_GIVEN = 60


@dataclass(frozen=True)
class Row:
    """One row that is not blank."""

    #: The line on which it begins, as an editor counts, or Excel's number of the row.
    line: int
    #: What each column of the file says, without blank ends; not those in ``faults``.
    cells: dict[str, str]
    #: What is no text, by column; what stands beside the columns is under "".
    faults: dict[str, Fault]


def read_rows(
    data: bytes, required: Sequence[str], optional: Sequence[str] = (), *, max_bytes: int = MAX_BYTES
) -> Iterator[Row]:
    """Yield the rows of a CSV or XLSX file below its header, which names each column once, in any order.

    Raises:
        RefusedApplication: too large, no such file, or a wrong header, with every fault of it (before the first
            row); or what follows cannot be read (where it is met).

    """
    lines = _lines(data, max_bytes)
    meant = ",".join(required) + (f"[,{','.join(optional)}]" if optional else "")
    line, header = next(((at, cells) for at, cells in lines if not _blank(cells)), (0, ()))
    if not line:
        raise _refused(f"是空的；首行应为 {meant}", f"is empty; its first line names {meant}")
    columns = _columns(line, header, [*required, *optional], required, meant)
    yield from (_row(at, cells, columns) for at, cells in lines if not _blank(cells))


def place(line: int, column: str = "") -> str:
    """Return what a fault calls one line, or one cell."""
    where = f"第 {line} 行 line {line}"
    return f"{where}, {column}" if column else where


def is_place(field: str) -> bool:
    """Return whether ``place`` made what a fault calls its field."""
    return field.startswith("第 ")


def given(text: str) -> str:
    """Return as much of what somebody wrote as a fault repeats, without what would steer a terminal."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: MAX_GIVEN + 1])
    return shown if len(text) <= MAX_GIVEN else f"{shown[:MAX_GIVEN]}…"


def _lines(data: bytes, max_bytes: int) -> Iterator[tuple[int, Sequence[object]]]:
    """Return the lines of the file with their numbers; the file's beginning says what it is."""
    if len(data) > max_bytes:
        raise _refused(
            f"文件超过 {max_bytes:,} 字节的上限；请分成几个文件",
            f"the file has more than {max_bytes:,} bytes, which is the limit; split it",
        )
    if data.startswith(COMPOUND):
        raise _refused(
            "旧版 Excel（.xls）或加了密码的文件无法读取；请去掉密码，另存为 .xlsx 或 CSV",
            "an old Excel file (.xls) or one with a password cannot be read; save it as .xlsx or CSV without one",
        )
    return _xlsx(data, max_bytes) if data.startswith(WORKBOOK) else _csv(data)


def _xlsx(data: bytes, max_bytes: int) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        yield from enumerate(workbook_rows(data, max_bytes), start=1)
    except Broken as broken:
        raise _refused(broken.zh, broken.en) from broken


def _csv(data: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    text = io.TextIOWrapper(io.BytesIO(data), _encoding(data), newline="")
    reader, line = csv.reader(text, strict=True), 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise RefusedApplication(
                [
                    Fault(
                        place(line),
                        f"不是有效的 CSV（{error}）；请检查引号是否成对，其后各行未读",
                        f"is not valid CSV ({error}); check that quotes come in pairs; nothing below was read",
                    )
                ]
            ) from None
        if cells is None:
            return
        yield line, cells
        line = reader.line_num + 1


def _encoding(data: bytes) -> str:
    """Return the first of ENCODINGS that all of ``data`` is written in."""
    for encoding in ENCODINGS:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _refused(
        "不是 CSV（UTF-8 或 GB18030 编码）或 XLSX 文件；请在 Excel 中另存为其中一种",
        "is neither CSV (in UTF-8 or GB18030) nor XLSX; save it as one of them in Excel",
    )


def _blank(cells: Sequence[object]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _columns(line: int, header: Sequence[object], allowed: list[str], required: Sequence[str], meant: str) -> list[str]:
    """Return the name of each column in the order of the file; "" where the header is blank."""
    names, faults = [], []
    for cell in header:
        try:
            names.append("" if cell is None else unicodedata.normalize("NFKC", text_of(cell)).casefold())
        except Unreadable as error:
            faults.append((error.zh, error.en))
    for name, count in Counter(filter(None, names)).items():
        if name not in allowed:
            shown = given(name)
            faults.append((f"没有“{shown}”这一列；各列为 {meant}", f"has a column “{shown}” that is none of {meant}"))
        elif count > 1:
            faults.append(
                (f"“{name}”列出现 {count} 次；请只保留一列", f"has the column “{name}” {count} times; keep one")
            )
    faults += [
        (f"缺少“{name}”列；首行应为 {meant}", f"lacks the column “{name}”; the first line names {meant}")
        for name in required
        if name not in names
    ]
    if faults:
        raise RefusedApplication([Fault(place(line), zh, en) for zh, en in faults])
    return names


def _row(line: int, cells: Sequence[object], columns: list[str]) -> Row:
    row = Row(line, dict.fromkeys(filter(None, columns), ""), {})
    for number, cell in enumerate(cells):
        if cell is None:
            continue
        name = columns[number] if number < len(columns) else ""
        try:
            text = text_of(cell)
        except Unreadable as error:
            row.faults[name] = Fault(place(line, name), error.zh, error.en)
            row.cells.pop(name, None)
            continue
        if name:
            row.cells[name] = text
        elif text:
            row.faults[name] = Fault(
                place(line),
                f"“{given(text)}”不在任何列名之下；请移到所属的列，或检查逗号和引号",
                f"“{given(text)}” stands under no column's name; move it, or check commas and quotes",
            )
    return row


def _refused(zh: str, en: str) -> RefusedApplication:
    return RefusedApplication([Fault("文件 file", zh, en)])
