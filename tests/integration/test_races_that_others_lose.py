"""The races that others lose, each 200 times on each database: two connections, one barrier, and one look at the end.

The cases of each race are made in one transaction. In the end every one is verified, and no task is lost.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.directory import Entry
from approvals.late import reminders
from approvals.moves.hand_over import hand_over
from approvals.moves.mover import Moved, move_by_token
from approvals.transaction import Transaction
from models.application import Application
from models.errors import AlreadyDecided, StageClosed
from models.stage import Stage
from models.states import ApplicationState, Channel, Outcome, Purpose, TaskEnd, TaskState
from models.task import Decision, Task
from tests.support.desk import Desk
from tests.support.late import late_desk
from tests.support.many import LISTED, ROUNDS, Work, all_hold, countersigned_first, keys, raced, submitted
from tests.support.races import answering
from tests.support.seats import COUNTY

SUN = "sun.li@yuhang.example"
#: The county's stage is refused by itself on the day after its date.
REFUSES = {"county_recommendation": {"remind_every": 2, "at_end": {"after": 1, "does": "refuse"}}}


@pytest.fixture
def countersigned(desk: Desk, tmp_path: Path) -> Desk:
    """The office where applications begin with the co-signature of fgw and czt."""
    return countersigned_first(desk, tmp_path)


@pytest.fixture
def late(desk: Desk, tmp_path: Path) -> Desk:
    """The office where the clock refuses what the county does not answer."""
    return late_desk(desk, tmp_path, REFUSES)


def ends(tx: Transaction) -> Counter[tuple[str, TaskState, Any, Any]]:
    """Count the tasks of all applications by unit, state, why it is void, and the door of its answer."""
    rows = tx.exec(select(Task, Decision).outerjoin(Decision, Decision.task_id == Task.id))  # type: ignore[arg-type]
    return Counter((t.unit, t.state, t.ended_as, made and made.channel) for t, made in rows)


async def test_two_last_cosigners_close_the_stage_once_and_open_the_next_once(
    countersigned: Desk, other: Database
) -> None:
    desk, made = countersigned, await submitted(countersigned, LISTED)
    links = await keys(desk)
    desk.clock.tick()
    pairs = [
        (answering(desk, desk.db, links[app.id, "fgw"]), answering(desk, other, links[app.id, "czt"])) for app in made
    ]
    for answers in await raced(pairs):
        assert all(isinstance(answer, Decided) for answer in answers), answers
        assert sorted(str(answer.closed) for answer in answers) == ["None", "approve"]
    assert {(app.state, app.position) for app in await all_hold(other)} == {(ApplicationState.IN_PROGRESS, 1)}
    assert await desk.db.read(ends) == {
        ("fgw", TaskState.DONE, None, Channel.REPLY): ROUNDS,
        ("czt", TaskState.DONE, None, Channel.REPLY): ROUNDS,
        ("kjt", TaskState.OPEN, None, None): ROUNDS,
    }


async def test_a_return_while_a_cosigner_answers_returns_it_and_its_answer_counts_or_is_refused(
    countersigned: Desk, other: Database
) -> None:
    desk, made = countersigned, await submitted(countersigned, LISTED)
    links, back = await keys(desk), Answer(Outcome.RETURN, "材料不全")
    desk.clock.tick()
    pairs = [
        (answering(desk, desk.db, links[app.id, "fgw"], back), answering(desk, other, links[app.id, "czt"]))
        for app in made
    ]
    late = 0
    for returned, answered in await raced(pairs):
        assert isinstance(returned, Decided), returned
        assert returned.closed is Outcome.RETURN
        if isinstance(answered, NotDecided):
            assert isinstance(answered.error, StageClosed)
            late += 1
        else:
            assert answered.closed is None, "the one that returns closes the stage"
    assert {app.state for app in await all_hold(other)} == {ApplicationState.RETURNED}
    assert len(await desk.letters("returned")) == ROUNDS
    assert 0 < late < ROUNDS, "each was first now and then"
    assert await desk.db.read(ends) == {
        ("fgw", TaskState.DONE, None, Channel.REPLY): ROUNDS,
        ("czt", TaskState.DONE, None, Channel.REPLY): ROUNDS - late,
        ("czt", TaskState.VOID, TaskEnd.CLOSED, None): late,
    }


async def test_a_task_is_handed_over_while_its_old_link_answers(desk: Desk, other: Database) -> None:
    made, links = await submitted(desk), await keys(desk, Purpose.DECIDE)
    await desk.import_directory([Entry(unit=COUNTY, name="孙莉", email=SUN, language="zh")])
    pairs = [
        (handing_over(desk, desk.db, links[app.id, COUNTY]), answering_by_link(desk, other, links[app.id, COUNTY]))
        for app in made
    ]
    moved = 0
    for handed, answered in await raced(pairs):
        if isinstance(answered, Decided):
            assert isinstance(handed, NotDecided), handed
            assert isinstance(handed.error, AlreadyDecided)
        else:
            assert isinstance(handed, Moved), handed
            assert isinstance(answered, NotDecided), answered
            assert isinstance(answered.error, StageClosed)
            moved += 1
    assert 0 < moved < ROUNDS, "each was first now and then"
    where = Counter(app.position for app in await all_hold(other))
    assert where == {0: moved, 1: ROUNDS - moved}
    waiting = [token for (_, unit), token in (await keys(desk, Purpose.DECIDE)).items() if unit == COUNTY]
    assert await desk.db.write(answer_all, desk, waiting) == moved, "whoever has it now answers"
    assert await desk.db.read(positions) == {1}


def positions(tx: Transaction) -> set[int | None]:
    """Return where applications stand."""
    return set(tx.exec(select(Application.position)))


def handing_over(desk: Desk, db: Database, token: str) -> Work:
    """Hand the task over to Sun Li by its link."""
    now = desk.clock.tick()

    def work(tx: Transaction) -> Moved | NotDecided:
        return move_by_token(
            tx, token, Channel.LINK, lambda mover: hand_over(tx, desk.office, mover, SUN, "出差", now), now
        )

    return lambda: db.write(work)


def answering_by_link(desk: Desk, db: Database, token: str) -> Work:
    """Approve by the link."""
    now = desk.clock.tick()
    return lambda: db.write(decide, desk.office, token, Answer(Outcome.APPROVE), Channel.LINK, now)


def answer_all(tx: Transaction, desk: Desk, tokens: list[str]) -> int:
    """Approve by each of the links; return how many counted."""
    counted = 0
    for token in tokens:
        said = decide(tx, desk.office, token, Answer(Outcome.APPROVE), Channel.LINK, desk.clock.tick())
        counted += isinstance(said, Decided)
        tx.finish()
    return counted


async def test_the_clock_ends_a_stage_while_its_answer_arrives(late: Desk, other: Database) -> None:
    made, links = await submitted(late), await keys(late)
    late.clock.tick(days=7, hours=9)
    stages = await late.db.write(remind_all, late)
    now = late.clock.tick(days=1)

    def ending(stage: str) -> Work:
        return lambda: other.write(reminders.look_at, late.office, stage, now)

    pairs = [(answering(late, late.db, links[app.id, COUNTY]), ending(stages[app.id])) for app in made]
    clock = 0
    for answered, ended in await raced(pairs):
        if isinstance(answered, Decided):
            assert ended is False
        else:
            assert isinstance(answered, NotDecided), answered
            assert isinstance(answered.error, AlreadyDecided | StageClosed)
            assert ended is True
            clock += 1
    assert 0 < clock < ROUNDS, "each was first now and then"
    states = Counter((app.state, app.position) for app in await all_hold(other))
    assert states[ApplicationState.IN_PROGRESS, 1] == ROUNDS - clock
    assert sum(n for (state, _), n in states.items() if state is ApplicationState.REFUSED) == clock
    told = await late.db.read(ends)
    assert told[COUNTY, TaskState.DONE, None, Channel.AUTOMATIC] == clock
    assert told[COUNTY, TaskState.DONE, None, Channel.REPLY] == ROUNDS - clock
    assert len(await late.letters("automatic")) == 2 * clock, "the unit and the operator, where the clock was first"


def remind_all(tx: Transaction, desk: Desk) -> dict[str, str]:
    """Look at every stage, as the sweep does before its end; return them by application."""
    for stage in tx.exec(select(Stage.id)).all():
        reminders.look_at(tx, desk.office, stage, desk.clock())
        tx.finish()
    return dict(tx.exec(select(Stage.application_id, Stage.id)).all())
