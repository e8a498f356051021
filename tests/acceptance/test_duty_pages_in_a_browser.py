"""Units report and a lead accepts in a real browser with JavaScript switched off: on a phone and on a desk."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from approvals.database import Database
from models.settings import Settings
from models.states import ApplicationState
from portal.app import create_app
from tests.acceptance.test_pages_in_a_browser import chromium, each_language, each_size, fits, page_of
from tests.support.browser import serving
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.duties import HANGZHOU, NINGBO

__all__ = ["chromium"]
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
WORDS = {
    "zh": {
        "going_on": "进行中",
        "done": "完成",
        "send": "提交报告",
        "why": "请写明办理情况",
        "reported": "已答复：完成",
        "back": "退回重报",
        "answer": "提交决定",
        "sent_back": "已答复：退回重报",
        "tick": "请勾选至少一个",
    },
    "en": {
        "going_on": "In progress",
        "done": "Done",
        "send": "Send the report",
        "why": "say what was done",
        "reported": "Answered: Done",
        "back": "Send back",
        "answer": "Send the decision",
        "sent_back": "Answered: Sent back",
        "tick": "Tick at least one",
    },
}


@pytest.fixture
async def portal(settings: Settings, db: Database, clock: Clock, duty_desk: Desk) -> AsyncIterator[str]:
    there = settings.model_copy(update={"policies": duty_desk.office.policies})
    async with serving(create_app(there, db, now=clock.tick), settings.portal_port) as address:
        yield address


@each_size
@each_language
async def test_a_unit_reports_and_the_lead_sends_back(
    chromium: Browser, portal: str, duty_desk: Desk, size: str, language: str
) -> None:
    words, desk = WORDS[language], duty_desk
    await desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    page = await page_of(chromium, size)
    await page.goto(f"{portal}/d/{(await desk.tokens_of(HANGZHOU))[0]}?lang={language}")
    assert await fits(page)
    assert await page.get_by_role("radio", checked=True).count() == 0
    await page.get_by_label(words["going_on"], exact=True).check()
    await page.get_by_role("button", name=words["send"]).click()
    assert words["why"] in await page.get_by_role("alert").inner_text()
    assert await fits(page)
    await page.locator("#opinion").fill("第一批\n" + "https://zj.example/" + "x" * 200)
    await page.locator("#figure_open_scenarios").fill("12")
    await page.get_by_role("button", name=words["send"]).click()
    assert await page.locator("#figure_open_scenarios").input_value() == "12"
    assert await fits(page)
    await page.get_by_label(words["done"], exact=True).check()
    await page.locator("#opinion").fill("全部开放。")
    await page.get_by_role("button", name=words["send"]).click()
    assert words["reported"] in await page.get_by_role("status").inner_text()
    assert await fits(page)

    await desk.answer(NINGBO, opinion="完成")
    await page.goto(f"{portal}/d/{(await desk.tokens_of('fgw'))[0]}?lang={language}")
    assert await fits(page)
    assert await page.get_by_role("checkbox", checked=True).count() == 2
    await page.get_by_label(words["back"], exact=True).check()
    await page.locator("#opinion").fill("请补清单")
    for n in (0, 1):
        await page.locator(f"#unit_{n}").uncheck()
    await page.get_by_role("button", name=words["answer"]).click()
    assert words["tick"] in await page.get_by_role("alert").inner_text()
    await page.locator("#unit_1").check()
    await page.get_by_role("button", name=words["answer"]).click()
    assert words["sent_back"] in await page.get_by_role("status").inner_text()
    assert await fits(page)
    standing = await desk.standing()
    assert (standing.state, standing.round) == (ApplicationState.IN_PROGRESS, 2)
    assert standing.open_stage is not None
    assert [task.unit for task in standing.open_stage.tasks] == [NINGBO]
    assert standing.targets[0].reached == 12
