"""Returns: to the applicant or to an earlier stage; then up the road again, or straight back; what stands stays."""

from approvals.answer import Decided
from models.errors import WrongTarget
from models.event import EventKind
from models.money import Fen
from models.states import ApplicationState, Channel, Level, Outcome, StageState, TaskKind
from tests.support.desk import Desk, error_of

COUNTY, CITY = "@county:330110", "@city:330100"


async def returned(desk: Desk, by: str, to: str = "", *, straight: bool = False) -> None:
    """Submit, approve until it is the turn of ``by``, who returns it to the stage ``to``."""
    await desk.submit()
    await desk.answer(COUNTY, amounts={Level.COUNTY: Fen(200_000_000)}, channel=Channel.LINK)
    while (now := (await desk.standing()).open_stage) is not None and by not in [t.unit for t in now.tasks]:
        await desk.answer(now.tasks[0].unit)
    answered = await desk.answer(by, Outcome.RETURN, "请核实配套资金", returns_to=to, straight_back=straight)
    assert isinstance(answered, Decided), answered


async def rounds(desk: Desk) -> list[tuple[int, str, StageState, list[TaskKind]]]:
    """Every stage of the newest round: its round, key, state, and how its tasks came to be."""
    standing = await desk.standing()
    newest = [s for s in standing.stages if s.round == standing.round]
    return [(s.round, s.key, s.state, [t.kind for t in s.tasks]) for s in newest]


ASKED, CARRIED = [TaskKind.ASKED], [TaskKind.CARRIED]


async def test_a_return_to_an_earlier_stage_asks_it_again_and_those_before_stand(desk: Desk) -> None:
    await returned(desk, "kjt", "city_recommendation")
    assert await rounds(desk) == [
        (2, "county_recommendation", StageState.CLOSED, CARRIED),
        (2, "city_recommendation", StageState.OPEN, ASKED),
    ]
    (letter, *_) = await desk.asked(CITY)
    assert letter.facts["returned_why"] == "请核实配套资金"
    assert (await desk.standing()).pledges == {Level.COUNTY: 200_000_000}
    await desk.answer(CITY)
    assert (await rounds(desk))[-1][1:] == ("formal_check", StageState.OPEN, ASKED)
    await desk.approve_to()
    standing = await desk.standing()
    assert (standing.state, standing.award[Level.COUNTY]) == (ApplicationState.AWARDED, 200_000_000)  # type: ignore[index]
    assert await desk.verify() is None


async def test_straight_back_passes_over_the_answers_that_stand(desk: Desk) -> None:
    await returned(desk, "czt", "county_recommendation", straight=True)
    assert (await desk.standing()).passed_over == {1, 2}
    await desk.answer(COUNTY)
    assert (await desk.standing()).passed_over == frozenset()
    assert await rounds(desk) == [
        (2, "county_recommendation", StageState.CLOSED, ASKED),
        (2, "city_recommendation", StageState.CLOSED, CARRIED),
        (2, "formal_check", StageState.CLOSED, CARRIED),
        (2, "cosignature", StageState.OPEN, [TaskKind.ASKED, TaskKind.ASKED]),
    ]
    await desk.approve_to()
    assert (await desk.standing()).state is ApplicationState.AWARDED
    assert await desk.verify() is None


async def test_in_the_stage_that_it_comes_back_to_the_others_answers_stand(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("czt")
    await desk.answer("czt", Outcome.RETURN, "请市里核实", returns_to="city_recommendation", straight_back=True)
    await desk.answer(CITY)
    (stage,) = [s for s in (await desk.standing()).stages if s.state is StageState.OPEN]
    assert {t.unit: t.kind for t in stage.tasks} == {"fgw": TaskKind.CARRIED, "czt": TaskKind.ASKED}
    await desk.answer("czt")
    assert (await desk.standing()).open_stage.key == "determination"  # type: ignore[union-attr]
    assert await desk.verify() is None


async def test_after_an_amendment_only_unchanged_content_stands(desk: Desk) -> None:
    await returned(desk, "kjt", straight=True)
    await desk.resubmit()  # the same content, sent again
    assert (await desk.standing()).open_stage.key == "formal_check"  # type: ignore[union-attr]
    await desk.answer("kjt", Outcome.RETURN, "请修改摘要", straight_back=True)
    await desk.resubmit(project__summary="修改后的摘要")
    assert (await desk.standing()).open_stage.key == "county_recommendation"  # type: ignore[union-attr]
    assert (await desk.standing()).pledges == {}
    await desk.approve_to()
    assert (await desk.standing()).state is ApplicationState.AWARDED
    assert await desk.verify() is None


async def test_the_road_again_asks_everybody_again_even_for_the_same_content(desk: Desk) -> None:
    await returned(desk, "kjt")
    await desk.resubmit()
    assert (await rounds(desk)) == [(2, "county_recommendation", StageState.OPEN, ASKED)]


async def test_a_return_leads_to_an_earlier_stage_only(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    error = error_of(await desk.answer(CITY, Outcome.RETURN, "退回", returns_to="formal_check"))
    assert isinstance(error, WrongTarget)
    assert "county_recommendation" in error.en
    assert (await desk.standing()).position == 1


async def test_a_round_after_a_round_keeps_its_story_straight(desk: Desk) -> None:
    await returned(desk, "kjt", "county_recommendation")
    await desk.answer(COUNTY, Outcome.RETURN, "请企业补充")
    await desk.resubmit(project__summary="补充")
    await desk.answer(COUNTY)
    await desk.answer(CITY, Outcome.RETURN, "再核实", returns_to="county_recommendation", straight_back=True)
    await desk.answer(COUNTY)
    await desk.approve_to()
    standing = await desk.standing()
    assert (standing.state, standing.round) == (ApplicationState.AWARDED, 4)
    assert len(await desk.events(EventKind.SENT_BACK)) == 2
    assert await desk.verify() is None
