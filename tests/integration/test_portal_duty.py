"""The pages of a duty, on both databases: what units report and what a lead accepts, by a form without a script."""

from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Channel, Outcome, Purpose
from portal.app import create_app
from tests.support.browser import Browser, browsing, errors_in
from tests.support.desk import Desk
from tests.support.dump import dump
from tests.support.duties import HANGZHOU, NINGBO

FIGURE = "figure_open_scenarios"


@pytest.fixture
async def browser(settings: Settings, db: Database, duty_desk: Desk) -> AsyncIterator[Browser]:
    there = settings.model_copy(update={"policies": duty_desk.office.policies})
    async with browsing(create_app(there, db, now=duty_desk.clock.tick)) as opened:
        yield opened


async def link_of(desk: Desk, unit: str) -> str:
    return "/d/" + (await desk.tokens_of(unit))[0]


async def opened(desk: Desk) -> None:
    await desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO), opened_by="李雷")


async def test_the_page_shows_the_duty_its_words_its_target_and_until_when(duty_desk: Desk, browser: Browser) -> None:
    await opened(duty_desk)
    page = await browser.open(await link_of(duty_desk, HANGZHOU))
    assert page.status_code == 200
    for words in (
        "ZJAI24-D-2026-00001",
        "滚动开放应用场景（2026 年）",
        "roll open no less than 50 application scenarios",
        "省发展改革委",
        "李雷",
        "2026年12月21日 周一 18:00",
        "逾期未报告完成",
        "第 1 步，共 2 步",
        "50 个",
        "<svg",
        f'name="{FIGURE}"',
    ):
        assert words in page.text, words
    assert " checked" not in page.text, "nothing may be chosen beforehand"
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_pages_of_a_duty_speak_the_officers_language(duty_desk: Desk, browser: Browser) -> None:
    await opened(duty_desk)
    page = (await browser.open(await link_of(duty_desk, NINGBO))).text
    for words in ('<html lang="en">', "Please report for the Ningbo City Government", "In progress", "Report"):
        assert words in page


async def test_looking_changes_nothing(duty_desk: Desk, browser: Browser, db: Database) -> None:
    await opened(duty_desk)
    link, before = await link_of(duty_desk, HANGZHOU), await dump(db)
    for path in (link, link + "?outcome=done&opinion=x", link + "/report", link + "/accept"):
        await browser.client.get(path, follow_redirects=True)
        await browser.client.head(path, follow_redirects=True)
    assert await dump(db) == before


async def test_a_unit_reports_progress_and_then_that_it_is_done(duty_desk: Desk, browser: Browser) -> None:
    await opened(duty_desk)
    link = await link_of(duty_desk, HANGZHOU)
    first = await browser.send(link, "/report", outcome="in_progress", opinion="第一批。", **{FIGURE: "1,2"})
    assert (first.status_code, first.headers["location"]) == (303, link)
    page = (await browser.open(link)).text
    for words in ("贵单位此前的报告", "第一批。", f'name="{FIGURE}" value="12"', "24%"):
        assert words in page, words
    done = await browser.send(link, "/report", outcome="done", opinion="全部开放。", **{FIGURE: "30"})
    assert done.status_code == 303
    page = (await browser.open(link)).text
    for words in ("已答复：完成", "全部开放。", "330100@zj.example", "60%"):
        assert words in page, words
    assert (await duty_desk.standing()).targets[0].by_unit == {HANGZHOU: 30}
    again = await browser.client.post(
        link + "/report", data={"csrf": "x", "outcome": "in_progress", "opinion": "改主意"}
    )
    assert again.status_code == 409
    assert await duty_desk.verify() is None


async def test_errors_stand_at_their_fields_and_what_was_entered_stays(
    duty_desk: Desk, browser: Browser, db: Database
) -> None:
    await opened(duty_desk)
    link = await link_of(duty_desk, HANGZHOU)
    before = await dump(db)
    refused = await browser.send(link, "/report", opinion="写到一半", **{FIGURE: "-3"})
    assert refused.status_code == 422
    assert errors_in(refused) == ["请选择“完成”或“进行中”。", "须为非负整数，例如 12；没有可不填。"]
    assert "写到一半" in refused.text and 'value="-3"' in refused.text
    assert f'href="#{FIGURE}"' in refused.text and f'id="{FIGURE}"' in refused.text
    assert await dump(db) == before
    refused = await browser.send(link, "/report", outcome="in_progress", opinion=" ")
    assert (refused.status_code, errors_in(refused)) == (422, ["请写明办理情况。"])
    refused = await browser.send(link, "/report", outcome="done", opinion="长" * 5001)
    assert errors_in(refused) == ["此处至多 5,000 字，现有 5,001 字；请删减。"]
    refused = await browser.send(link, "/report", outcome="done", opinion="好", figure_other="1")
    assert refused.status_code == 422
    assert (await duty_desk.standing()).position == 0


@pytest.mark.parametrize("given", ["", "1.5", "abc", "1" * 20, "-1", "１２", "1,000"])
async def test_a_figure_is_a_whole_number(duty_desk: Desk, browser: Browser, given: str) -> None:
    await opened(duty_desk)
    link = await link_of(duty_desk, HANGZHOU)
    answer = await browser.send(link, "/report", outcome="in_progress", opinion="好", **{FIGURE: given})
    reached = (await duty_desk.standing()).targets[0].by_unit
    known = {"": {}, "１２": {HANGZHOU: 12}, "1,000": {HANGZHOU: 1000}}
    assert (answer.status_code, reached) == (303 if given in known else 422, known.get(given, {}))


