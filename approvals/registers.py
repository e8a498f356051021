"""Registers and figures: what the operator maintains for the rules to look up. Rows are added, never changed."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import col, select

from approvals.transaction import Transaction
from models.columns import new_id
from models.errors import Fault, RefusedApplication
from models.expressions import Expression
from models.form import CreditCode, Line
from models.policy import FigureKind, Policy
from models.project import project_key
from models.records import Figure, Registration
from models.states import Level


class FigureEntry(BaseModel):
    """The value of a figure from a day on, as the operator writes it."""

    model_config = ConfigDict(extra="forbid")

    figure: Line
    #: County or city by GB/T 2260 code or name; empty: everywhere.
    place: str = ""
    from_day: dt.date
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
    from_day: dt.date
    #: False: it leaves the register.
    listed: bool = True
    source: Line


def record_figure(tx: Transaction, policy: Policy, entry: FigureEntry, now: dt.datetime) -> None:
    """Record a figure's value.

    Raises:
        RefusedApplication: unknown figure or place, or a value of another type; nothing is recorded.

    """
    kind = policy.figures.get(entry.figure)
    if kind is None:
        raise _refused("figure", f"没有“{entry.figure}”", f"there is no figure “{entry.figure}”", policy.figures)
    _number(kind, entry.value)
    tx.insert(
        Figure,
        id=new_id(),
        policy=policy.key,
        figure=entry.figure,
        place=_place(policy, kind, entry.place.strip()),
        from_day=entry.from_day,
        value=entry.value,
        source=entry.source,
        recorded_at=now,
    )


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
                [Fault("place", "该数值全省统一，请留空", "is the same everywhere; leave it empty")]
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
    kind = policy.registers.get(entry.register_key)
    if kind is None:
        key = entry.register_key
        raise _refused("register", f"没有名录“{key}”", f"there is no register “{key}”", policy.registers)
    if (kind.subject == "project") != bool(entry.project.strip()):
        wants = kind.subject == "project"
        zh, en = ("请填写项目名称", "state the project's title") if wants else ("请留空", "leave it empty")
        raise RefusedApplication([Fault("project", zh, en)])
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
