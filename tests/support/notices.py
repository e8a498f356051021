"""A city whose awards are shown to everybody before they count: its office, its applications, its objections."""

import dataclasses
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from approvals.notice import notices, objections
from approvals.notice.notices import NoticePage
from approvals.notice.objections import Said
from approvals.transaction import Transaction
from models.files.directory_file import Entry
from models.objection import Objection, ObjectionAnswer, ObjectionChannel
from models.task import Task
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, SHENLAN

FOLDER = Path(__file__).parents[1] / "policies"
FACTORY: dict[str, Any] = {
    "measure": 4,
    "option": "factory",
    "county": "东区",
    "applicant": {"name": "示例机器人有限公司", "credit_code": SHENLAN, "contact": "王", "email": "w@robots.example"},
    "project": {"title": "无人值守车间"},
    "amounts": {"city": "200,000", "county": "100,000"},
}
OTHER_FACTORY = FACTORY | {
    "applicant": {"name": "另一家有限公司", "credit_code": ANOTHER, "contact": "李", "email": "l@other.example"},
    "project": {"title": "另一车间"},
}
SAID = Said("赵六", "zhao@people.example", "该车间去年已经领过补助。")
LEAD = "industry"


async def noticed_city(desk: Desk) -> Desk:
    """Make ``desk`` an office of the sample city, with its officers."""
    desk.office = dataclasses.replace(desk.office, policies=FOLDER)
    units = {"industry": "industry", "finance": "finance", "@county:990101": "east"}
    await desk.import_directory([Entry(unit=u, name=n, email=f"{n}@city.example") for u, n in units.items()])
    return desk


async def on_view(desk: Desk, base: dict[str, Any] = FACTORY, **changes: Any) -> str:
    """Submit an application, walk it until it is on view, and return its number."""
    app = await desk.submit(base, **changes)
    await desk.approve_to("notice")
    return app.number


async def object_to(desk: Desk, said: Said = SAID, channel: ObjectionChannel = ObjectionChannel.PAGE) -> Objection:
    """Object to the application of the desk."""
    assert desk.app is not None
    now = desk.clock.tick()
    return await desk.db.write(objections.object_to, desk.office, desk.app.number, said, channel, now)


async def notice(desk: Desk) -> NoticePage:
    """Return what everybody sees of the application of the desk."""
    assert desk.app is not None
    return await desk.db.read(notices.notice_page, desk.office, desk.app.number, desk.clock())


async def sweep(desk: Desk) -> int:
    """End what is over, as the sweep does; return how many notices ended."""
    found = await desk.db.read(notices.due, desk.clock.tick())
    return sum([await desk.db.write(notices.end_due, desk.office, stage, desk.clock()) for stage in found])


async def token_about(desk: Desk, objection: Objection, **where: Any) -> str:
    """Return the token of the newest letter that asks the lead about ``objection``."""

    def task(tx: Transaction) -> str:
        return tx.exec(select(Task.id).where(Task.subject == objection.id)).one()

    task_id = await desk.db.read(task)
    return next(
        desk.token_in(letter, **where) for letter in await desk.asked(LEAD) if letter.key.split(":")[1] == task_id
    )


async def answers(desk: Desk) -> list[ObjectionAnswer]:
    """Return every answer to an objection, in the order in which they were given."""

    def query(tx: Transaction) -> list[ObjectionAnswer]:
        return list(tx.exec(select(ObjectionAnswer).order_by(col(ObjectionAnswer.answered_at))))

    return await desk.db.read(query)
