"""Lend: a task waits for somebody's opinion, which is no vote, and comes back with it."""

from approvals.moves.hand_over import hand_over
from approvals.moves.lend import DutyIsNotLent, NothingLent, QuestionMissing, lend, recall
from approvals.moves.seats import AnswersAlready
from approvals.moves.take_back import take_back
from models.errors import NotYourTurn, StageClosed, WrongAnswer
from models.event import EventKind
from models.states import ApplicationState, Channel, Outcome, TaskEnd, TaskState
from tests.support.desk import Desk, error_of
from tests.support.duties import HANGZHOU, NINGBO
from tests.support.seats import (
    COUNTY,
    LINA,
    asked_now,
    at_cosignature,
    counted,
    stage_now,
    task_of,
    token_to,
    with_colleagues,
)


async def test_the_task_comes_back_with_an_opinion_that_is_no_vote(desk: Desk) -> None:
    await at_cosignature(desk)
    due = (await stage_now(desk)).due_at
    (mine,) = await desk.tokens_of("fgw")
    counted(await desk.move("fgw", lend, "jxt", "产能是否过剩？"))
    assert isinstance(error_of(await desk.present(mine, channel=Channel.LINK)), NotYourTurn)
    (letter,) = await desk.asked("jxt")
    assert (letter.facts["moved"]["reason"], letter.facts["counts"]) == ("产能是否过剩？", False)
    assert isinstance(error_of(await desk.answer("jxt", Outcome.RETURN, "退回")), WrongAnswer)
    desk.clock.tick(days=1)
    counted(await desk.answer("jxt", Outcome.REFUSE, "过剩"))
    assert await asked_now(desk) == {"fgw": TaskState.OPEN, "czt": TaskState.OPEN}
    (back, *_) = await desk.asked("fgw")
    assert back.facts["lent_back"] == {
        "unit": {"zh": "省经信厅", "en": "Provincial Department of Economy and Information Technology"},
        "outcome": "refuse",
        "opinion": "过剩",
    }
    (event,) = await desk.events(EventKind.LENT_BACK)
    assert (event.payload["by"], event.payload["reason"]) == ("jxt@zj.example", "过剩")
    assert (await stage_now(desk)).due_at == due
    counted(await desk.present(mine, channel=Channel.LINK))
    counted(await desk.answer("czt"))
    assert (await desk.standing()).stages[3].outcome is Outcome.APPROVE, "the opinion did not count"
    assert await desk.verify() is None


async def test_an_operator_who_lends_tells_whoever_was_asked_and_an_officer_who_does_needs_no_letter(
    desk: Desk,
) -> None:
    await at_cosignature(desk)
    await desk.move_as_operator("fgw", lend, "jxt", "产能是否过剩？")
    (told,) = await desk.letters("lent_away")
    assert (told.address, told.facts["moved"]["reason"], told.facts["moved"]["to"]["zh"]) == (
        "fgw@zj.example",
        "产能是否过剩？",
        "省经信厅",
    )
    counted(await desk.move("czt", lend, "sjj", "请提意见"))
    assert len(await desk.letters("lent_away")) == 1


async def test_an_opinion_pledges_nothing_and_the_county_does(desk: Desk) -> None:
    await desk.submit()
    counted(await desk.move(COUNTY, lend, "czt", "县级配套是否可行？"))
    (letter,) = await desk.asked("czt")
    assert letter.facts["share"] is None
    counted(await desk.answer("czt"))
    assert (await desk.standing()).pledges == {}
    (letter, *_) = await desk.asked(COUNTY)
    assert letter.facts["share"] == "county"
    counted(await desk.answer(COUNTY))
    assert len((await desk.standing()).pledges) == 1
    assert await desk.verify() is None


async def test_the_borrower_lends_on_and_both_come_back_in_their_order(desk: Desk) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    counted(await desk.move("fgw", lend, "jxt", "请提意见"))
    counted(await desk.move("jxt", lend, "sjj", "请提意见"))
    assert await asked_now(desk) == {
        "fgw": TaskState.WAITING,
        "jxt": TaskState.WAITING,
        "sjj": TaskState.OPEN,
        "czt": TaskState.OPEN,
    }
    counted(await desk.move("sjj", hand_over, "swt", "属贵厅职能"))
    counted(await desk.answer("swt", Outcome.ABSTAIN, "无意见"))
    (letter, *_) = await desk.asked("jxt")
    assert letter.facts["lent_back"]["opinion"] == "无意见"
    counted(await desk.answer("jxt", opinion="可行"))
    assert (await asked_now(desk))["fgw"] is TaskState.OPEN
    assert len(await desk.events(EventKind.LENT_BACK)) == 2
    assert await desk.verify() is None


