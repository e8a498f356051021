"""No task is ever lost: after any moves in any order somebody must act, and the stage comes to its end."""

import random
from collections import Counter, defaultdict
from typing import Any

import pytest
from sqlmodel import select

from approvals.answer import NotDecided
from approvals.decide import decide
from approvals.moves.add import add
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend, recall
from approvals.moves.remove import remove
from approvals.moves.take_back import take_back
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.secrets import derive_token
from models.stage import Stage
from models.states import UNANSWERED, Channel, Outcome, Purpose, StageState, TaskState
from models.task import Task
from models.token import Token
from tests.support.desk import Desk
from tests.support.seats import COLLEAGUES, at_cosignature, with_colleagues

UNITS = ("fgw", "czt", "jxt", "sjj", "swt", COLLEAGUES[0].email, "jyt@zj.example")
RULES: tuple[dict[str, Any], ...] = (
    {},
    {"at_least": "any"},
    {"at_least": "2/3", "veto": ["czt"]},
    {"at_least": "all", "in_turn": True},
)
#: On SQLite; on PostgreSQL, which is slower to set up, one.
SEEDS, MOVES = 3, 10


async def now(desk: Desk) -> tuple[bool, list[Task], dict[str, list[str]]]:
    """Return whether the co-signature is open, its tasks, and the links of each task."""
    assert desk.app is not None
    app = desk.app.id

    def query(tx: Transaction) -> tuple[bool, list[Task], dict[str, list[str]]]:
        stage = tx.exec(select(Stage).where(Stage.application_id == app, Stage.key == "cosignature")).one()
        tasks = list(tx.exec(select(Task).where(Task.stage_id == stage.id)))
        links = defaultdict(list)
        for token in tx.exec(select(Token).where(Token.application_id == app, Token.purpose == Purpose.DECIDE)):
            links[token.task_id or ""].append(derive_token(desk.office.key, Purpose.DECIDE, token.nonce))
        return stage.state is StageState.OPEN, tasks, links

    return await desk.db.read(query)


def somebody_must_act(tasks: list[Task], links: dict[str, list[str]]) -> list[Task]:
    """See that whatever waits, waits for somebody who is asked; return what is open."""
    known = {task.id: task for task in tasks}
    for task in tasks:
        first, steps = task, 0
        while first.state is TaskState.WAITING:
            first, steps = known[first.waits_for or ""], steps + 1
            assert first.state in UNANSWERED, "it waits for nobody"
            assert steps < len(tasks), "two wait for each other"
    asked = [task for task in tasks if task.state is TaskState.OPEN]
    assert asked
    assert all(links[task.id] for task in asked), "it was never asked"
    return asked


async def one_move(
    desk: Desk, dice: random.Random, tasks: list[Task], links: dict[str, list[str]], *, is_open: bool
) -> str:
    """Let somebody do something; return what was done, empty where it could not be."""
    live = [task for task in tasks if task.state is TaskState.DONE or (is_open and task.state in UNANSWERED)]
    task, to = dice.choice(live if dice.random() < 0.9 else tasks), dice.choice(UNITS)
    verbs = [(hand_over, to), (lend, to), (lend, to), (recall,), (remove, to), (take_back,), (decide,)]
    verbs += [(add, to, where) for where in ("before", "beside", "after")]
    verb, *said = dice.choice(verbs) if is_open else (take_back,)
    outcome = dice.choice((Outcome.APPROVE, Outcome.APPROVE, Outcome.REFUSE, Outcome.ABSTAIN))
    made: object = None
    try:
        if verb in (remove, hand_over) and dice.random() < 0.5:
            made = await desk.move_as_operator(task.unit, verb, task.unit if verb is remove else to, "x")
        elif not links[task.id]:
            return ""
        elif verb is take_back:
            said = [desk.office, dice.choice(links[task.id]), "x", Channel.LINK, desk.clock.tick()]
            made = await desk.db.write(take_back, *said)
        elif verb is decide:
            made = await desk.present(dice.choice(links[task.id]), outcome, "x", channel=Channel.LINK)
        else:
            made = await desk.move(task.unit, verb, *said, "x", token=dice.choice(links[task.id]))
    except LiandongError:
        return ""
    return "" if isinstance(made, NotDecided) else verb.__name__


@pytest.mark.parametrize("rule", RULES, ids=["plain", "any", "ratio", "in turn"])
async def test_after_any_moves_somebody_must_act_until_the_stage_is_decided(desk: Desk, rule: dict[str, Any]) -> None:
    await with_colleagues(desk)
    done: Counter[str] = Counter()
    for seed in range(SEEDS if desk.db.is_sqlite else 1):
        dice = random.Random(f"{rule} {seed}")
        await at_cosignature(desk, f"项目 {seed}", **rule)
        for _ in range(MOVES):
            is_open, tasks, links = await now(desk)
            if is_open:
                somebody_must_act(tasks, links)
            done[await one_move(desk, dice, tasks, links, is_open=is_open)] += 1
        for _ in range(20):
            is_open, tasks, links = await now(desk)
            if not is_open:
                break
            (task, *_) = somebody_must_act(tasks, links)
            await desk.present(links[task.id][-1], channel=Channel.LINK)
        assert not is_open, f"{rule} {seed}: it never ended"
        assert await desk.verify() is None
    assert len(done) > 1, done
