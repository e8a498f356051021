"""CSV for people: cells that no spreadsheet runs, and the mark by which it knows UTF-8. Pure."""

import csv
import io
import unicodedata
from collections.abc import Iterable

#: Excel reads UTF-8 only where a file begins with this.
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
#: What a spreadsheet takes for the beginning of a formula, full width or not.
FORMULA = tuple("=+-@\t\r\n")


def harmless(cell: str) -> str:
    """Return ``cell`` so that no spreadsheet runs it."""
    return f"'{cell}" if unicodedata.normalize("NFKC", cell[:1]).startswith(FORMULA) else cell


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """Return ``rows`` as CSV, as they are."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
