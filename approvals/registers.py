"""Registers and figures: what the operator maintains for the rules to look up. Rows are added, never changed."""

import datetime as dt
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlmodel import col, select

from approvals.transaction import Transaction
from models.case.form import CreditCode, Line
from models.case.project import project_key
from models.columns import new_id
from models.errors import Fault, RefusedApplication
from models.files.row_file import place, read_rows
from models.policy.expressions import Expression
from models.policy.policy import FigureKind, Policy
from models.records import Figure, Registration
from models.states import Level

E = TypeVar("E", bound=BaseModel)


def _day(given: object) -> dt.date:
    if isinstance(given, dt.date):
        return given
    try:
        return dt.datetime.strptime(str(given).strip(), "%Y-%m-%d").date()  # noqa: DTZ007  # a day, without a time
    except ValueError:
        raise ValueError("须为日期 must be a date, such as 2026-03-01") from None


Day = Annotated[dt.date, BeforeValidator(_day)]


class FigureEntry(BaseModel):
    """The value of a figure from a day on, as the operator writes it."""

    model_config = ConfigDict(extra="forbid")

    figure: Line
    #: County or city by GB/T 2260 code or name; empty: everywhere.
    place: str = ""
    from_day: Day
    #: ``3.5%``, ``200,000 yuan`` or ``1.5``, as the figure's type wants.
    value: Line
    source: Line


class RegisterEntry(BaseModel):
    """An applicant or project that enters or leaves a register, as the operator writes it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    register_key: Line = Field(alias="register")
    credit_code: CreditCode
    name: Line
    #: The project's title, where the register lists projects.
    project: str = ""
    from_day: Day
    #: False: it leaves the register.
    listed: bool = True
    source: Line


def read_figures(data: bytes, policy: Policy) -> list[FigureEntry]:
    """Return the figures in a CSV or XLSX file with the columns figure, from_day, value, source and place.

    Raises:
        RefusedApplication: with every fault at once, each with its line.

    """
    return _entries(data, ("figure", "from_day", "value", "source"), ("place",), FigureEntry, policy, _check_figure)


def read_register(data: bytes, policy: Policy) -> list[RegisterEntry]:
    """Return the entries in a CSV or XLSX file with the columns register, credit_code, name, from_day, source, project.

    Raises:
        RefusedApplication: with every fault at once, each with its line.

    """
    columns = ("register", "credit_code", "name", "from_day", "source")
    return _entries(data, columns, ("project",), RegisterEntry, policy, _check_entry)


def _entries(
    data: bytes,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    model: type[E],
    policy: Policy,
    check: Callable[[Policy, E], object],
) -> list[E]:
    entries: list[E] = []
    faults: list[Fault] = []
    for row in read_rows(data, required, optional):
        faults += row.faults.values()
        if row.faults:
            continue
        try:
            entry = model.model_validate(row.cells)
            check(policy, entry)
            entries.append(entry)
        except ValidationError as error:
            for one in error.errors():
                faults.append(Fault(place(row.line, str(one["loc"][0])), f"不合要求：{one['msg']}", one["msg"]))
        except RefusedApplication as refusal:
            faults += [Fault(place(row.line, fault.field), fault.zh, fault.en) for fault in refusal.faults]
    if not entries and not faults:
        faults.append(Fault("文件 file", "没有任何记录", "has no entries"))
    if faults:
        raise RefusedApplication(faults)
    return entries


def record_figure(tx: Transaction, policy: Policy, entry: FigureEntry, now: dt.datetime) -> None:
    """Record a figure's value.

    Raises:
        RefusedApplication: unknown figure or place, or a value of another type; nothing is recorded.

    """
    where = _check_figure(policy, entry)
    tx.insert(
        Figure,
        id=new_id(),
        policy=policy.key,
        figure=entry.figure,
        place=where,
        from_day=entry.from_day,
        value=entry.value,
        source=entry.source,
        recorded_at=now,
    )


def _check_figure(policy: Policy, entry: FigureEntry) -> str:
    """Return the code of the entry's place; raises RefusedApplication where the policy knows no such figure there."""
    kind = policy.figures.get(entry.figure)
    if kind is None:
        raise _refused("figure", f"没有“{entry.figure}”", f"there is no figure “{entry.figure}”", policy.figures)
    _number(kind, entry.value)
    return _place(policy, kind, entry.place.strip())


