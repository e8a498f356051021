"""XLSX files as Excel, a library or somebody with bad intentions would write them."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence

from openpyxl import Workbook

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_INLINE = re.compile(r't="inlineStr"><is><t>([^<]*)</t></is>')
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def xlsx(rows: Iterable[Sequence[object]], **sheets: Iterable[Sequence[object]]) -> bytes:
    """Return a workbook with ``rows`` in its first sheet and further sheets by name."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_excel(data: bytes) -> bytes:
    """Return the workbook ``data`` with the texts of its first sheet kept apart, as Excel itself keeps them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = _INLINE.findall(archive.read(SHEET).decode())
    numbers = iter(range(len(texts)))
    kept = altered(data, lambda sheet: _INLINE.sub(lambda _: f't="s"><v>{next(numbers)}</v>', sheet))
    kept = altered(
        kept,
        lambda types: types.replace("</Types>", f'<Override PartName="/{STRINGS}" ContentType="{_TYPE}"/></Types>'),
        "[Content_Types].xml",
    )
    file = io.BytesIO(kept)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr(STRINGS, f'<sst xmlns="{space}">{"".join(f"<si><t>{t}</t></si>" for t in texts)}</sst>')
    return file.getvalue()


def altered(data: bytes, change: Callable[[str], str], part: str = SHEET) -> bytes:
    """Return the workbook ``data`` with one part changed as text."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if name == part else text)
    return file.getvalue()
