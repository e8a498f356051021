"""Very many cases for a race: made in one transaction, raced a few pairs at a time, looked at together in the end."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import col, select

import policies
from approvals import audit
from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from approvals.submit import submit
from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.secrets import derive_token
from models.stage import Stage
from models.states import UNANSWERED, ApplicationState, Channel, Outcome, Purpose, StageState, TaskKind, TaskState
from models.task import Decision, Task
from models.token import Token
from tests.support.desk import Desk
from tests.support.forms import CONSORTIUM, form_of
from tests.support.panel import FOLDER as CITY_POLICIES

ROUNDS = 200
#: Pairs that race at the same time: each has one barrier, and connections to itself.
PAIRS_AT_ONCE = 4

D = TypeVar("D", bound=Desk)
Work = Callable[[], Coroutine[Any, Any, Any]]


#: What is applied for where applications begin with their co-signature; see ``countersigned_first``.
LISTED: dict[str, Any] = CONSORTIUM | {
    "measure": 11,
    "option": "demonstration_scenario",
    "amounts": {},
    "facts": {"cloud_service": "公有云智算服务", "user": "某港口"},
}


def countersigned_first(desk: Desk, folder: Path) -> Desk:
    """Return ``desk`` where measure 11 begins with the co-signature of fgw and czt: a race needs no way to it."""
    changes = (
        ("policy.yaml", "roads:\n", "roads:\n  countersigned: [cosignature, determination]\n"),
        ("measures/11.yaml", "units: [jxt]\n", "units: [kjt, fgw, czt]\nroad: countersigned\n"),
    )
    return with_changes(desk, policies.ROOT / "zhejiang-ai-2025", folder, *changes)


def road_of_city(desk: D, folder: Path, road: str, stages: str, *changes: tuple[str, str, str]) -> D:
    """Return the sample city's ``desk`` where ``road`` has ``stages`` alone: a race needs no way to them."""
    (policy,) = CITY_POLICIES.glob("sample-city-*")
    (line,) = [x for x in (policy / "policy.yaml").read_text("utf-8").splitlines() if x.startswith(f"  {road}: [")]
    return with_changes(desk, policy, folder, ("policy.yaml", line, f"  {road}: [{stages}]"), *changes)


