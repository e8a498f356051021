"""Stage rules as data: any, votes with weights and a veto, in turn, dissent to the lead; abstain and recuse."""

from dataclasses import replace
from pathlib import Path

import pytest

from approvals.answer import Decided
from approvals.directory import Entry
from models.errors import LastVoter, Recused
from models.event import EventKind
from models.states import ApplicationState, Channel, Outcome, StageState, TaskKind, TaskState
from tests.support.altered import with_stage
from tests.support.desk import Desk, error_of, hangzhou_directory

COUNTY, CITY = "@county:330110", "@city:330100"


async def at_cosignature(empty_desk: Desk, folder: Path, quorum: str) -> Desk:
    """An application of measure 19 at its co-signature (fgw, czt), which has the rule ``quorum``."""
    desk = empty_desk
    desk.office = replace(desk.office, policies=with_stage(folder, "cosignature", quorum=quorum))
    await desk.import_directory(hangzhou_directory())
    await desk.submit()
    await desk.approve_until("fgw")
    return desk


async def test_one_is_enough_and_the_others_are_told(empty_desk: Desk, tmp_path: Path) -> None:
    desk = await at_cosignature(empty_desk, tmp_path, "any")
    answered = await desk.answer("czt")
    assert isinstance(answered, Decided)
    assert answered.closed is Outcome.APPROVE
    (letter,) = await desk.letters("no_longer_asked")
    assert letter.address == "fgw@zj.example"
    (closed,) = [e for e in await desk.events(EventKind.STAGE_CLOSED) if e.payload["key"] == "cosignature"]
    assert closed.payload["why"]["zh"] == "任一同意即可：同意 1，不同意或退回 0，未答复 1"
    assert await desk.verify() is None


async def test_a_no_goes_to_the_lead_with_the_dissent_shown(empty_desk: Desk, tmp_path: Path) -> None:
    desk = await at_cosignature(empty_desk, tmp_path, "{at_least: all, one_no: to_lead}")
    await desk.answer("fgw", Outcome.REFUSE, "投资强度不足")
    standing = await desk.standing()
    assert [s.outcome for s in standing.stages][3:] == [Outcome.REFER, None]
    (letter, *_) = await desk.asked("kjt")
    assert letter.facts["dissent"][0]["opinion"] == "投资强度不足"
    await desk.answer("kjt")
    assert (await desk.standing()).state is ApplicationState.AWARDED
    assert await desk.verify() is None


async def test_in_turn_the_second_is_asked_when_the_first_has_answered(empty_desk: Desk, tmp_path: Path) -> None:
    desk = await at_cosignature(empty_desk, tmp_path, "{at_least: all, in_turn: true}")
    assert await desk.asked("czt") == []
    assert [t.state for t in (await desk.standing()).stages[3].tasks] == [TaskState.OPEN, TaskState.WAITING]
    desk.clock.tick(24 * 3600)
    before = (await desk.standing()).stages[3].due_at
    await desk.answer("fgw")
    assert len(await desk.asked("czt")) == 1
    assert (await desk.standing()).stages[3].due_at > before
    await desk.answer("czt")
    assert (await desk.standing()).open_stage.key == "determination"  # type: ignore[union-attr]


async def test_an_abstention_is_an_answer_but_not_the_last_vote(empty_desk: Desk, tmp_path: Path) -> None:
    desk = await at_cosignature(empty_desk, tmp_path, "all")
    assert isinstance(await desk.answer("fgw", Outcome.ABSTAIN, "与本单位职责无关"), Decided)
    assert isinstance(error_of(await desk.answer("czt", Outcome.ABSTAIN, "同上")), LastVoter)
    answered = await desk.answer("czt")
    assert isinstance(answered, Decided)
    assert answered.closed is Outcome.APPROVE
    assert await desk.verify() is None


