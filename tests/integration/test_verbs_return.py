"""Return, resubmit, withdraw: the applicant's side of the chain."""

import pytest

from approvals.resubmit import resubmit, withdraw, withdraw_by_token
from models.errors import (
    ContentChanged,
    ExpiredToken,
    LiandongError,
    RefusedApplication,
    StageClosed,
    UnknownApplication,
    UnknownToken,
    WrongState,
)
from models.event import EventKind
from models.money import Fen
from models.secrets import derive_token
from models.states import ApplicationState, Channel, Level, Outcome, Purpose, StageState
from tests.support.desk import CHAIN, Desk, error_of
from tests.support.forms import ANOTHER, form_of

COUNTY = "@county:330110"


async def returned(desk: Desk, unit: str = COUNTY) -> None:
    await desk.submit()
    await desk.approve_until(unit)
    await desk.answer(unit, Outcome.RETURN, "请补充测算")


async def token_of(desk: Desk, kind: str, fact: str, purpose: Purpose) -> str:
    (letter, *_) = await desk.letters(kind)
    return derive_token(desk.office.key, purpose, letter.facts[fact])


async def test_a_return_tells_the_applicant_why_and_asks_nobody_else(desk: Desk) -> None:
    await returned(desk, "fgw")
    standing = await desk.standing()
    assert standing.state is ApplicationState.RETURNED
    assert standing.open_stage is None
    (letter,) = await desk.letters("returned")
    assert letter.facts["opinion"] == "请补充测算"
    assert letter.facts["amend_nonce"]
    (freed,) = await desk.letters("no_longer_asked")
    assert freed.address == "czt@zj.example"


async def test_an_amended_application_walks_the_road_again_from_the_county(desk: Desk) -> None:
    await returned(desk, "kjt")
    app = await desk.resubmit(amounts__county="2,000,000")
    assert (app.round, app.position, app.asked_county) == (2, 0, 200_000_000)
    await desk.approve_until()
    standing = await desk.standing()
    assert standing.state is ApplicationState.AWARDED
    assert standing.award is not None
    assert standing.award[Level.COUNTY] == 200_000_000
    assert [s.round for s in standing.stages] == [1, 1, 1, 2, 2, 2, 2, 2]
    assert await desk.verify() is None


async def test_letters_of_an_earlier_round_decide_nothing_in_the_next(desk: Desk) -> None:
    await returned(desk, "fgw")
    old = {unit: await desk.tokens_of(unit, Channel.REPLY) for unit in dict.fromkeys(CHAIN)}
    await desk.resubmit(amounts__county="2,000,000")
    events = len(await desk.events())
    errors = []
    for tokens in old.values():
        for token in tokens:
            errors.append(type(error_of(await desk.present(token))).__name__)
    assert set(errors) == {"AlreadyDecided", "ContentChanged"}
    assert errors.count("ContentChanged") == 1  # czt was asked and never answered
    assert len(await desk.events()) == events + len(errors)
    standing = await desk.standing()
    assert [t.outcome for s in standing.stages if s.round == 2 for t in s.tasks] == [None]


async def test_an_amended_file_that_says_the_same_is_a_new_round_all_the_same(desk: Desk) -> None:
    await returned(desk, "fgw")
    (token,) = await desk.tokens_of("czt", Channel.REPLY)
    assert (await desk.resubmit()).round == 2
    assert isinstance(error_of(await desk.present(token)), StageClosed)


async def test_pledges_of_an_earlier_round_do_not_count_in_the_next(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY, amounts={Level.COUNTY: Fen(1)})
    await desk.answer("@city:330100", Outcome.RETURN, "请修改")
    await desk.resubmit()
    assert (await desk.standing()).pledges == {}
    await desk.answer(COUNTY)
    assert (await desk.standing()).pledges == {Level.COUNTY: 300_000_000}


async def test_a_link_to_amend_works_once(desk: Desk) -> None:
    await returned(desk)
    token = await token_of(desk, "returned", "amend_nonce", Purpose.AMEND)
    await desk.resubmit()
    with pytest.raises(ContentChanged):
        await desk.db.write(resubmit, desk.office, token, form_of(), desk.clock())


