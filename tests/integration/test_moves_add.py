"""Add: one more vote before, beside or after. Remove: one less, and never the last one out."""

import pytest

from approvals.answers import MoneyUndecided
from approvals.moves.add import DecidesMoney, InTurn, ListedOnly, add
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend
from approvals.moves.remove import LastOne, MoneyIsItsOwn, NobodyToRemove, NotAddedByYou, remove
from approvals.moves.seats import AnswersAlready
from approvals.moves.take_back import take_back
from models.errors import NotYourTurn
from models.event import EventKind
from models.states import ApplicationState, Channel, Outcome, TaskEnd, TaskState
from tests.support.desk import Desk, error_of
from tests.support.duties import HANGZHOU, NINGBO
from tests.support.seats import COUNTY, LINA, asked_now, at_cosignature, counted, stage_now, with_colleagues

OPEN, WAITING = TaskState.OPEN, TaskState.WAITING


async def test_before_the_one_who_wants_it(desk: Desk) -> None:
    await at_cosignature(desk)
    (mine,) = await desk.tokens_of("fgw")
    counted(await desk.move("fgw", add, "jxt", "before", "须先审产能"))
    assert isinstance(error_of(await desk.present(mine, channel=Channel.LINK)), NotYourTurn)
    assert await asked_now(desk) == {"fgw": WAITING, "jxt": OPEN, "czt": OPEN}
    (letter,) = await desk.asked("jxt")
    assert (letter.facts["moved"]["kind"], letter.facts["moved"]["reason"]) == ("added", "须先审产能")
    due = (await stage_now(desk)).due_at
    desk.clock.tick(days=1)
    (token,) = await desk.tokens_of("jxt")
    counted(await desk.answer("jxt", channel=Channel.LINK))
    assert (await stage_now(desk)).due_at == due, "one more unit is no more time"
    desk.clock.tick()
    counted(await desk.db.write(take_back, desk.office, token, "点错了", Channel.LINK, desk.clock()))
    assert await asked_now(desk) == {"fgw": WAITING, "jxt": OPEN, "czt": OPEN}
    for unit in ("jxt", "fgw", "czt"):
        counted(await desk.answer(unit))
    assert (await desk.standing()).position == 4
    assert await desk.verify() is None


async def test_beside_and_after(desk: Desk) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    counted(await desk.move_as_operator("fgw", add, "jxt", "beside", "请会签"))
    counted(await desk.move("czt", add, "sjj@zj.example", "after", "最后把关"))
    assert await asked_now(desk) == {"fgw": OPEN, "jxt": OPEN, "czt": OPEN, "sjj": WAITING}
    assert await desk.asked("sjj") == []
    for unit in ("fgw", "jxt", "czt"):
        counted(await desk.answer(unit))
    (letter,) = await desk.asked("sjj")
    assert letter.facts["moved"]["reason"] == "最后把关"
    assert (await stage_now(desk)).key == "cosignature", "an added seat counts like every other"
    counted(await desk.answer("sjj", Outcome.REFUSE, "不同意"))
    assert (await desk.standing()).state is ApplicationState.REFUSED
    assert await desk.verify() is None


async def test_in_turn_the_order_holds(desk: Desk) -> None:
    await at_cosignature(desk, in_turn=True)
    assert isinstance(error_of(await desk.move("fgw", add, "jxt", "beside", "x")), InTurn)
    counted(await desk.move("fgw", add, "jxt", "after", "随后会签"))
    counted(await desk.move("fgw", add, "sjj", "before", "先看数据"))
    order = []
    while (await stage_now(desk)).key == "cosignature":
        (unit,) = [unit for unit, state in (await asked_now(desk)).items() if state is OPEN]
        order.append(unit)
        counted(await desk.answer(unit))
    assert order == ["sjj", "fgw", "jxt", "czt"]
    assert await desk.verify() is None


async def test_in_turn_whoever_answered_takes_back_and_the_next_waits_again(desk: Desk) -> None:
    await at_cosignature(desk, in_turn=True)
    (first,) = await desk.tokens_of("fgw")
    counted(await desk.answer("fgw", channel=Channel.LINK))
    counted(await desk.move("czt", hand_over, "jxt", "由贵厅办理"))
    counted(await desk.move("jxt", lend, "sjj", "请提意见"))
    desk.clock.tick()
    counted(await desk.db.write(take_back, desk.office, first, "点错了", Channel.LINK, desk.clock()))
    assert await asked_now(desk) == {"fgw": OPEN, "sjj": WAITING, "jxt": WAITING}
    for unit in ("fgw", "sjj", "jxt"):
        assert (await asked_now(desk))[unit] is OPEN
        counted(await desk.answer(unit, opinion="可行"))
    assert (await desk.standing()).position == 4
    assert await desk.verify() is None


