"""What single letters say: until when a link works, which command helps, and who is asked in whose place."""

import pytest

from approvals import inbound
from approvals.late import reminders
from models.settings import Settings
from models.states import Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk, hangzhou_directory
from tests.support.forms import SINGLE, THIRD
from tests.unit.test_letters import COUNTY, LANGUAGES, bodies, parsed, reply

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "下面的链接在 2027年3月1日 周一 18:00 前可以使用"),
        ("en", "can be used until Mon 1 Mar 2027, 18:00 Beijing time"),
    ],
)
async def test_a_letter_of_return_says_until_when_its_link_can_be_used(
    language: str, said: str, desk: Desk, settings: Settings
) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RETURN, "请补充预算。")
    (letter,) = await desk.letters("returned")
    letter.language = language
    letter.facts["amend_until"] = "2027-03-01T10:00:00+00:00"
    assert said in bodies(render(letter, settings))[0]
    letter.facts = {key: value for key, value in letter.facts.items() if key != "amend_until"}
    text = bodies(render(letter, settings))[0]
    assert "lapse" not in text
    assert "不会自动失效" not in text


async def test_a_letter_about_a_missing_officer_names_a_command_that_exists(desk: Desk, settings: Settings) -> None:
    await desk.submit(SINGLE, applicant__credit_code=THIRD, county="330106", project__title="无人可问")
    found = await desk.letters("officer_missing")
    assert found
    for letter in found:
        for letter.language in LANGUAGES:
            assert "liandong directory import" in bodies(render(letter, settings))[0]


@pytest.fixture
async def lacking_desk(parent_desk: Desk) -> Desk:
    """The office at work: Yuhang has no officer, and by the setting its city is asked in its place."""
    await parent_desk.import_directory([entry for entry in hangzhou_directory() if entry.unit != COUNTY])
    await parent_desk.submit()
    return parent_desk


INSTEAD = {
    "zh": "余杭区人民政府在通讯录中没有经办人，现请杭州市人民政府代为答复",
    "en": "are asked in place of Yuhang District Government, which has no officer in the directory",
}
ROW = {
    "zh": "办理单位：余杭区人民政府（由杭州市人民政府代）",
    "en": "Unit: Yuhang District Government (Hangzhou City Government in its place)",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_letter_to_who_stands_in_says_for_whom_and_why(
    language: str, lacking_desk: Desk, settings: Settings
) -> None:
    lacking_desk.clock.tick(days=30)
    for stage in await lacking_desk.db.read(reminders.overdue, lacking_desk.clock()):
        await lacking_desk.db.write(reminders.look_at, lacking_desk.office, stage, lacking_desk.clock())
    for kind in ("ask", "remind"):
        (letter,) = await lacking_desk.letters(kind)
        letter.language = language
        text, html = bodies(render(letter, settings))
        assert INSTEAD[language] in text
        assert INSTEAD[language] in html
        assert ROW[language] in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "已请杭州市人民政府代为答复；以先到的答复为准"),
        ("en", "Hangzhou City Government was asked in your place"),
    ],
)
async def test_an_officer_who_comes_later_hears_who_was_asked_before(
    language: str, said: str, lacking_desk: Desk, settings: Settings
) -> None:
    await lacking_desk.import_directory()
    (letter,) = await lacking_desk.letters("ask", address="330110@zj.example")
    letter.language = language
    assert said in bodies(render(letter, settings))[0]
    assert INSTEAD[language] not in bodies(render(letter, settings))[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("已请上级代为答复", "已发函请杭州市人民政府代为答复", "以先到的答复为准")),
        ("en", ("the unit above was asked", "Hangzhou City Government was asked in its place", "first answer counts")),
    ],
)
async def test_the_operator_hears_who_was_asked_in_whose_place(
    language: str, said: tuple[str, ...], lacking_desk: Desk, settings: Settings
) -> None:
    (letter,) = await lacking_desk.letters("officer_missing")
    letter.language = language
    raw = render(letter, settings)
    whole = parsed(raw)["Subject"] + bodies(raw)[0]
    assert all(words in whole for words in said)
    assert "liandong directory import" in whole
    assert "停在该单位等候" not in whole


@pytest.mark.parametrize(("language", "said"), [("zh", "同意 · 杭州市人民政府"), ("en", "Approve · Hangzhou City")])
async def test_a_reply_that_comes_too_late_hears_who_answered_in_its_place(
    language: str, said: str, lacking_desk: Desk, settings: Settings
) -> None:
    lacking_desk.clock.tick()
    await lacking_desk.import_directory()
    own, above = await lacking_desk.letters("ask")
    for letter in (above, own):
        await reply(lacking_desk, letter, inbound.Reply((letter.address,), Outcome.APPROVE))
    (late,) = await lacking_desk.letters("not_counted")
    late.language = language
    assert said in bodies(render(late, settings))[0]
