"""Letters about releases and recoveries: every kind, in both languages, from what the verbs themselves queued."""

import pytest

from approvals import inbound
from models.settings import Settings
from models.states import Level, Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.support.late import sweep
from tests.support.money import CITY, COUNTY, CZT, awarded, open_release, recover, released, repay
from tests.unit.test_letters import LANGUAGES, bodies, looks_right, reply

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def write_every_kind(desk: Desk) -> set[str]:
    """Let releases live through everything that anybody is written about; return their ids."""
    award = await awarded(desk)
    late = await open_release(desk, award.number)
    (letter,) = await desk.asked(COUNTY)
    await reply(desk, letter, inbound.Reply((letter.address,), problem="UNKNOWN", sentence=("第一行不是命令。", "No.")))
    await reply(desk, letter, inbound.Reply(("x@elsewhere.example",), Outcome.APPROVE))
    desk.clock.tick(days=30)
    await sweep(desk)
    await desk.withdraw()
    no = await open_release(desk, award.number)
    (letter,) = await desk.asked(CITY)
    await reply(desk, letter, inbound.Reply((letter.address,), Outcome.REFUSE, "本级预算未到位"))
    first = await released(desk, award.number)
    for level in (Level.PROVINCE, Level.CITY):
        await recover(desk, award.number, 1_000_000_00, level)
    for receipt in ("缴款书 001", "缴款书 002"):
        await repay(desk, award.number, 500_000_00, receipt, Level.CITY)
    second = await open_release(desk, award.number, "acceptance")
    (letter,) = await desk.asked(CZT)
    await reply(desk, letter, inbound.Reply((letter.address,), Outcome.APPROVE))
    for unit in (CITY, COUNTY):
        await desk.answer(unit)
    return {late.id, no.id, first.id, second.id, award.id}


async def test_every_kind_renders_in_both_languages(desk: Desk, settings: Settings) -> None:
    cases = await write_every_kind(desk)
    letters = [one for one in await desk.letters() if one.application_id in cases]
    of_releases = [one for one in letters if one.facts.get("release")]
    assert {one.facts["state"] for one in of_releases if one.kind == "concluded"} == {
        "accomplished",
        "refused",
        "withdrawn",
    }
    assert {"submitted", "ask", "remind", "recorded", "no_longer_asked", "ask_again", "parked"} <= {
        one.kind for one in of_releases
    }
    assert {"recovery", "repayment"} <= {one.kind for one in letters}
    for letter in letters:
        for letter.language in LANGUAGES:
            looks_right(render(letter, settings), letter)


async def test_the_letter_that_asks_says_what_is_set_off_and_offers_no_return(desk: Desk, settings: Settings) -> None:
    award = await awarded(desk)
    await released(desk, award.number)
    await recover(desk, award.number, 2_000_000_00, Level.CITY)
    await open_release(desk, award.number, "acceptance")
    (letter,) = await desk.asked(CITY)
    text, _ = bodies(render(letter, settings))
    for words in (
        "验收合格后",
        "本期金额：720万元",
        "抵减：市级 200万元",
        "拨付：520万元",
        "第一行只写“同意”或“不同意”",
    ):
        assert words in text, words
    assert "退回" not in text
