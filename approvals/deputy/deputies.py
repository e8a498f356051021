"""Deputies (代理): a standing stand-in between two days; letters go to both, and either may answer.

A deputy is an officer of the same unit. One who is not in the directory gets a row of their own that is not listed
(``active`` is false): it is the deputyship that lets them answer, and only while it is in force.
"""

import datetime as dt

from sqlmodel import col, select

from approvals import asking, letters
from approvals.chain import record
from approvals.deputy.deputy_letters import tell_both
from approvals.deputy.deputy_queries import PAIRS, InForce, deputies_of, deputies_on
from approvals.office import Office
from approvals.transaction import Transaction
from models.address import is_address
from models.application import Application
from models.calendar import office_date
from models.case.own import person
from models.columns import plain
from models.deputy import Deputy, DeputyEntry, UnknownDeputyship, UnknownOfficer, WrongDeputyship
from models.event import EventKind
from models.officer import Officer
from models.panel.seats import on_panel
from models.road.route import from_json
from models.stage import Stage
from models.states import Purpose, StageState, TaskState
from models.task import Task
from models.token import Token

__all__ = ["appoint", "begin", "deputies_on", "listed", "revoke", "to_begin"]

#: A deputyship for longer than this is a change of officer.
MAX_DAYS = 366


def appoint(tx: Transaction, office: Office, entry: DeputyEntry, now: dt.datetime) -> Deputy:
    """Record a deputyship; both are told, and where it begins today the deputy is asked for what is open.

    Raises:
        UnknownOfficer: nobody in the directory has the address.
        WrongDeputyship: the entry is wrong, or the officer has a deputy for some of the time.

    """
    officer = _principal(tx, entry)
    _check(tx, entry, officer, office_date(now))
    deputy = _stand_in(tx, entry, officer)
    made = Deputy(
        officer_id=officer.id,
        deputy_id=deputy.id,
        unit=officer.unit,
        from_day=entry.from_day,
        until_day=entry.until_day,
        recorded_by=plain(entry.recorded_by)[:254],
        recorded_at=now,
    )
    tx.add(made)
    tx.flush()
    tell_both(tx, office, "deputy_appointed", made, officer, deputy, now)
    if made.in_force(office_date(now)):
        begin(tx, office, made.id, now)
    return made


def revoke(tx: Transaction, office: Office, deputyship: str, by: str, now: dt.datetime) -> Deputy:
    """End a deputyship now, given by its id or the beginning of it: the deputy's links die, and both are told.

    Raises:
        UnknownDeputyship: there is none, or several begin so.

    """
    begins = col(Deputy.id).startswith(deputyship.strip().lower(), autoescape=True)
    found = tx.execute(PAIRS.where(begins, col(Deputy.revoked_at).is_(None)).limit(2)).all()
    if len(found) != 1 or len(deputyship.strip()) < 4:
        raise UnknownDeputyship
    made: Deputy = found[0][0]
    _, officer, deputy = found[0]
    made.revoked_at, made.revoked_by = now, plain(by)[:254]
    tx.add(made)
    tell_both(tx, office, "deputy_revoked", made, officer, deputy, now)
    return made


def listed(tx: Transaction, now: dt.datetime, *, ended_too: bool = False) -> list[InForce]:
    """Return the deputyships that hold or will hold, by their first day; with ``ended_too`` all that there were."""
    found = [(one, officer, deputy) for one, officer, deputy in tx.execute(PAIRS)]
    today = office_date(now)
    kept = [one for one in found if ended_too or (one[0].revoked_at is None and one[0].until_day >= today)]
    return sorted(kept, key=lambda one: (one[0].from_day, one[1].email))


def to_begin(tx: Transaction, now: dt.datetime, limit: int = 200) -> list[str]:
    """Return the ids of deputyships whose first day has come (one indexed query)."""
    due = select(Deputy.id).where(
        col(Deputy.begun_at).is_(None), col(Deputy.revoked_at).is_(None), Deputy.from_day <= office_date(now)
    )
    return list(tx.exec(due.limit(limit)))


def begin(tx: Transaction, office: Office, deputyship: str, now: dt.datetime) -> bool:
    """Ask the deputy for the open tasks for which the officer was asked; return whether there were any.

    What is asked later is asked of both from the beginning.
    """
    found = tx.execute(PAIRS.where(col(Deputy.id) == deputyship).with_for_update(of=Deputy)).one()
    made, officer, deputy = found
    tx.refresh(made)
    if made.begun_at is not None or made.revoked_at is not None:
        return False
    made.begun_at = now
    tx.add(made)
    if not made.in_force(office_date(now)) or not officer.active:
        return False
    asked = [_ask(tx, office, app, stage, task, officer, deputy, now) for task, stage, app in _open(tx, officer)]
    return any(asked)