async def test_who_recuses_is_replaced_by_a_colleague_and_answers_by_no_other_path(desk: Desk) -> None:
    await desk.import_directory([Entry(unit=COUNTY, name="乙", email="second@zj.example")])
    await desk.submit()
    (mine,) = [desk.token_in(x, Channel.LINK) for x in await desk.asked(COUNTY) if x.address != "second@zj.example"]
    (hers,) = [desk.token_in(x, Channel.LINK) for x in await desk.asked(COUNTY) if x.address == "second@zj.example"]
    (reply,) = [desk.token_in(x, Channel.REPLY) for x in await desk.asked(COUNTY) if x.address != "second@zj.example"]
    assert isinstance(await desk.present(mine, Outcome.RECUSE, "亲属任职", channel=Channel.LINK), Decided)
    for token, channel in ((mine, Channel.LINK), (reply, Channel.REPLY)):
        assert isinstance(error_of(await desk.present(token, channel=channel)), Recused)
    assert isinstance(await desk.present(hers, channel=Channel.LINK), Decided)
    assert (await desk.standing()).position == 1
    assert await desk.verify() is None


async def test_without_a_colleague_the_unit_above_is_asked_and_the_operator_told(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RECUSE, "本人曾任该企业顾问", channel=Channel.LINK)
    (task,) = (await desk.standing()).stages[0].tasks
    assert (task.state, task.instead) == (TaskState.OPEN, CITY)
    assert len(await desk.letters("officer_missing")) == 1
    (token, *_) = await desk.tokens_of(CITY)
    assert isinstance(await desk.present(token, channel=Channel.LINK), Decided)
    assert await desk.verify() is None


async def test_a_unit_whose_only_officer_recuses_may_be_left_out_by_the_rule(empty_desk: Desk, tmp_path: Path) -> None:
    desk = await at_cosignature(empty_desk, tmp_path, "{at_least: all, recusal: left_out}")
    await desk.answer("fgw", Outcome.RECUSE, "利害关系", channel=Channel.LINK)
    answered = await desk.answer("czt", Outcome.RECUSE, "利害关系", channel=Channel.LINK)
    assert isinstance(answered, Decided)
    assert answered.closed is None
    tasks = (await desk.standing()).stages[3].tasks
    assert [t.outcome for t in tasks] == [Outcome.RECUSE, None]


@pytest.mark.parametrize("address", ["330110@zj.example", "330110+me@ZJ.example"])
async def test_nobody_decides_on_their_own_application(desk: Desk, address: str) -> None:
    await desk.import_directory([Entry(unit=COUNTY, name="乙", email="second@zj.example")])
    await desk.submit(applicant__email=address)
    assert {x.address for x in await desk.asked(COUNTY)} == {"second@zj.example"}


async def test_a_vote_with_weights_closes_as_soon_as_it_is_clear(empty_desk: Desk, tmp_path: Path) -> None:
    desk = await at_cosignature(empty_desk, tmp_path, '{at_least: "2/3", weights: {czt: 2}, veto: [fgw]}')
    answered = await desk.answer("czt")
    assert isinstance(answered, Decided)
    assert answered.closed is None  # fgw has a veto
    await desk.answer("fgw", Outcome.ABSTAIN, "不持异议")
    stage = (await desk.standing()).stages[3]
    assert (stage.state, stage.outcome) == (StageState.CLOSED, Outcome.APPROVE)
    assert [t.ended_as for t in stage.tasks] == [None, None]


async def test_a_unit_asked_twice_on_the_same_content_may_carry_its_answer_over(
    empty_desk: Desk, tmp_path: Path
) -> None:
    desk = empty_desk
    desk.office = replace(
        desk.office, policies=with_stage(tmp_path, "county_recommendation", quorum="{asked_twice: carry}")
    )
    await desk.import_directory(hangzhou_directory())
    await desk.submit()
    await desk.answer(COUNTY)
    await desk.answer(CITY, Outcome.RETURN, "请重新走一遍")
    await desk.resubmit()
    stages = [s for s in (await desk.standing()).stages if s.round == 2]
    assert [(s.key, [t.kind for t in s.tasks]) for s in stages] == [
        ("county_recommendation", [TaskKind.CARRIED]),
        ("city_recommendation", [TaskKind.ASKED]),
    ]
    await desk.answer(CITY, Outcome.RETURN, "请修改")
    await desk.resubmit(project__summary="另一个摘要")
    assert (await desk.standing()).open_stage.key == "county_recommendation"  # type: ignore[union-attr]
    assert await desk.verify() is None
