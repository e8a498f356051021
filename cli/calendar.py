"""Commands about the calendar: which days are worked, by the carried calendar and by what the operator recorded."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich import box
from rich.table import Table

from approvals.late import calendars
from cli.run import complain, configured, console, file_bytes, opened, printable, run
from models.calendar import Calendar, is_working_day, office_date, office_time
from models.calendar_day import CalendarDay
from models.errors import RefusedApplication
from models.files.calendar_file import DayEntry, day_faults, read_days, whole_year

app = typer.Typer(help="工作日历 Which days are worked, for every deadline.", no_args_is_help=True)

YEARS = range(2004, 2100)


@app.command("show")
def show(
    year: Annotated[
        int | None, typer.Argument(min=YEARS.start, max=YEARS.stop - 1, help="年份 The year; by default this.")
    ] = None,
) -> None:
    """查看日历 Days that are not as their weekday says, who says so, and whether the whole year is known."""
    year = year or office_date(dt.datetime.now(dt.UTC)).year
    recorded = run(_recorded(year))
    calendar = Calendar({row.day: row.working for row in recorded})
    differing = _table(calendar, {row.day: row for row in recorded}, year)
    if differing.row_count:
        console.print(differing)
    unknown = sum(not calendar.works(day)[1] for day in _days(year))
    if unknown:
        console.print(
            f"{year} 年尚有 {unknown} 天未知，按周一至周五计，期限为暂定；公布后用 liandong calendar import 导入\n"
            f"{unknown} days of {year} are not known: counted Monday to Friday, deadlines provisional until an import",
            style="yellow",
        )
    else:
        console.print(f"{year} 年全部已知 All of {year} is known", style="green")


async def _recorded(year: int) -> list[CalendarDay]:
    async with opened(configured()) as db:
        return await db.read(calendars.recorded, year)


def _days(year: int) -> Iterator[dt.date]:
    first = dt.date(year, 1, 1)
    yield from (first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days))


def _table(calendar: Calendar, recorded: dict[dt.date, CalendarDay], year: int) -> Table:
    """Return the days that differ from their weekday, or from the carried calendar."""
    table = Table(box=box.SIMPLE_HEAD, title=str(year), title_justify="left")
    for heading in ("日期 Day", "星期 Weekday", "", "来源 Source", "登记 Recorded"):
        table.add_column(heading, overflow="fold")
    for day in _days(year):
        working, ours = calendar.works(day)[0], recorded.get(day)
        as_its_weekday = working == (day.weekday() < 5)
        if as_its_weekday and is_working_day(day)[0] == working:
            continue
        word = "班 working" if working else "休 off"
        source = printable(ours.source) if ours else "chinesecalendar"
        at = office_time(ours.recorded_at) if ours else ""
        table.add_row(str(day), f"{'一二三四五六日'[day.weekday()]} {day:%a}", word, source, at)
    return table


@app.command("set")
def set_(
    day: Annotated[str, typer.Argument(help="日期 The day: 2027-02-06.")],
    working: Annotated[bool, typer.Option("--working/--off", help="上班或休息 Worked, or not.")],
    source: Annotated[str, typer.Option(help="来源 Who says so: a notice, a gazette, an address.")],
) -> None:
    """登记一天 Record one day; a later record of the same day counts instead."""
    try:
        entry = DayEntry.model_validate({"day": day, "working": working, "source": source})
    except ValidationError as error:
        complain("\n".join(printable(f"{fault.field}: {fault.zh} {fault.en}") for _, fault in day_faults(error)))
    run(_write([entry]))
    console.print(f"已登记 Recorded: {entry.day} {'班 working' if entry.working else '休 off'}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV / XLSX: day,working,source")],
    whole: Annotated[
        int | None,
        typer.Option(
            "--whole-year",
            min=YEARS.start,
            max=YEARS.stop - 1,
            help="文件为该年全部安排，其余日期周一至周五上班 The whole notice: else Monday to Friday.",
        ),
    ] = None,
) -> None:
    """导入日历 Record the days in a file; a file with any fault changes nothing."""
    count = run(_import(file, whole))
    console.print(f"已登记 Recorded: {count}")


async def _import(file: Path, whole: int | None) -> int:
    data = await file_bytes(file)
    try:
        entries = read_days(data)
        if whole is not None:
            entries = whole_year(entries, whole)
    except RefusedApplication as refused:
        lines = [printable(f"{fault.field}: {fault.zh} {fault.en}") for fault in refused.faults]
        complain("\n".join([*lines, printable(f"未登记任何日期 Nothing was recorded: {file}")]))
    return await _write(entries)


async def _write(entries: list[DayEntry]) -> int:
    async with opened(configured()) as db:
        return await db.write(calendars.record_days, entries, dt.datetime.now(dt.UTC))
