"""A calendar's file: CSV or XLSX bytes become days, or one clear sentence a fault. Pure."""

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from models.case.form import Line
from models.errors import Fault, RefusedApplication
from models.files.row_file import given, place, read_rows

COLUMNS = ("day", "working", "source")
#: How a file says whether a day is worked.
WORKING = {"working": True, "班": True, "off": False, "休": False}


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date):
        return value
    return dt.datetime.strptime(str(value).strip(), "%Y-%m-%d").date()  # noqa: DTZ007  # a day, without a time


def _working(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if (known := WORKING.get(str(value).strip().casefold())) is None:
        raise ValueError(value)
    return known


class DayEntry(BaseModel):
    """Whether one day is worked, and who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: Annotated[dt.date, BeforeValidator(_day)]
    working: Annotated[bool, BeforeValidator(_working)]
    source: Line


def read_days(data: bytes) -> list[DayEntry]:
    """Return the days of a CSV or XLSX file with the columns day, working (working/off or 班/休) and source.

    Raises:
        RefusedApplication: with every fault at once, each with its line.

    """
    entries: list[DayEntry] = []
    faults: list[Fault] = []
    lines: dict[dt.date, int] = {}
    for row in read_rows(data, COLUMNS):
        faults += row.faults.values()
        try:
            entry = DayEntry.model_validate(row.cells)
        except ValidationError as error:
            faults += [fault for column, fault in day_faults(error, row.line) if column not in row.faults]
            continue
        entries.append(entry)
        if (first := lines.setdefault(entry.day, row.line)) != row.line:
            zh, en = f"与第 {first} 行是同一天；请只保留一行", f"is the same day as line {first}; keep one of them"
            faults.append(Fault(place(row.line, "day"), zh, en))
    if not entries and not faults:
        faults.append(
            Fault("文件 file", "没有任何日期；请在首行之下填写", "has no days; write them below its first line")
        )
    if faults:
        raise RefusedApplication(faults)
    return entries


_WORDS = {
    "day": ("不是日期，请写作 2027-02-06", "is no day; write it like 2027-02-06"),
    "working": ("请填写 working 或 班、off 或 休", "must be working (班) or off (休)"),
    "source": ("来源须为一行、至多 200 字", "the source is one line of at most 200 characters"),
}


def day_faults(error: ValidationError, line: int | None = None) -> list[tuple[str, Fault]]:
    """Return what is wrong with one day, by column; ``line`` is where it stands, if that is a file."""
    return [(str(one["loc"][0]), _fault(dict(one), line)) for one in error.errors()]


def _fault(error: dict[str, Any], line: int | None) -> Fault:
    column, said = str(error["loc"][0]), given(str(error.get("input") or ""))
    where = column if line is None else place(line, column)
    if error["type"] == "missing" or not said or isinstance(error.get("input"), dict):
        return Fault(where, "必填项未填写，请填写", "is required and missing; fill it in")
    zh, en = _WORDS.get(column, (error["msg"], error["msg"]))
    return Fault(where, f"“{said}”{zh}", f"“{said}” {en}")


def whole_year(entries: list[DayEntry], year: int) -> list[DayEntry]:
    """Return ``entries`` as the whole notice for ``year``: its other days are worked from Monday to Friday.

    Raises:
        RefusedApplication: no entry is of that year, so the notice is of another.

    """
    named = {entry.day: entry for entry in entries}
    if not any(day.year == year for day in named):
        zh, en = f"没有 {year} 年的日期，不是该年的安排", f"has no day of {year}, so it is not the notice of that year"
        raise RefusedApplication([Fault("文件 file", zh, en)])
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    others = [day for day in days if day.year == year and day not in named]
    source = f"{entries[0].source}（其余日期周一至周五上班 else Monday to Friday）"
    return [*entries, *(DayEntry(day=day, working=day.weekday() < 5, source=source[:200]) for day in others)]
