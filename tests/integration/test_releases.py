"""Releases: an instalment is paid by all levels or by none, once everybody who pays has agreed."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy

import pytest

from approvals import pages
from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from approvals.money import audit_money, ledger, releases
from approvals.money.releases import ReleaseOpening
from approvals.moves.mover import Moved
from approvals.moves.take_back import take_back
from models.errors import RefusedApplication, WrongAnswer, WrongState
from models.event import EventKind
from models.ledger import Account
from models.settings import Settings
from models.states import ApplicationState, Channel, Level, Outcome
from notifications.rendering.render import render
from tests.integration.test_audit import tamper
from tests.support.desk import Desk, error_of
from tests.support.forms import SINGLE
from tests.support.money import CITY, COUNTY, CZT, awarded, balances_of, open_release, released

PAYERS = (CZT, CITY, COUNTY)
OWED = {CZT: 10_000_000_00, CITY: 5_000_000_00, COUNTY: 3_000_000_00}
FIRST = {unit: fen * 6 // 10 for unit, fen in OWED.items()}


def text_of(raw: bytes) -> str:
    part = message_from_bytes(raw, policy=policy.default).get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content())


async def paid(desk: Desk) -> dict[str, int]:
    return {unit: fen for (unit, account), fen in (await balances_of(desk)).items() if account is Account.PAID}


async def test_all_who_pay_are_asked_at_once_and_the_last_to_agree_pays_all_levels(desk: Desk) -> None:
    award = await awarded(desk)
    app = await open_release(desk, award.number)
    assert app.number == "ZJAI19-R-2026-00001"
    standing = await desk.standing()
    assert standing.open_stage is not None
    assert [task.unit for task in standing.open_stage.tasks] == list(PAYERS)
    for unit in (COUNTY, CZT):
        await desk.answer(unit)
        assert await paid(desk) == {}
    await desk.answer(CITY)
    assert await paid(desk) == FIRST
    standing = await desk.standing()
    assert (standing.state, standing.state_name("zh")) == (ApplicationState.ACCOMPLISHED, "已拨付")
    assert await desk.verify() is None
    desk.app = award
    assert [e.payload["amounts"] for e in await desk.events(EventKind.RELEASED)] == [
        {"province": 6_000_000_00, "city": 3_000_000_00, "county": 1_800_000_00}
    ]
    assert await desk.verify() is None
    assert await desk.db.read(audit_money.of_all) is None


async def test_one_who_does_not_agree_ends_it_and_nobody_pays_and_it_can_be_opened_again(desk: Desk) -> None:
    award = await awarded(desk)
    await open_release(desk, award.number)
    await desk.answer(CZT)
    await desk.answer(CITY, Outcome.REFUSE, "本级预算未到位")
    assert (await desk.standing()).state is ApplicationState.REFUSED
    assert await paid(desk) == {}
    assert await desk.verify() is None
    again = await released(desk, award.number)
    assert again.number == "ZJAI19-R-2026-00002"
    assert await paid(desk) == FIRST


async def test_the_last_instalment_takes_the_rest_and_nothing_is_owed_any_more(desk: Desk) -> None:
    award = await awarded(desk, SINGLE, amounts__province="9,999,999.99")
    await released(desk, award.number)
    assert await paid(desk) == {CZT: 599999999}
    await released(desk, award.number, "acceptance")
    assert await balances_of(desk) == {(CZT, Account.RESERVED): 999999999, (CZT, Account.PAID): 999999999}
    posted = await desk.db.read(ledger.postings, award.number)
    assert [one.kind.value for one in posted] == ["reservation", "release", "release"]
    found = await desk.db.read(releases.parts_by_number, award.number)
    assert [(part.total, part.is_paid) for part in found] == [(599999999, True), (400000000, True)]


async def test_a_release_cannot_be_opened_twice_out_of_turn_or_without_evidence(desk: Desk) -> None:
    award = await awarded(desk, SINGLE)
    with pytest.raises(WrongState, match="release that one first"):
        await open_release(desk, award.number, "acceptance")
    with pytest.raises(RefusedApplication, match="choose one of: award"):
        await open_release(desk, award.number, "someday")
    with pytest.raises(RefusedApplication, match="say what shows it"):
        await open_release(desk, award.number, evidence="  ")
    first = await open_release(desk, award.number)
    with pytest.raises(WrongState, match=f"{first.number} is for this instalment already"):
        await open_release(desk, award.number)
    with pytest.raises(WrongState, match="nothing to release"):
        await open_release(desk, first.number)


async def test_what_has_not_been_awarded_is_not_released(desk: Desk) -> None:
    app = await desk.submit(SINGLE)
    with pytest.raises(WrongState, match="has not been awarded"):
        await open_release(desk, app.number)


async def test_a_release_is_agreed_to_or_not_and_nobody_is_left_out(desk: Desk) -> None:
    award = await awarded(desk)
    await open_release(desk, award.number)
    for outcome in (Outcome.RETURN, Outcome.ABSTAIN):
        assert isinstance(error_of(await desk.answer(CZT, outcome, "再议")), WrongAnswer)
    assert (await desk.standing()).state is ApplicationState.IN_PROGRESS
    assert await desk.verify() is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_letters_say_which_instalment_of_what_is_paid_in_both_languages(desk: Desk, settings: Settings) -> None:
    award = await awarded(desk)
    await released(desk, award.number)
    for kind in ("submitted", "ask", "concluded"):
        for letter in await desk.letters(kind, application_id=desk.app.id if desk.app else ""):
            for language in ("zh", "en"):
                letter.language = language
                said = text_of(render(letter, settings))
                assert award.number in said and "合同已签订" in said
                assert ("第 1 期，共 2 期" if language == "zh" else "1 of 2: the first on the award") in said
    (told, *_) = await desk.letters("concluded", application_id=desk.app.id if desk.app else "")
    assert told.facts["release"]["pay"] == {"province": 6_000_000_00, "city": 3_000_000_00, "county": 1_800_000_00}
    assert len(await desk.letters("concluded", application_id=desk.app.id if desk.app else "")) == 4


async def test_the_page_of_who_pays_shows_what_is_paid(desk: Desk) -> None:
    award = await awarded(desk)
    await open_release(desk, award.number)
    (token, *_) = await desk.tokens_of(CITY)
    page = await desk.db.read(pages.decide_page, token, desk.clock())
    assert page.standing.release is not None
    assert page.standing.release.pay == {Level.PROVINCE: 600000000, Level.CITY: 300000000, Level.COUNTY: 180000000}


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


async def test_two_who_agree_last_at_the_same_moment_pay_once(desk: Desk, other: Database) -> None:
    for n in range(3):
        award = await awarded(desk, project__title=f"项目 {n}")
        await open_release(desk, award.number)
        await desk.answer(CZT)
        tokens = [(await desk.tokens_of(unit, Channel.REPLY))[0] for unit in (CITY, COUNTY)]
        yes = Answer(Outcome.APPROVE)
        answers = await asyncio.gather(
            *(
                db.write(decide, desk.office, token, yes, Channel.REPLY, desk.clock.tick())
                for db, token in zip((desk.db, other), tokens, strict=True)
            )
        )
        assert [type(answer) for answer in answers] == [Decided, Decided]
        assert await paid(desk) == {unit: fen * (n + 1) for unit, fen in FIRST.items()}
        assert await desk.verify() is None


async def test_two_operators_at_once_open_one_release(desk: Desk, other: Database) -> None:
    award = await awarded(desk, SINGLE)
    opening = ReleaseOpening(award.number, "award", "合同已签订", "operator")
    made = await asyncio.gather(
        *(db.write(releases.open_release, desk.office, opening, desk.clock.tick()) for db in (desk.db, other)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in made) == ["Application", "WrongState"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE ledger_entry SET credit = credit - 1 WHERE account = 'paid'", "differs from what was sealed"),
        ("UPDATE application SET asked_city = asked_city + 1 WHERE kind = 'release'", "another sum than was released"),
        ("UPDATE application SET kind = 'claim' WHERE kind = 'release'", "kind differs from what was sent"),
        ("UPDATE application SET state = 'refused' WHERE kind = 'release'", "another sum than was released"),
    ],
)
async def test_whatever_is_done_to_a_release_is_found(desk: Desk, statement: str, why: str) -> None:
    award = await awarded(desk)
    await released(desk, award.number)
    await tamper(desk, statement)
    found = await desk.verify()
    assert found is not None and why in found.why


async def test_an_answer_that_was_taken_back_pays_nothing_until_it_is_given_again(desk: Desk) -> None:
    award = await awarded(desk)
    await open_release(desk, award.number)
    (token, *_) = await desk.tokens_of(CZT)
    await desk.present(token, channel=Channel.LINK)
    moved = await desk.db.write(take_back, desk.office, token, "须再核", Channel.LINK, desk.clock.tick())
    assert isinstance(moved, Moved), moved
    for unit in (CITY, COUNTY):
        await desk.answer(unit)
    assert await paid(desk) == {}
    await desk.answer(CZT)
    assert await paid(desk) == FIRST
    assert await desk.verify() is None
