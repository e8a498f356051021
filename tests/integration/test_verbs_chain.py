"""The whole chain of measure 19, as the people along it would walk it."""

import pytest

from models.event import EventKind
from models.money import Fen
from models.states import ApplicationState, Channel, Level, Outcome, StageState, TaskState
from tests.support.desk import CHAIN, Desk, error_of
from tests.support.forms import CONSORTIUM, SINGLE

MILLION = 100_000_000
PLEDGED = {Level.PROVINCE: 10 * MILLION, Level.CITY: 5 * MILLION, Level.COUNTY: 3 * MILLION}


async def test_a_single_project_is_awarded_what_it_asked_when_all_agree(desk: Desk) -> None:
    await desk.submit(SINGLE)
    await desk.approve_until()
    standing = await desk.standing()
    assert standing.state is ApplicationState.AWARDED
    assert standing.award == {Level.PROVINCE: 10 * MILLION, Level.CITY: 0, Level.COUNTY: 0}
    assert await desk.verify() is None


async def test_a_consortium_walks_every_stage_once_and_in_order(desk: Desk) -> None:
    app = await desk.submit()
    assert app.number == "ZJAI19-2026-00001"
    for n, unit in enumerate(CHAIN):
        answered = await desk.answer(unit, channel=[Channel.LINK, Channel.REPLY][n % 2])
        assert answered.number == app.number
    standing = await desk.standing()
    assert standing.state is ApplicationState.AWARDED
    assert standing.award == PLEDGED
    assert standing.pledges == {Level.CITY: 5 * MILLION, Level.COUNTY: 3 * MILLION}
    assert [(s.key, s.state, s.outcome) for s in standing.stages] == [
        (stage.key, StageState.CLOSED, Outcome.APPROVE) for stage in standing.route
    ]
    assert [t.unit for s in standing.stages for t in s.tasks] == list(CHAIN)
    assert standing.open_stage is None
    assert standing.ended_at == desk.clock.now
    assert await desk.verify() is None
    kinds = [event.kind for event in await desk.events()]
    assert kinds[0] is EventKind.SUBMITTED
    assert kinds[-1] is EventKind.AWARDED
    assert kinds.count(EventKind.DECIDED) == 6
    assert kinds.count(EventKind.STAGE_OPENED) == kinds.count(EventKind.STAGE_CLOSED) == 5


async def test_the_next_unit_is_asked_by_the_decision_itself(desk: Desk) -> None:
    await desk.submit()
    assert await desk.asked("@city:330100") == []
    await desk.answer("@county:330110")
    (letter,) = await desk.asked("@city:330100")
    assert letter.written_at == desk.clock.now
    assert letter.facts["step"] == 2