def _open(tx: Transaction, officer: Officer) -> list[tuple[Task, Stage, Application]]:
    """Return the open tasks for which ``officer`` was asked, their applications locked."""
    asked = select(Token.task_id).where(
        Token.task_id == Task.id, Token.officer_id == officer.id, Token.purpose == Purpose.DECIDE
    )
    rows = tx.exec(
        select(Task, Stage, Application)
        .join(Stage, col(Stage.id) == Task.stage_id)
        .join(Application, col(Application.id) == Task.application_id)
        .where(Task.state == TaskState.OPEN, asked.exists())
        .order_by(col(Application.id))  # whoever locks several does so in this order
        .with_for_update(of=Application)
    )
    return list(rows.all())


def _ask(
    tx: Transaction,
    office: Office,
    app: Application,
    stage: Stage,
    task: Task,
    officer: Officer,
    deputy: Officer,
    now: dt.datetime,
) -> bool:
    """Ask ``deputy`` for one open task, unless it was asked already, or the officer may not answer it."""
    tx.refresh(task)  # another transaction may have changed them while this one waited for the lock
    tx.refresh(stage)
    waits = task.state is TaskState.OPEN and stage.state is StageState.OPEN and stage.suspended_at is None
    may = asking.officers_who_may(tx, app, [officer.unit]).get(officer.unit, [])
    if not waits or task.officer_id not in (None, officer.id) or officer.id not in {one.id for one in may}:
        return False
    if deputy.email in {one.email for one in asking.were_asked(tx, [task]).get(task.id, [])}:
        return False
    pairs = [pair for pair in deputies_of(tx, app, [officer], now) if pair[0].id == deputy.id]
    if not pairs:
        return False
    planned = from_json(app.route)[stage.position]
    letters.ask(tx, office, app, stage, planned, task, [], now, deputies=pairs)
    about = {"stage": stage.id, "task": task.id, "unit": task.unit, "deputy_for": officer.email}
    record(tx, app, EventKind.OFFICERS_ASKED, now, officers=[deputy.email], **about)
    return True


def _principal(tx: Transaction, entry: DeputyEntry) -> Officer:
    """Return for whom the deputy stands in, the row locked: two deputyships at once are recorded one by one.

    Tokens that name the officer are still written meanwhile (``key_share``), or two locks would wait for each other.
    """
    address = entry.officer.strip().lower()
    wanted = select(Officer).where(Officer.email == address, col(Officer.active)).order_by(Officer.unit)
    if entry.unit.strip():
        wanted = wanted.where(Officer.unit == entry.unit.strip())
    found = [one for one in tx.exec(wanted.with_for_update(key_share=True)) if not on_panel(one.unit)]
    if len(found) != 1:
        raise UnknownOfficer(address, "、".join(one.unit for one in found))
    return found[0]


def _check(tx: Transaction, entry: DeputyEntry, officer: Officer, today: dt.date) -> None:
    address = entry.deputy.strip().lower()
    if not is_address(address):
        raise WrongDeputyship(f"{address} 不是有效的邮箱地址。", f"{address} is not an e-mail address.")
    if person(address) == person(officer.email):
        raise WrongDeputyship("本人不能做自己的代理。", "Nobody can be their own deputy.")
    if not entry.from_day <= entry.until_day or (entry.until_day - entry.from_day).days >= MAX_DAYS:
        raise WrongDeputyship(
            f"代理须有起止日期，止日不早于起日，且至多 {MAX_DAYS} 天。",
            f"A deputyship has a first and a last day, in this order, and at most {MAX_DAYS} days.",
        )
    if entry.until_day < today:
        raise WrongDeputyship("代理的止日已过。", "The last day of the deputyship is past.")
    if entry.language not in ("zh", "en"):
        raise WrongDeputyship("语言请写 zh 或 en。", "Write zh or en for the language.")
    taken = select(Deputy).where(
        Deputy.officer_id == officer.id,
        col(Deputy.revoked_at).is_(None),
        Deputy.from_day <= entry.until_day,
        Deputy.until_day >= entry.from_day,
    )
    if (other := tx.exec(taken).first()) is not None:
        term = f"{other.from_day} – {other.until_day}"
        raise WrongDeputyship(
            f"{officer.name}在此期间已有代理（{term}）；请先撤销，或另选日期。",
            f"{officer.name} has a deputy for some of that time ({term}); revoke it first, or choose other days.",
        )


def _stand_in(tx: Transaction, entry: DeputyEntry, officer: Officer) -> Officer:
    """Return the deputy as an officer of the same unit; made for it, and not listed, where there is none."""
    address = entry.deputy.strip().lower()
    known = list(tx.exec(select(Officer).where(Officer.email == address).order_by(col(Officer.active).desc())))
    name = " ".join(plain(entry.name).split())[:200] or next((one.name for one in known), "")
    if not name or not name.isprintable():
        raise WrongDeputyship("请写明代理人的姓名。", "Give the deputy's name.")
    for one in known:
        if one.unit == officer.unit:
            if not one.active:
                one.name, one.language = name, entry.language
                tx.add(one)
            return one
    made = Officer(unit=officer.unit, name=name, email=address, role="", language=entry.language, active=False)
    tx.add(made)
    tx.flush()
    return made