async def test_money_is_decided_by_its_own_and_last(desk: Desk) -> None:
    await desk.submit()
    counted(await desk.move(COUNTY, add, "czt", "beside", "请财政会商"))
    assert isinstance(error_of(await desk.answer(COUNTY, Outcome.ABSTAIN, "无意见")), MoneyUndecided)
    with pytest.raises(MoneyIsItsOwn):
        await desk.move_as_operator(COUNTY, remove, "", "x")
    counted(await desk.answer("czt"))
    assert (await desk.standing()).pledges == {}
    counted(await desk.answer(COUNTY))
    assert len((await desk.standing()).pledges) == 1
    await desk.approve_to("determination")
    for where in ("beside", "after"):
        assert isinstance(error_of(await desk.move("kjt", add, "czt", where, "x")), DecidesMoney)
    counted(await desk.move("kjt", add, "czt", "before", "请核资金"))
    (letter, *_) = await desk.asked("czt")
    assert letter.facts["fixes_award"] is False
    counted(await desk.answer("czt"))
    counted(await desk.answer("kjt"))
    standing = await desk.standing()
    assert (standing.state, standing.award_total) == (ApplicationState.AWARDED, 1_800_000_000)
    assert await desk.verify() is None


async def test_nobody_is_added_twice(desk: Desk) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    for whom in ("czt", "fgw", LINA):
        assert isinstance(error_of(await desk.move("czt", add, whom, "beside", "x")), AnswersAlready)
    assert await asked_now(desk) == {"fgw": OPEN, "czt": OPEN}


async def test_reporters_are_those_of_the_policy_and_whoever_accepts_adds_one(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    assert isinstance(error_of(await duty_desk.move(HANGZHOU, add, "jxt", "beside", "x")), ListedOnly)
    for unit in (HANGZHOU, NINGBO):
        counted(await duty_desk.answer(unit, opinion="已完成"))
    counted(await duty_desk.move("fgw", add, "jxt", "before", "请先核实"))
    counted(await duty_desk.answer("jxt"))
    counted(await duty_desk.answer("fgw"))
    assert (await duty_desk.standing()).state is ApplicationState.ACCOMPLISHED
    assert await duty_desk.verify() is None


async def test_who_was_added_is_removed_and_what_waited_goes_on(desk: Desk) -> None:
    await at_cosignature(desk)
    (mine,) = await desk.tokens_of("fgw")
    counted(await desk.move("fgw", add, "jxt", "before", "须先审产能"))
    (added,) = await desk.tokens_of("jxt")
    counted(await desk.move("jxt", lend, "sjj", "请提意见"))
    assert isinstance(error_of(await desk.move("czt", remove, "jxt", "x")), NotAddedByYou)
    assert isinstance(error_of(await desk.move("fgw", remove, "swt", "x", token=mine)), NobodyToRemove)
    counted(await desk.move("fgw", remove, "省经信厅", "不再需要", token=mine))
    assert await asked_now(desk) == {"fgw": OPEN, "czt": OPEN}
    assert "减签" in error_of(await desk.present(added, channel=Channel.LINK)).zh
    told = {letter.address: letter.facts["ended_as"] for letter in await desk.letters("no_longer_asked")}
    assert told == {"jxt@zj.example": TaskEnd.REMOVED, "sjj@zj.example": TaskEnd.RECALLED}
    counted(await desk.present(mine, channel=Channel.LINK))
    counted(await desk.move("czt", add, "jxt", "beside", "还是请会签"))
    assert len(await desk.events(EventKind.REMOVED)) == 1
    assert await desk.verify() is None


async def test_a_removal_that_decides_the_stage_closes_it(desk: Desk) -> None:
    await at_cosignature(desk)
    counted(await desk.move("fgw", add, "jxt", "beside", "请会签"))
    (mine,) = await desk.tokens_of("fgw")
    for unit in ("fgw", "czt"):
        counted(await desk.answer(unit, channel=Channel.LINK))
    await desk.move_as_operator("jxt", remove, "", "单位撤并")
    standing = await desk.standing()
    assert (standing.position, standing.stages[3].outcome) == (4, Outcome.APPROVE)
    desk.clock.tick()
    counted(await desk.db.write(take_back, desk.office, mine, "再看看", Channel.LINK, desk.clock()))
    assert await asked_now(desk) == {"fgw": OPEN}
    counted(await desk.answer("fgw"))
    assert await desk.verify() is None


async def test_the_last_one_stays(desk: Desk) -> None:
    await at_cosignature(desk)
    await desk.answer("czt", Outcome.ABSTAIN, "无意见")
    with pytest.raises(LastOne):
        await desk.move_as_operator("fgw", remove, "", "x")
    await desk.answer("fgw")
    assert (await desk.standing()).position == 4


async def test_a_removal_never_makes_a_stage_fail_that_nobody_said_no_to(desk: Desk) -> None:
    await at_cosignature(desk, at_least="2")
    with pytest.raises(LastOne):
        await desk.move_as_operator("fgw", remove, "", "x")
    assert await asked_now(desk) == {"fgw": OPEN, "czt": OPEN}
