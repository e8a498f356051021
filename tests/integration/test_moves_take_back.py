"""Take back: an answer is undone until the next one has acted."""

import pytest

from approvals.answer import Decided, NotDecided
from approvals.moves.mover import Moved
from approvals.moves.take_back import NothingAnswered, NotYours, TooLate, take_back, take_back_by_operator
from models.errors import StageClosed
from models.event import EventKind
from models.money import Fen
from models.states import ApplicationState, Channel, Level, Outcome, StageState, TaskEnd
from tests.support.desk import Desk, error_of

COUNTY, CITY = "@county:330110", "@city:330100"


async def taken_back(desk: Desk, token: str, reason: str = "点错了") -> Moved | NotDecided:
    return await desk.db.write(take_back, desk.office, token, reason, Channel.LINK, desk.clock.tick())


async def test_an_answer_is_undone_and_the_unit_is_asked_anew(desk: Desk) -> None:
    await desk.submit()
    (old,) = await desk.tokens_of(COUNTY)
    (of_city,) = (
        await desk.answer(COUNTY, amounts={Level.COUNTY: Fen(5)}, channel=Channel.LINK),
        *await desk.tokens_of(CITY),
    )[1:]
    assert isinstance(await taken_back(desk, old), Moved)
    standing = await desk.standing()
    assert (standing.position, standing.pledges) == (0, {})
    assert [(s.position, s.state) for s in standing.stages] == [(0, StageState.OPEN), (1, StageState.VOID)]
    assert [t.ended_as for t in standing.stages[0].tasks] == [TaskEnd.TAKEN_BACK, None]
    assert isinstance(error_of(await desk.present(of_city, channel=Channel.LINK)), StageClosed)
    assert "拿回" in error_of(await desk.present(old, channel=Channel.LINK)).zh
    await desk.approve_until()
    assert (await desk.standing()).state is ApplicationState.AWARDED
    assert await desk.verify() is None


async def test_after_the_next_one_has_acted_it_is_too_late(desk: Desk) -> None:
    await desk.submit()
    (old,) = await desk.tokens_of(COUNTY)
    await desk.approve_until("kjt")
    assert isinstance(error_of(await taken_back(desk, old)), TooLate)
    assert (await desk.standing()).position == 2


async def test_a_return_is_taken_back_before_the_applicant_amends_and_not_after(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    (token,) = await desk.tokens_of(CITY)
    await desk.answer(CITY, Outcome.RETURN, "请补充", channel=Channel.LINK)
    assert isinstance(await taken_back(desk, token), Moved)
    assert (await desk.standing()).state is ApplicationState.IN_PROGRESS
    (token, *_) = await desk.tokens_of(CITY)
    await desk.answer(CITY, Outcome.RETURN, "还是请补充", channel=Channel.LINK)
    await desk.resubmit()
    assert isinstance(error_of(await taken_back(desk, token)), TooLate)
    assert await desk.verify() is None


async def test_whoever_the_closing_made_superfluous_is_asked_again(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    (of_czt,) = await desk.tokens_of("czt")
    (of_fgw,) = await desk.tokens_of("fgw")
    await desk.answer("fgw", Outcome.RETURN, "请补充", channel=Channel.LINK)
    assert isinstance(await taken_back(desk, of_fgw), Moved)
    assert isinstance(await desk.present(of_czt, channel=Channel.LINK), Decided)
    assert isinstance(await desk.answer("fgw"), Decided)
    assert (await desk.standing()).open_stage.key == "determination"  # type: ignore[union-attr]
    assert await desk.verify() is None


async def test_who_did_not_answer_cannot_take_another_units_answer_back(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    (of_czt,) = await desk.tokens_of("czt")
    assert isinstance(error_of(await taken_back(desk, of_czt)), TooLate | NotYours)


async def test_an_operator_takes_an_answer_back_at_the_units_wish(desk: Desk) -> None:
    app = await desk.submit()
    await desk.answer(COUNTY)
    about = (desk.office, app.number, "余杭区人民政府", "王五", "该区来电要求")
    assert isinstance(await desk.db.write(take_back_by_operator, *about, desk.clock.tick()), Moved)
    (event,) = await desk.events(EventKind.TAKEN_BACK)
    assert event.payload["by"] == "operator:王五"
    with pytest.raises(NothingAnswered, match="answered nothing"):
        await desk.db.write(take_back_by_operator, *about, desk.clock.tick())
    await desk.approve_until("kjt")
    with pytest.raises(TooLate):
        await desk.db.write(take_back_by_operator, *about, desk.clock.tick())
    assert await desk.verify() is None


async def test_what_has_ended_stays_ended(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    await desk.answer(COUNTY, Outcome.REFUSE, "不符合", channel=Channel.LINK)
    assert isinstance(error_of(await taken_back(desk, token)), TooLate)
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 1
