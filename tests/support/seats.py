"""Seats for tests: an application at its co-signature, whose units have colleagues."""

from sqlmodel import col, select

from approvals.answer import Answer, Decided, NotDecided
from approvals.decide import decide
from approvals.directory import Entry
from approvals.moves.mover import Moved
from approvals.submit import submit
from approvals.transaction import Transaction
from models.application import Application
from models.road.route import from_json
from models.road.stage_standing import StageStanding, TaskStanding
from models.secrets import derive_token
from models.states import Channel, Outcome, Purpose, TaskState
from models.task import Task
from models.token import Token
from tests.support.desk import Desk
from tests.support.forms import form_of

COUNTY, CITY = "@county:330110", "@city:330100"
LINA, ZHOU = "li.na@fgw.example", "zhou@kjt.example"
COLLEAGUES = (
    Entry(unit="fgw", name="李娜", email=LINA, language="zh"),
    Entry(unit="kjt", name="周平", email=ZHOU, language="zh"),
)


async def with_colleagues(desk: Desk) -> Desk:
    """Let a second officer answer for fgw and for kjt."""
    await desk.import_directory(list(COLLEAGUES))
    return desk


async def at_cosignature(desk: Desk, title: str = "万卡集群训练框架", **rule: object) -> Desk:
    """Submit an application and walk it to the co-signature of fgw and czt, with ``rule`` as its quorum."""
    desk.app = await desk.db.write(_walked, desk, title, rule)
    return desk


def _walked(tx: Transaction, desk: Desk, title: str, rule: dict[str, object]) -> Application:
    """Do so in one transaction; a verb has one of its own elsewhere."""
    app = submit(tx, desk.office, form_of(project__title=title), desk.clock.tick())
    if rule:
        app.route = [one | {"quorum": rule} if one["key"] == "cosignature" else one for one in app.route]
    while from_json(app.route)[app.position or 0].key != "cosignature":
        tx.finish()
        asked = select(Token.nonce).join(Task, col(Task.id) == Token.task_id).where(Task.state == TaskState.OPEN)
        nonces = tx.exec(asked.where(Task.application_id == app.id, Token.purpose == Purpose.REPLY))
        token = derive_token(desk.office.key, Purpose.REPLY, nonces.all()[0])
        counted(decide(tx, desk.office, token, Answer(Outcome.APPROVE), Channel.REPLY, desk.clock.tick()))
    return app


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
