"""Suspend and resume: the clock stands still, nobody answers, everybody is told, and nothing is forgotten."""

import asyncio
from functools import partial

import pytest

from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.late import reminders
from approvals.moves.mover import Moved, ReasonMissing, move_by_operator, move_by_token
from approvals.moves.suspend import (
    NotSuspended,
    long_suspended,
    resume,
    resume_by_token,
    suspend,
    suspend_by_operator,
    tell_suspended,
)
from approvals.transaction import Transaction
from models.calendar import Calendar, deadline, office_date
from models.errors import LiandongError, OwnApplication, Suspended
from models.event import EventKind
from models.settings import Settings
from models.states import ApplicationState, Channel, Outcome, StageState
from tests.support.desk import Desk, error_of

#: Where no table's guard is at stake.
one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

COUNTY, CITY = "@county:330110", "@city:330100"


async def suspended(desk: Desk, token: str, reason: str = "等候补充材料") -> Moved | NotDecided:
    now = desk.clock.tick()

    def verb(tx: Transaction) -> Moved | NotDecided:
        return move_by_token(tx, token, Channel.LINK, lambda mover: suspend(tx, desk.office, mover, reason, now), now)

    return await desk.db.write(verb)


async def resumed(desk: Desk) -> Moved:
    assert desk.app is not None
    return await desk.db.write(resume, desk.office, desk.app.number, "王五", "材料已到", desk.clock.tick())


