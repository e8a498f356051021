"""Hand over: the task goes to another for good, with its seat; the old links say so, and nobody is lost."""

import pytest

from approvals.directory import import_officers
from approvals.late import reminders
from approvals.moves.hand_over import hand_over
from approvals.moves.mover import Moved, NoSuchTask, ReasonMissing
from approvals.moves.seats import AnswersAlready, StaysWithItsUnit, Yourself
from approvals.moves.take_back import take_back
from approvals.moves.whom import NobodyThere, UnknownWhom
from models.errors import StageClosed
from models.event import EventKind
from models.states import Channel, Outcome, TaskEnd, TaskKind, TaskState
from tests.support.desk import Desk, error_of, hangzhou_directory
from tests.support.duties import HANGZHOU, NINGBO
from tests.support.seats import (
    CITY,
    COUNTY,
    LINA,
    ZHOU,
    asked_now,
    at_cosignature,
    counted,
    task_of,
    token_to,
    with_colleagues,
)


async def test_another_unit_answers_with_the_same_seat_and_the_old_links_say_so(desk: Desk) -> None:
    await at_cosignature(desk)
    (old,) = await desk.tokens_of("fgw")
    counted(await desk.move("fgw", hand_over, "省经信厅", "产业项目，由贵厅办理"))
    refused = error_of(await desk.present(old, channel=Channel.LINK))
    assert isinstance(refused, StageClosed)
    assert "已转办" in refused.zh
    assert await asked_now(desk) == {"jxt": TaskState.OPEN, "czt": TaskState.OPEN}
    (letter,) = await desk.asked("jxt")
    assert letter.facts["moved"] == {
        "kind": "handed_over",
        "by": {"zh": "省发展改革委", "en": "Provincial Development and Reform Commission"},
        "reason": "产业项目，由贵厅办理",
    }
    assert await desk.letters("no_longer_asked") == [], "whoever handed it over knows"
    (event,) = await desk.events(EventKind.HANDED_OVER)
    task = await task_of(desk, "jxt")
    assert (task.kind, event.payload["task"], event.payload["to"]) == (TaskKind.HANDED_OVER, task.id, "jxt")
    await desk.answer("jxt", Outcome.REFUSE, "不符合产业规划")
    assert (await desk.standing()).stages[-1].outcome is Outcome.REFUSE, "the seat counts as it did"
    assert await desk.verify() is None


async def test_a_colleague_answers_alone_and_the_others_are_told(desk: Desk) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    counted(await desk.move_as_operator("fgw", hand_over, LINA, "经办人出差"))
    task = await task_of(desk, "fgw")
    assert (task.kind, task.person) == (TaskKind.HANDED_OVER, f"李娜 <{LINA}>")
    (told,) = await desk.letters("no_longer_asked")
    assert (told.address, told.facts["moved"]["to"]["zh"]) == ("fgw@zj.example", "省发展改革委（李娜）")
    desk.clock.tick(days=30)
    (late,) = await desk.db.read(reminders.overdue, desk.clock())
    await desk.db.write(reminders.look_at, desk.office, late, desk.clock())
    assert [x.address for x in await desk.asked("fgw", "remind")] == [LINA], "only the one person is reminded"
    counted(await desk.present(await token_to(desk, LINA), channel=Channel.LINK))
    assert await desk.verify() is None


async def test_a_person_who_leaves_the_directory_is_followed_by_the_unit(desk: Desk) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    counted(await desk.move_as_operator("fgw", hand_over, LINA, "经办人出差"))
    (entry,) = [one for one in hangzhou_directory() if one.unit == "fgw"]
    desk.clock.tick()
    await desk.db.write(import_officers, desk.office, [entry], desk.clock(), replace=True)
    counted(await desk.present(await token_to(desk, "fgw@zj.example"), channel=Channel.LINK))


async def test_it_cannot_go_just_anywhere(desk: Desk) -> None:
    await at_cosignature(desk)
    for to, why, error in (
        ("czt", "x", AnswersAlready),
        ("fgw", "x", Yourself),
        ("fgw@zj.example", "x", Yourself),
        ("没有这个厅", "x", UnknownWhom),
        ("宁波市", "x", NobodyThere),
        ("jxt", " ", ReasonMissing),
    ):
        assert isinstance(error_of(await desk.move("fgw", hand_over, to, why)), error), to
        assert (await desk.events(EventKind.ANSWER_REFUSED))[-1].payload["why"] == error.__name__
    assert await asked_now(desk) == {"fgw": TaskState.OPEN, "czt": TaskState.OPEN}


async def test_money_stays_with_its_government(desk: Desk) -> None:
    await with_colleagues(desk)
    await desk.submit()
    assert isinstance(error_of(await desk.move(COUNTY, hand_over, CITY, "x")), StaysWithItsUnit)
    await desk.approve_to("determination")
    assert isinstance(error_of(await desk.move("kjt", hand_over, "jxt", "x")), StaysWithItsUnit)
    counted(await desk.move_as_operator("kjt", hand_over, ZHOU, "由周平核定"))
    counted(await desk.present(await token_to(desk, ZHOU), channel=Channel.LINK))


async def test_a_report_on_a_duty_stays_with_its_unit(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    assert isinstance(error_of(await duty_desk.move(HANGZHOU, hand_over, "jxt", "x")), StaysWithItsUnit)


async def test_an_operator_names_the_task_that_is_open(desk: Desk) -> None:
    await at_cosignature(desk)
    with pytest.raises(NoSuchTask):
        await desk.move_as_operator("jxt", hand_over, "swt", "x")
    assert isinstance(await desk.move_as_operator("czt", hand_over, "swt", "机构调整"), Moved)
    assert await asked_now(desk) == {"fgw": TaskState.OPEN, "swt": TaskState.OPEN}


async def test_the_answer_of_whoever_received_it_is_taken_back_and_goes_on_with_them(desk: Desk) -> None:
    await at_cosignature(desk)
    counted(await desk.move("fgw", hand_over, "jxt", "由贵厅办理"))
    await desk.answer("czt")
    (token,) = await desk.tokens_of("jxt")
    counted(await desk.answer("jxt", channel=Channel.LINK))
    desk.clock.tick()
    counted(await desk.db.write(take_back, desk.office, token, "点错了", Channel.LINK, desk.clock()))
    assert await asked_now(desk) == {"jxt": TaskState.OPEN}
    ended = [task.ended_as for task in (await desk.standing()).stages[3].tasks if task.ended_as]
    assert sorted(ended) == [TaskEnd.HANDED_OVER, TaskEnd.TAKEN_BACK]
    counted(await desk.answer("jxt"))
    assert (await desk.standing()).position == 4
    assert await desk.verify() is None
