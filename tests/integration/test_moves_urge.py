"""Urge: the applicant or the operator, at most once a day, and the letter says who asks."""

import pytest
from sqlalchemy.exc import IntegrityError

from approvals.answer import Decided
from approvals.moves.mover import Moved
from approvals.moves.suspend import suspend_by_operator
from approvals.moves.urge import NothingToUrge, UrgedToday, urge_by_applicant, urge_by_operator
from approvals.transaction import Transaction
from models.calendar import office_date
from models.errors import AlreadyDecided, Suspended, UnknownToken
from models.event import EventKind
from models.secrets import derive_token
from models.states import Channel, Outcome, Purpose
from models.urging import Urging
from tests.support.desk import Desk, error_of

#: Where no table's guard is at stake.
one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

COUNTY = "@county:330110"


async def status_token(desk: Desk) -> str:
    (letter,) = await desk.letters("submitted")
    return derive_token(desk.office.key, Purpose.STATUS, letter.facts["status_nonce"])


async def test_everybody_whose_answer_is_awaited_is_urged_and_told_by_whom(desk: Desk) -> None:
    app = await desk.submit()
    await desk.approve_until("fgw")
    await desk.answer("czt")
    token = await status_token(desk)
    assert isinstance(await desk.db.write(urge_by_applicant, desk.office, token, "急用", desk.clock.tick()), Moved)
    (letter,) = await desk.letters("urge")
    assert (letter.address, letter.facts["who"]["zh"], letter.facts["opinion"]) == ("fgw@zj.example", "申请人", "急用")
    with pytest.raises(UrgedToday):
        await desk.db.write(urge_by_operator, desk.office, app.number, "王五", "", desk.clock.tick())
    desk.clock.tick(days=1)
    assert isinstance(
        await desk.db.write(urge_by_operator, desk.office, app.number, "王五", "", desk.clock.tick()), Moved
    )
    newest, _ = await desk.letters("urge")
    assert newest.facts["who"] == {"zh": "运行人员 王五", "en": "the operator 王五"}
    assert [e.payload["by"] for e in await desk.events(EventKind.URGED)] == ["applicant", "operator:王五"]
    old, *_ = reversed(await desk.tokens_of("fgw", Channel.REPLY))
    assert isinstance(await desk.present(desk.token_in(newest), channel=Channel.LINK), Decided)
    assert isinstance(error_of(await desk.present(old)), AlreadyDecided)
    assert await desk.verify() is None


@one_database
async def test_nobody_is_urged_where_no_answer_is_awaited(desk: Desk) -> None:
    await desk.submit()
    token = await status_token(desk)
    await desk.answer(COUNTY, Outcome.RETURN, "请补充")
    with pytest.raises(NothingToUrge):
        await desk.db.write(urge_by_applicant, desk.office, token, "", desk.clock.tick())
    with pytest.raises(UnknownToken):
        await desk.db.write(urge_by_applicant, desk.office, "a" * 40, "", desk.clock.tick())
    assert await desk.letters("urge") == []
    assert await desk.events(EventKind.URGED) == []


@one_database
async def test_what_is_suspended_is_not_urged_nor_what_has_no_officer(desk: Desk) -> None:
    app = await desk.submit()
    await desk.db.write(suspend_by_operator, desk.office, app.number, "王五", "核查", desk.clock.tick())
    with pytest.raises(Suspended):
        await desk.db.write(urge_by_operator, desk.office, app.number, "王五", "", desk.clock.tick())
    nobody = await desk.submit(county="330106", project__title="无人可问")
    with pytest.raises(NothingToUrge):
        await desk.db.write(urge_by_operator, desk.office, nobody.number, "王五", "", desk.clock.tick())


async def test_the_database_takes_one_urging_a_day(desk: Desk) -> None:
    app = await desk.submit()
    await desk.db.write(urge_by_operator, desk.office, app.number, "王五", "", desk.clock.tick())

    def again(tx: Transaction) -> None:
        day = office_date(desk.clock())
        tx.insert(Urging, application_id=app.id, day=day, by="applicant", urged_at=desk.clock())

    with pytest.raises(IntegrityError):
        await desk.db.write(again)