async def test_while_it_is_suspended_nobody_answers_and_everybody_was_told(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    (reply,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    assert isinstance(await suspended(desk, token), Moved)
    for presented, channel in ((token, Channel.LINK), (reply, Channel.REPLY)):
        assert isinstance(error_of(await desk.present(presented, channel=channel)), Suspended)
    assert isinstance(error_of(await suspended(desk, token)), Suspended)  # type: ignore[arg-type]
    told = {letter.address for letter in await desk.letters("suspended")}
    assert told == {"330110@zj.example", "wang.fang@shenlan.example", desk.office.operator_email}
    assert {letter.facts["opinion"] for letter in await desk.letters("suspended")} == {"等候补充材料"}
    (move,) = (await desk.standing()).stages[0].moves
    assert (move.kind, move.by, move.reason) == (EventKind.SUSPENDED, "330110@zj.example", "等候补充材料")
    assert await desk.verify() is None


async def test_when_it_goes_on_the_date_has_moved_by_the_working_days_and_is_told_anew(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    was = (await desk.standing()).stages[0].due_at
    await suspended(desk, token)
    desk.clock.tick(days=30)
    assert await desk.db.read(reminders.overdue, desk.clock()) == []
    assert isinstance(await resumed(desk), Moved)
    stage = (await desk.standing()).stages[0]
    assert stage.suspended_at is None
    assert stage.due_at == deadline(Calendar(), was, 22).at  # 24 November to 23 December, working days
    (letter,) = await desk.asked(COUNTY, "resumed")
    assert letter.facts["due"].startswith(office_date(stage.due_at).isoformat())
    assert isinstance(await desk.present(token, channel=Channel.LINK), Decided)
    assert [e.kind for e in await desk.events() if e.kind in (EventKind.SUSPENDED, EventKind.RESUMED)] == [
        EventKind.SUSPENDED,
        EventKind.RESUMED,
    ]
    assert await desk.verify() is None


async def test_an_officer_who_is_asked_resumes_by_the_link_of_the_letter(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    (of_fgw,), (of_czt,) = await desk.tokens_of("fgw"), await desk.tokens_of("czt")
    await suspended(desk, of_fgw)
    again = await desk.db.write(resume_by_token, desk.office, of_czt, Channel.LINK, "已核实", desk.clock.tick())
    assert isinstance(again, Moved)
    assert isinstance(await desk.answer("czt"), Decided)
    once_more = await desk.db.write(resume_by_token, desk.office, of_fgw, Channel.LINK, "再试", desk.clock.tick())
    assert isinstance(error_of(once_more), NotSuspended)


@one_database
async def test_the_operator_suspends_whatever_units_are_asked_and_moves_nothing_meanwhile(desk: Desk) -> None:
    app = await desk.submit()
    await desk.approve_until("fgw")
    now = desk.clock.tick()
    assert isinstance(await desk.db.write(suspend_by_operator, desk.office, app.number, "王五", "核查", now), Moved)

    def move(tx: Transaction) -> Moved:
        return move_by_operator(tx, app.number, "fgw", "王五", partial(_suspend, tx=tx, desk=desk))

    with pytest.raises(Suspended):
        await desk.db.write(move)
    assert await desk.verify() is None


def _suspend(mover: object, *, tx: Transaction, desk: Desk) -> Moved:
    return suspend(tx, desk.office, mover, "又一次", desk.clock())  # type: ignore[arg-type]


@one_database
async def test_the_applicant_may_still_withdraw(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    await suspended(desk, token)
    await desk.withdraw()
    assert (await desk.standing()).state is ApplicationState.WITHDRAWN
    assert await desk.verify() is None


@one_database
async def test_a_reason_is_needed_and_what_is_not_suspended_is_not_resumed(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    assert isinstance(error_of(await suspended(desk, token, "  ")), ReasonMissing)  # type: ignore[arg-type]
    with pytest.raises(NotSuspended):
        await resumed(desk)


async def test_the_operator_is_told_again_and_again_that_it_stands_still(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    await suspended(desk, token)
    for _ in range(2):
        assert await desk.db.read(long_suspended, desk.clock()) == []
        desk.clock.tick(days=8)
        (stage,) = await desk.db.read(long_suspended, desk.clock())
        assert await desk.db.write(tell_suspended, desk.office, stage, desk.clock())
        assert not await desk.db.write(tell_suspended, desk.office, stage, desk.clock())
    letters = await desk.letters("still_suspended")
    assert [letter.address for letter in letters] == [desk.office.operator_email] * 2
    assert await desk.verify() is None


@one_database
async def test_the_applicant_suspends_nothing_by_an_officers_link(desk: Desk) -> None:
    await desk.submit(applicant__email="330110@zj.example")
    assert await desk.asked(COUNTY) == []
    app = await desk.submit(applicant__email="x@zj.example", project__title="另一项")
    (token,) = await desk.tokens_of(COUNTY)

    def become(tx: Transaction) -> None:
        tx.get_one(type(app), app.id).email = "330110+me@ZJ.example"

    await desk.db.write(become)
    assert isinstance(error_of(await suspended(desk, token)), OwnApplication)  # type: ignore[arg-type]


@one_database
async def test_a_return_while_it_is_suspended_is_refused_with_the_sentence(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    await suspended(desk, token)
    error: LiandongError = error_of(await desk.present(token, Outcome.RETURN, "补充", channel=Channel.LINK))
    assert "挂起" in error.zh


async def test_a_suspension_while_an_answer_arrives_lets_one_of_them_be_first(desk: Desk, settings: Settings) -> None:
    other = Database(settings)
    for n in range(8):
        app = await desk.submit(project__title=f"项目 {n}")
        (token,) = await desk.tokens_of(COUNTY, Channel.REPLY)
        now = desk.clock.tick()
        works = [
            desk.db.write(suspend_by_operator, desk.office, app.number, "王五", "核查", now),
            other.write(decide, desk.office, token, Answer(Outcome.APPROVE), Channel.REPLY, now),
        ]
        done = await asyncio.gather(*(works if n % 2 else reversed(works)))
        answered = next(one for one in done if not isinstance(one, Moved))
        county, *after = (await desk.standing()).stages
        assert isinstance(answered, Decided | NotDecided)
        if isinstance(answered, NotDecided):  # suspended first
            assert isinstance(answered.error, Suspended)
            assert (county.suspended_at, after) == (now, [])
        else:  # answered first: the next stage is the one that stands still
            assert (county.state, [stage.suspended_at for stage in after]) == (StageState.CLOSED, [now])
        assert await desk.verify() is None
    await other.close()
