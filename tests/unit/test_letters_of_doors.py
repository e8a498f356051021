"""What letters say of a move by reply, of a return that was undone, and of why a unit is asked again."""

import pytest

from approvals import inbound
from approvals.moves.take_back import take_back
from approvals.moves.wish import Wanted, Wish
from models.letter import Letter
from models.settings import Settings
from models.states import Channel, Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.unit.test_letters import COUNTY, LANGUAGES, bodies, looks_right, reply

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
CITY = "@city:330100"


def text_of(letter: Letter, settings: Settings, language: str) -> str:
    """Return the text of ``letter`` in ``language``, after a look at all of it."""
    letter.language = language
    raw = render(letter, settings)
    looks_right(raw, letter)
    return bodies(raw)[0]


@pytest.mark.parametrize(
    ("wish", "zh", "en"),
    [
        (Wish(Wanted.HAND_OVER, "属其职责", "jxt"), "已转办给省经信厅。已于", "Handed over to"),
        (Wish(Wanted.LEND, "是否合理？", "jxt"), "对方提出意见后", "once they have given their opinion"),
    ],
)
async def test_a_move_by_reply_is_told_as_it_was_made(
    wish: Wish, zh: str, en: str, desk: Desk, settings: Settings
) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    (letter, *_) = await desk.asked("czt")
    await reply(desk, letter, inbound.Reply((letter.address,), wish=wish))
    (told,) = await desk.letters("moved")
    assert zh in text_of(told, settings, "zh") and en in text_of(told, settings, "en")


async def test_the_applicant_is_told_that_a_return_was_undone_and_the_unit_that_it_is_asked_anew(
    desk: Desk, settings: Settings
) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    (letter,) = await desk.asked(CITY)
    await desk.answer(CITY, Outcome.RETURN, "请补充")
    token = desk.token_in(letter, Channel.REPLY)
    await desk.db.write(take_back, desk.office, token, "误点", Channel.REPLY, desk.clock.tick())
    (told,) = await desk.letters("return_undone")
    assert told.address == "wang.fang@shenlan.example"
    assert "杭州市人民政府已拿回" in text_of(told, settings, "zh")
    assert "has taken back" in text_of(told, settings, "en")
    (again, *_) = await desk.asked(CITY)
    assert "贵单位已拿回此前的答复" in text_of(again, settings, "zh")
    assert "took its answer back" in text_of(again, settings, "en")


async def test_a_stage_that_it_was_returned_to_hears_by_whom_and_why(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    await desk.answer(CITY, Outcome.RETURN, "请核实\n配套资金", returns_to=(await desk.standing()).route[0].key)
    (again, *_) = await desk.asked(COUNTY)
    assert "杭州市人民政府已将此件退回本环节：“请核实 配套资金”" in text_of(again, settings, "zh")
    assert "has sent this back to your stage" in text_of(again, settings, "en")


async def test_the_lead_hears_who_did_not_agree(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    letter.facts = letter.facts | {
        "dissent": [
            {"unit": {"zh": "省财政厅", "en": "Finance"}, "outcome": "refuse", "opinion": "无预算"},
            {"unit": {"zh": "省经信厅", "en": "Industry"}, "outcome": "abstain", "opinion": "无意见"},
        ]
    }
    zh, en = (text_of(letter, settings, language) for language in LANGUAGES)
    assert "前一环节有不同意见，提交贵单位决定：省财政厅答复“不同意”，“无预算”；省经信厅答复“弃权”，“无意见”。" in zh
    assert "your unit decides: Finance answered “Refuse”, “无预算”; Industry answered “Abstain”, “无意见”." in en