async def test_the_lead_sees_every_report_and_accepts(duty_desk: Desk, browser: Browser) -> None:
    await opened(duty_desk)
    for unit, text in ((HANGZHOU, "杭州已开放"), (NINGBO, "宁波已开放")):
        await duty_desk.answer(unit, opinion=text, channel=Channel.LINK, figures={"open_scenarios": 20})
    link = await link_of(duty_desk, "fgw")
    page = (await browser.open(link + "?lang=zh")).text
    for words in ("请验收", "杭州已开放", "宁波已开放", "80%", 'value="@city:330200" checked'):
        assert words in page, words
    assert (
        'type="radio" id="outcome-accept" name="outcome" value="accept" aria-describedby="outcome-accept-hint">' in page
    )
    assert (await browser.send(link, "/accept", outcome="accept")).status_code == 303
    assert "已答复：通过验收" in (await browser.open(link)).text
    assert (await duty_desk.standing()).state is ApplicationState.ACCOMPLISHED


async def test_the_lead_sends_back_the_units_that_it_ticks(duty_desk: Desk, browser: Browser) -> None:
    await opened(duty_desk)
    for unit in (HANGZHOU, NINGBO):
        await duty_desk.answer(unit, opinion="完成")
    link = await link_of(duty_desk, "fgw")
    await browser.open(link + "?lang=zh")
    refused = await browser.send(link, "/accept", outcome="return", opinion="请补清单")
    assert errors_in(refused) == ["请勾选至少一个需要重新报告的单位。"]
    assert 'value="@city:330200" checked' not in refused.text, "what was ticked stays, and nothing was"
    refused = await browser.send(link, "/accept", outcome="return", unit_1=NINGBO)
    assert errors_in(refused) == ["不同意或退回须写明意见。"]
    refused = await browser.send(link, "/accept", outcome="return", opinion="请补", unit_1="kjt")
    assert refused.status_code == 422
    assert (await browser.send(link, "/accept", outcome="")).status_code == 422
    assert (await browser.send(link, "/accept", outcome="return", opinion="请补清单", unit_1=NINGBO)).status_code == 303
    page = (await browser.open(await link_of(duty_desk, NINGBO))).text
    for words in ("请补清单", "第 2 轮"):
        assert words in page, words
    await duty_desk.answer(NINGBO, opinion="清单已补")
    page = (await browser.open(await link_of(duty_desk, "fgw"))).text
    for words in ("此前的报告有效", "清单已补", "退回意见"):
        assert words in page, words


async def test_a_claims_form_and_a_dutys_form_do_not_answer_each_other(duty_desk: Desk, browser: Browser) -> None:
    await duty_desk.submit()
    link = await link_of(duty_desk, "@county:330110")
    assert (await browser.send(link, "/report", outcome="in_progress", opinion="x")).status_code == 400
    assert (await duty_desk.standing()).position == 0
    await opened(duty_desk)
    link = await link_of(duty_desk, HANGZHOU)
    assert (await browser.send(link, "/accept", outcome="return", opinion="x", unit_0=HANGZHOU)).status_code == 400
    assert (await browser.send(link, outcome="refuse", opinion="x")).status_code == 400
    assert (await duty_desk.standing()).position == 0


@pytest.mark.parametrize("path", ["/report", "/accept"])
async def test_a_form_that_we_did_not_show_reports_nothing(
    duty_desk: Desk, browser: Browser, db: Database, path: str
) -> None:
    await opened(duty_desk)
    link = await link_of(duty_desk, HANGZHOU)
    await browser.open(link)
    before = await dump(db)
    assert (await browser.client.post(link + path, data={"outcome": "done", "opinion": "x"})).status_code == 403
    assert await dump(db) == before


async def test_what_units_write_is_shown_and_never_run(duty_desk: Desk, browser: Browser) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU,), period=nasty[:60], opened_by=nasty)
    await browser.send(await link_of(duty_desk, HANGZHOU), "/report", outcome="done", opinion=nasty)
    for page in (
        await browser.open(await link_of(duty_desk, "fgw")),
        await browser.open(await link_of(duty_desk, HANGZHOU)),
    ):
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "&lt;script&gt;" in page.text


async def test_the_lead_can_look_at_any_time(duty_desk: Desk, browser: Browser) -> None:
    await opened(duty_desk)
    await duty_desk.report(HANGZHOU, "第一批已开放", open_scenarios=7)
    (letter,) = await duty_desk.letters("submitted")
    link = "/s/" + derive_token(duty_desk.office.key, Purpose.STATUS, letter.facts["status_nonce"])
    page = (await browser.open(link + "?lang=zh")).text
    for words in ("任务办理进度", "第一批已开放", "等待报告", "14%", "杭州市人民政府"):
        assert words in page, words
    for unit in (HANGZHOU, NINGBO):
        await duty_desk.answer(unit, opinion="完成")
    await duty_desk.answer("fgw")
    assert "已完成" in (await browser.open(link)).text


async def test_a_hundred_units_can_be_sent_back_on_one_page(duty_desk: Desk, browser: Browser) -> None:
    """101 boxes are more fields than any other form has; the officers of most units are missing, so we act for them."""
    await duty_desk.open_duty(24, "scenarios")
    standing = await duty_desk.standing()
    assert len(standing.route[0].units) == 101
    page = await browser.open(await link_of(duty_desk, HANGZHOU))
    assert page.status_code == 200
    ticked = {f"unit_{n}": unit for n, unit in enumerate(standing.route[0].units)}
    refused = await browser.send(await link_of(duty_desk, HANGZHOU), "/accept", outcome="return", opinion="x", **ticked)
    assert refused.status_code == 400, "read, and refused for what it says"
    assert (await duty_desk.standing()).stages[0].outcome is not Outcome.RETURN
