"""What single letters say: until when a link works, and which command helps."""

import pytest

from models.settings import Settings
from models.states import Outcome
from notifications.render import render
from tests.support.desk import Desk
from tests.support.forms import SINGLE, THIRD
from tests.unit.test_letters import COUNTY, LANGUAGES, bodies

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "下面的链接在 2027-03-01 18:00（北京时间）前可以使用"),
        ("en", "can be used until 2027-03-01 18:00 Beijing time"),
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