async def test_a_colleague_is_asked_and_the_lender_calls_it_back(desk: Desk) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    (first, *_) = [x for x in await desk.asked("fgw") if x.address != LINA]
    mine = desk.token_in(first)
    counted(await desk.move("fgw", lend, LINA, "请核对投资额", token=mine))
    counted(await desk.move("fgw", lend, "jxt", "请协助", token=await token_to(desk, LINA)))
    counted(await desk.move("fgw", recall, "不需要了", token=mine))
    assert await asked_now(desk) == {"fgw": TaskState.OPEN, "czt": TaskState.OPEN}
    told = {letter.address: letter.facts["ended_as"] for letter in await desk.letters("no_longer_asked")}
    assert told == {LINA: "recalled", "jxt@zj.example": "recalled"}
    (of_jxt,) = await desk.tokens_of("jxt")
    assert "不再需要" in error_of(await desk.present(of_jxt, channel=Channel.LINK)).zh
    assert isinstance(error_of(await desk.move("fgw", recall, "再收", token=mine)), NothingLent)
    counted(await desk.present(mine, channel=Channel.LINK))
    assert await desk.verify() is None


async def test_it_cannot_be_lent_just_anywhere(desk: Desk) -> None:
    await at_cosignature(desk)
    assert isinstance(error_of(await desk.move("fgw", lend, "czt", "x")), AnswersAlready)
    assert isinstance(error_of(await desk.move("fgw", lend, "jxt", " ")), QuestionMissing)
    (mine,) = await desk.tokens_of("fgw")
    counted(await desk.move("fgw", lend, "jxt", "请提意见"))
    assert isinstance(error_of(await desk.move("fgw", lend, "sjj", "x", token=mine)), NotYourTurn)
    assert isinstance(error_of(await desk.move("jxt", lend, "fgw", "x")), AnswersAlready)


async def test_reports_on_a_duty_are_not_lent(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    assert isinstance(error_of(await duty_desk.move(HANGZHOU, lend, "jxt", "x")), DutyIsNotLent)


async def test_a_stage_that_others_close_or_the_applicant_leaves_voids_what_was_lent(desk: Desk) -> None:
    await at_cosignature(desk)
    (mine,) = await desk.tokens_of("fgw")
    counted(await desk.move("fgw", lend, "jxt", "请提意见"))
    (opinion,) = await desk.tokens_of("jxt")
    await desk.answer("czt", Outcome.REFUSE, "无预算")
    assert (await desk.standing()).state is ApplicationState.REFUSED
    ended = {task.unit: task.ended_as for task in (await desk.standing()).stages[3].tasks if task.ended_as}
    assert ended == {"fgw": TaskEnd.CLOSED, "jxt": TaskEnd.CLOSED}
    told = {letter.address for letter in await desk.letters("no_longer_asked")}
    assert told == {"fgw@zj.example", "jxt@zj.example"}
    for token in (mine, opinion):
        assert isinstance(error_of(await desk.present(token, channel=Channel.LINK)), StageClosed)
    await desk.submit(project__title="撤回")
    counted(await desk.move(COUNTY, lend, "czt", "请提意见"))
    await desk.withdraw()
    assert {task.ended_as for task in (await desk.standing()).stages[0].tasks} == {TaskEnd.WITHDRAWN}
    assert await desk.verify() is None


async def test_an_opinion_is_taken_back_until_the_lender_has_answered(desk: Desk) -> None:
    await at_cosignature(desk)
    counted(await desk.move("fgw", lend, "jxt", "请提意见"))
    (token,) = await desk.tokens_of("jxt")
    counted(await desk.answer("jxt", opinion="可行", channel=Channel.LINK))
    desk.clock.tick()
    counted(await desk.db.write(take_back, desk.office, token, "写错了", Channel.LINK, desk.clock()))
    assert await asked_now(desk) == {"fgw": TaskState.WAITING, "czt": TaskState.OPEN, "jxt": TaskState.OPEN}
    (token, *_) = await desk.tokens_of("jxt")
    counted(await desk.answer("jxt", Outcome.REFUSE, "不可行", channel=Channel.LINK))
    assert (await desk.asked("fgw"))[0].facts["lent_back"]["opinion"] == "不可行"
    (mine, *_) = await desk.tokens_of("fgw")
    counted(await desk.answer("fgw", channel=Channel.LINK))
    desk.clock.tick()
    late = await desk.db.write(take_back, desk.office, token, "晚了", Channel.LINK, desk.clock())
    assert "不能再拿回" in error_of(late).zh
    desk.clock.tick()
    counted(await desk.db.write(take_back, desk.office, mine, "再想想", Channel.LINK, desk.clock()))
    assert (await task_of(desk, "jxt")).state is TaskState.DONE
    assert await asked_now(desk) == {"fgw": TaskState.OPEN, "czt": TaskState.OPEN}
    assert await desk.verify() is None