def with_changes(desk: D, policy: Path, folder: Path, *changes: tuple[str, str, str]) -> D:
    """Return ``desk`` with a copy of ``policy`` alone, with changes to it: the file, what it says, what instead."""
    root = folder / "changed"
    shutil.copytree(policy, root / policy.name, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    for name, was, instead in changes:
        file = root / policy.name / name
        file.write_text(file.read_text("utf-8").replace(was, instead, 1), "utf-8")
    return replace(desk, office=replace(desk.office, policies=root))


async def submitted(desk: Desk, base: dict[str, Any] = CONSORTIUM, count: int = ROUNDS) -> list[Application]:
    """Submit ``count`` applications in one transaction."""

    def work(tx: Transaction) -> list[Application]:
        made = []
        for n in range(count):
            made.append(submit(tx, desk.office, form_of(base, project__title=f"项目 {n}"), desk.clock.tick()))
            tx.finish()  # one verb a transaction is the rule; here several share one
        return made

    return await desk.db.write(work)


async def answered(desk: Desk, tokens: Sequence[str], answer: Answer | None = None) -> None:
    """Give ``answer``, or approve, by each of the links, all in one transaction; each must count."""

    def work(tx: Transaction) -> None:
        for token in tokens:
            said = decide(tx, desk.office, token, answer or Answer(Outcome.APPROVE), Channel.LINK, desk.clock.tick())
            assert isinstance(said, Decided), said
            tx.finish()

    await desk.db.write(work)


async def keys(desk: Desk, purpose: Purpose = Purpose.REPLY) -> dict[tuple[str, str], str]:
    """Return the token of each open task, by the application's id and the unit, as its letter has it."""

    def read(tx: Transaction) -> dict[tuple[str, str], str]:
        rows = select(Task.application_id, Task.unit, Token.nonce).join(Token, col(Token.task_id) == Task.id)
        rows = rows.where(Task.state == TaskState.OPEN, Token.purpose == purpose).order_by(col(Token.issued_at))
        return {(app, unit): derive_token(desk.office.key, purpose, nonce) for app, unit, nonce in tx.exec(rows)}

    return await desk.db.read(read)


async def raced(pairs: Sequence[tuple[Work, ...]]) -> list[list[Any]]:
    """Race each pair, or three, now from the first and now from the last; return what each gave or raised."""
    done: list[list[Any]] = []
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        some = pairs[start : start + PAIRS_AT_ONCE]
        done += await asyncio.gather(*(_raced(*pair, turned=n % 2 == 1) for n, pair in enumerate(some)))
    return done


async def _raced(*works: Work, turned: bool) -> list[Any]:
    barrier = asyncio.Barrier(len(works))

    async def run(work: Work) -> Any:
        await barrier.wait()
        return await work()

    started = [run(work) for work in (works[::-1] if turned else works)]
    answers = await asyncio.gather(*started, return_exceptions=True)
    return answers[::-1] if turned else answers


async def all_hold(db: Database) -> list[Application]:
    """Assert that every application is sound, each chain and all tables, as one moment; return them by number."""
    return await db.read(_all_hold)


def _all_hold(tx: Transaction) -> list[Application]:
    found = list(tx.exec(select(Application).order_by(Application.number)))
    stages = {stage.id: stage for stage in tx.exec(select(Stage))}
    tasks = list(tx.exec(select(Task)))
    _no_task_is_lost(tx, found, stages, tasks)
    _each_answer_counts_once(tx, stages, tasks)
    assert [broken for app in found if (broken := audit.verify(tx, app.id))] == []
    return found


def _no_task_is_lost(tx: Transaction, found: list[Application], stages: dict[str, Stage], tasks: list[Task]) -> None:
    """Each case in progress has one open stage, where it stands, and somebody who has a link to answer there."""
    open_stages = Counter(stage.application_id for stage in stages.values() if stage.state is StageState.OPEN)
    asked = Counter(task.application_id for task in tasks if task.state is TaskState.OPEN)
    for app in found:
        goes_on = app.state is ApplicationState.IN_PROGRESS
        assert open_stages[app.id] == goes_on, f"{app.number} is {app.state}, with {open_stages[app.id]} stages open"
        assert bool(asked[app.id]) == goes_on, f"{app.number} is {app.state}, and {asked[app.id]} are asked"
    where = {app.id: (app.round, app.position) for app in found}
    for stage in stages.values():
        here = (stage.round, stage.position) == where[stage.application_id]
        assert stage.state is not StageState.OPEN or here, "a stage is open where the application does not stand"
    written = set(tx.exec(select(Token.task_id)))
    for task in tasks:
        assert task.state not in UNANSWERED or stages[task.stage_id].state is StageState.OPEN, "open in a closed stage"
        assert task.state is not TaskState.OPEN or task.id in written, "a task is open, and nobody was written to"


def _each_answer_counts_once(tx: Transaction, stages: dict[str, Stage], tasks: list[Task]) -> None:
    """A task that is done has one answer, on the chain once; each stage closed at most once, and opened once."""
    answers = Counter(tx.exec(select(Decision.task_id)))
    for task in tasks:
        expected = task.state is TaskState.DONE and task.kind is not TaskKind.CARRIED
        assert answers[task.id] == expected, f"a task is {task.state} and has {answers[task.id]} answers"
    kinds = (EventKind.STAGE_OPENED, EventKind.STAGE_CLOSED)
    told = Counter((e.kind, e.payload["stage"]) for e in tx.exec(select(Event).where(col(Event.kind).in_(kinds))))
    for stage in stages.values():
        closed = stage.state is StageState.CLOSED
        assert [told[kind, stage.id] for kind in kinds] == [1, closed], f"{stage.key} did not open and close once"
