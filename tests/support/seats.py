"""Seats for tests: an application at its co-signature, whose units have colleagues."""

from sqlmodel import select

from approvals.answers import Decided, NotDecided
from approvals.directory import Entry
from approvals.moves.mover import Moved
from approvals.transaction import Transaction
from models.application import Application
from models.stage_standing import StageStanding, TaskStanding
from models.states import Channel, TaskState
from tests.support.desk import Desk, hangzhou_directory

COUNTY, CITY = "@county:330110", "@city:330100"
LINA, ZHOU = "li.na@fgw.example", "zhou@kjt.example"
COLLEAGUES = (
    Entry(unit="fgw", name="李娜", email=LINA, language="zh"),
    Entry(unit="kjt", name="周平", email=ZHOU, language="zh"),
)


async def with_colleagues(desk: Desk) -> Desk:
    """Let a second officer answer for fgw and for kjt."""
    await desk.import_directory([*hangzhou_directory(), *COLLEAGUES])
    return desk


async def at_cosignature(desk: Desk, title: str = "万卡集群训练框架", **rule: object) -> Desk:
    """Submit an application and walk it to the co-signature of fgw and czt, with ``rule`` as its quorum."""
    app = await desk.submit(project__title=title)

    def alter(tx: Transaction) -> None:
        kept = tx.exec(select(Application).where(Application.id == app.id)).one()
        kept.route = [one | {"quorum": rule} if one["key"] == "cosignature" else one for one in kept.route]

    if rule:
        await desk.db.write(alter)
    await desk.approve_until("fgw")
    return desk


async def stage_now(desk: Desk) -> StageStanding:
    """Return the open stage."""
    stage = (await desk.standing()).open_stage
    assert stage is not None
    return stage


async def asked_now(desk: Desk) -> dict[str, TaskState]:
    """Return the units of the open stage that have not answered, each with the state of its task."""
    tasks = [task for task in (await stage_now(desk)).tasks if task.state in (TaskState.OPEN, TaskState.WAITING)]
    return {task.unit: task.state for task in tasks}


async def task_of(desk: Desk, unit: str) -> TaskStanding:
    """Return the newest task of ``unit`` that is not void in the newest stage."""
    (task,) = [t for t in (await desk.standing()).stages[-1].tasks if t.unit == unit and t.state is not TaskState.VOID]
    return task


def counted(answered: Decided | NotDecided | Moved) -> None:
    """See that an answer counted, or that a move was made."""
    assert not isinstance(answered, NotDecided), answered.error


async def token_to(desk: Desk, address: str, channel: Channel = Channel.LINK) -> str:
    """Return the token in the newest letter that asks ``address``."""
    assert desk.app is not None
    letters = await desk.letters(application_id=desk.app.id, address=address)
    return desk.token_in(next(one for one in letters if one.kind in ("ask", "remind")), channel)