def _number(kind: FigureKind, written: str) -> Fraction:
    """Return the value that ``written`` states in the figure's type; money in fen."""
    how = {"rate": "3.5%", "money": "200,000 yuan", "number": "1.5"}[kind.type]
    try:
        value = Expression.parse(written)
        (literal,) = value.literals
        fits = {"rate": written.endswith("%"), "money": literal.is_money}.get(kind.type, not literal.is_money)
        if value.names or not fits:
            raise ValueError
    except ValueError:
        raise RefusedApplication(
            [Fault("value", f"“{written}”不合要求；请写作 {how}", f"“{written}” is not accepted; write it like {how}")]
        ) from None
    return literal.value


def _place(policy: Policy, kind: FigureKind, place: str) -> str:
    """Return the code of the county or city; empty for a figure that holds everywhere."""
    if not kind.local:
        if place:
            raise RefusedApplication(
                [Fault("place", "该数值各地相同，请留空", "is the same everywhere; leave it empty")]
            )
        return ""
    found = [d.code for d in policy.divisions.values() if place in (d.code, d.name.zh, d.name.en)]
    known = [code for code in found if policy.divisions[code].level is not Level.PROVINCE]
    if len(known) != 1:
        raise RefusedApplication(
            [
                Fault(
                    "place",
                    f"没有或不止一处“{place}”；请填写市或县的 GB/T 2260 代码，如 330110",
                    f"“{place}” is no city or county, or more than one; give its GB/T 2260 code, such as 330110",
                )
            ]
        )
    return known[0]


def enter(tx: Transaction, policy: Policy, entry: RegisterEntry, now: dt.datetime) -> None:
    """Record that an applicant or project enters or leaves a register.

    Raises:
        RefusedApplication: unknown register, or a project where none or one is wanted; nothing is recorded.

    """
    _check_entry(policy, entry)
    tx.insert(
        Registration,
        id=new_id(),
        policy=policy.key,
        register_key=entry.register_key,
        credit_code=entry.credit_code,
        project_key=project_key(entry.project),
        name=entry.project.strip() or entry.name,
        listed=entry.listed,
        from_day=entry.from_day,
        source=entry.source,
        recorded_at=now,
    )


def _check_entry(policy: Policy, entry: RegisterEntry) -> None:
    """Raise RefusedApplication where the policy knows no such register, or the entry is not for it."""
    kind = policy.registers.get(entry.register_key)
    if kind is None:
        key = entry.register_key
        raise _refused("register", f"没有名录“{key}”", f"there is no register “{key}”", policy.registers)
    if (kind.subject == "project") != bool(entry.project.strip()):
        wants = kind.subject == "project"
        zh, en = ("请填写项目名称", "state the project's title") if wants else ("请留空", "leave it empty")
        raise RefusedApplication([Fault("project", zh, en)])


def _refused(field: str, zh: str, en: str, known: Iterable[str]) -> RefusedApplication:
    names = ", ".join(known) or "none"
    return RefusedApplication([Fault(field, f"{zh}；可选：{names}", f"{en}; choose one of: {names}")])


def figures(tx: Transaction, policy: Policy) -> list[Figure]:
    """Return every value ever recorded, in the order of figure, place and day."""
    rows = select(Figure).where(Figure.policy == policy.key)
    return list(tx.exec(rows.order_by(Figure.figure, Figure.place, col(Figure.from_day), col(Figure.recorded_at))))


def registrations(tx: Transaction, policy: Policy) -> list[Registration]:
    """Return every entry of every register, the oldest first."""
    rows = select(Registration).where(Registration.policy == policy.key)
    return list(tx.exec(rows.order_by(Registration.register_key, col(Registration.recorded_at))))