async def test_only_the_link_to_amend_takes_an_amended_file(desk: Desk) -> None:
    await returned(desk)
    good = await token_of(desk, "returned", "amend_nonce", Purpose.AMEND)
    status = await token_of(desk, "submitted", "status_nonce", Purpose.STATUS)
    altered = good[:-1] + ("a" if good[-1] != "a" else "b")
    for token in (status, altered, good[:10], "", "x" * 40):
        with pytest.raises(UnknownToken):
            await desk.db.write(resubmit, desk.office, token, form_of(), desk.clock())
    assert (await desk.standing()).state is ApplicationState.RETURNED


async def test_an_amended_file_is_judged_like_the_first_and_by_the_first_day(desk: Desk) -> None:
    desk.clock.tick(days=380)  # 2027-12-08
    await returned(desk)
    with pytest.raises(RefusedApplication, match="30,000,000 yuan"):
        await desk.resubmit(amounts__province="30,000,000")
    assert (await desk.standing()).round == 1
    desk.clock.tick(days=60)  # the window has closed
    assert (await desk.resubmit()).round == 2


async def test_the_link_to_amend_dies_after_the_days_that_the_house_gives(desk: Desk) -> None:
    await returned(desk)
    desk.clock.tick(days=91)
    with pytest.raises(ExpiredToken):
        await desk.resubmit()
    assert (await desk.standing()).state is ApplicationState.RETURNED


async def test_an_amended_file_keeps_its_applicant(desk: Desk) -> None:
    await returned(desk)
    with pytest.raises(RefusedApplication) as refused:
        await desk.resubmit(applicant__credit_code=ANOTHER)
    assert [f.field for f in refused.value.faults] == ["applicant.credit_code"]


async def test_an_amended_title_may_not_be_that_of_another_live_application(desk: Desk) -> None:
    other = await desk.submit(project__title="另一个项目")
    await returned(desk)
    with pytest.raises(RefusedApplication, match=other.number):
        await desk.resubmit(project__title="另一个 项目")
    assert (await desk.standing()).state is ApplicationState.RETURNED
    assert (await desk.resubmit(project__title="改过的项目")).title == "改过的项目"


async def test_withdrawal_ends_the_application_and_frees_whoever_was_asked(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    await desk.answer("czt")
    app = await desk.withdraw("市场变化")
    assert app.state is ApplicationState.WITHDRAWN
    (freed,) = await desk.letters("no_longer_asked")
    assert freed.address == "fgw@zj.example"
    assert (await desk.standing()).stages[-1].state is StageState.VOID
    assert type(error_of(await desk.answer("fgw"))).__name__ == "StageClosed"
    assert await desk.verify() is None


async def test_a_returned_application_may_be_withdrawn_and_not_amended_after(desk: Desk) -> None:
    await returned(desk)
    await desk.withdraw()
    with pytest.raises(WrongState):
        await desk.resubmit()


async def test_the_applicant_withdraws_by_the_status_link(desk: Desk) -> None:
    await desk.submit()
    token = await token_of(desk, "submitted", "status_nonce", Purpose.STATUS)
    app = await desk.db.write(withdraw_by_token, desk.office, token, "不再实施", desk.clock.tick())
    assert app.state is ApplicationState.WITHDRAWN
    (event,) = await desk.events(EventKind.WITHDRAWN)
    assert event.payload == {"opinion": "不再实施", "by": "applicant"}


async def test_a_withdrawal_needs_a_reason_and_a_living_application(desk: Desk) -> None:
    app = await desk.submit()
    with pytest.raises(LiandongError, match="Say why"):
        await desk.withdraw(" \x00")
    await desk.withdraw()
    with pytest.raises(WrongState):
        await desk.withdraw()
    with pytest.raises(UnknownApplication):
        await desk.db.write(withdraw, desk.office, f"{app.number}9", "x", desk.clock())