async def test_cosigners_are_asked_at_once_and_both_must_answer(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    assert len(await desk.asked("fgw")) == len(await desk.asked("czt")) == 1
    await desk.answer("czt")
    standing = await desk.standing()
    assert standing.open_stage is not None
    assert standing.open_stage.key == "cosignature"
    await desk.answer("fgw")
    standing = await desk.standing()
    assert standing.open_stage is not None
    assert standing.open_stage.key == "determination"


@pytest.mark.parametrize("unit", ["@county:330110", "@city:330100", "kjt", "fgw"])
async def test_a_refusal_anywhere_ends_the_application_with_its_reason(desk: Desk, unit: str) -> None:
    await desk.submit()
    await desk.approve_until(unit)
    await desk.answer(unit, Outcome.REFUSE, "预算不足")
    standing = await desk.standing()
    assert standing.state is ApplicationState.REFUSED
    assert standing.award is None
    assert standing.open_stage is None
    (letter,) = await desk.letters("concluded")
    assert letter.facts["opinion"] == "预算不足"
    assert letter.address == CONSORTIUM["applicant"]["email"]
    assert await desk.verify() is None


async def test_a_refusal_frees_the_other_cosigner_and_tells_it(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    await desk.answer("fgw", Outcome.REFUSE, "不符合规划")
    (letter,) = await desk.letters("no_longer_asked")
    assert letter.address == "czt@zj.example"
    (stage,) = [s for s in (await desk.standing()).stages if s.key == "cosignature"]
    assert [t.state for t in stage.tasks] == [TaskState.DONE, TaskState.VOID]
    assert type(error_of(await desk.answer("czt"))).__name__ == "StageClosed"


async def test_the_lead_may_refuse_at_the_very_end(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until()
    await desk.submit(project__title="另一个项目")
    for unit in CHAIN[:-1]:
        await desk.answer(unit)
    await desk.answer("kjt", Outcome.REFUSE, "名额已满")
    standing = await desk.standing()
    assert (standing.state, standing.award) == (ApplicationState.REFUSED, None)
    assert await desk.verify() is None


@pytest.mark.parametrize("outcome", [Outcome.REFUSE, Outcome.RETURN])
@pytest.mark.parametrize("opinion", ["", "  \n", "\x00"])
async def test_a_no_without_a_reason_does_not_count(desk: Desk, outcome: Outcome, opinion: str) -> None:
    await desk.submit()
    assert type(error_of(await desk.answer("@county:330110", outcome, opinion))).__name__ == "OpinionMissing"
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 1
    await desk.answer("@county:330110", Outcome.REFUSE, "有理由")
    assert (await desk.standing()).state is ApplicationState.REFUSED


async def test_an_opinion_that_no_column_holds_is_refused_and_one_that_fits_is_kept(desk: Desk) -> None:
    await desk.submit()
    assert type(error_of(await desk.answer("@county:330110", opinion="字" * 5001))).__name__ == "OpinionTooLong"
    await desk.answer("@county:330110", opinion="字\x00" * 5000)
    assert (await desk.standing()).stages[0].tasks[0].opinion == "字" * 5000


async def test_a_smaller_pledge_must_be_what_is_awarded(desk: Desk) -> None:
    await desk.submit()
    await desk.answer("@county:330110", amounts={Level.COUNTY: Fen(1 * MILLION)})
    for unit in CHAIN[1:-1]:
        await desk.answer(unit)
    stated = {Level.COUNTY: Fen(3 * MILLION)}
    refused = error_of(await desk.answer("kjt", amounts=stated))
    assert type(refused).__name__ == "WrongAmount"
    assert "1,000,000 yuan" in refused.en
    assert (await desk.standing()).state is ApplicationState.IN_PROGRESS
    await desk.answer("kjt", amounts={Level.PROVINCE: Fen(8 * MILLION)})
    award = {Level.PROVINCE: 8 * MILLION, Level.CITY: 5 * MILLION, Level.COUNTY: 1 * MILLION}
    assert (await desk.standing()).award == award
    assert await desk.verify() is None


@pytest.mark.parametrize("amount", [-1, 3 * MILLION + 1])
async def test_a_pledge_outside_what_was_asked_does_not_count(desk: Desk, amount: int) -> None:
    await desk.submit()
    refused = error_of(await desk.answer("@county:330110", amounts={Level.COUNTY: Fen(amount)}))
    assert "3,000,000 yuan" in refused.en
    assert (await desk.standing()).pledges == {}
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 1


async def test_an_award_of_nothing_does_not_count(desk: Desk) -> None:
    await desk.submit(SINGLE)
    for unit in CHAIN[:-1]:
        await desk.answer(unit)
    assert type(error_of(await desk.answer("kjt", amounts={Level.PROVINCE: Fen(0)}))).__name__ == "WrongAmount"
    assert (await desk.standing()).award is None


async def test_the_deadline_is_counted_in_working_days_and_told(desk: Desk) -> None:
    await desk.submit()
    (letter,) = await desk.asked("@county:330110")
    assert letter.facts["due"] == "2026-11-30T10:00:00.000000+00:00"
    assert letter.facts["due_provisional"] is False
