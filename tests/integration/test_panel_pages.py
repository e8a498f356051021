"""The page of an expert as a browser shows it, and what letters and replies say of it."""

import re
from collections.abc import AsyncIterator

import pytest

from approvals import inbound, judging
from approvals.arrived import arrived
from approvals.database import Database
from approvals.late import reminders
from models.letter import Letter
from models.secrets import derive_token
from models.settings import Settings
from models.states import MailState, Purpose
from notifications.judging.replies import reply_in
from notifications.rendering.render import render
from portal.app import create_app
from tests.integration.mail_fixtures import proven, reply_to
from tests.support.browser import Browser, browsing, errors_in
from tests.support.dump import dump
from tests.support.panel import BEST, FOLDER, PanelDesk
from tests.unit.test_letters import bodies

WHOLE = "须为非负整数，例如 8。"
#: Nothing here depends on the database.
ONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
SHEET = {"points_novelty": "7", "points_plan": "23"}


@pytest.fixture
async def browser(settings: Settings, db: Database, city: PanelDesk) -> AsyncIterator[Browser]:
    there = settings.model_copy(update={"policies": FOLDER})
    async with browsing(create_app(there, db, now=city.clock.tick)) as opened:
        yield opened


async def first_link(city: PanelDesk) -> str:
    await city.to_the_panel()
    key = (await city.seated())["panel:1"] or ""
    return "/d/" + await city.link(key)


@ONE
async def test_the_page_shows_the_case_the_sheet_and_that_it_is_blind(
    city: PanelDesk, browser: Browser, db: Database
) -> None:
    link = await first_link(city)
    before = await dump(db)
    page = await browser.open(link)
    assert page.status_code == 200
    for words in ("请专家评分", "机器人手", "创新性", "权重 40%", "0 至 30 的整数", "盲评", "专家评审", "评审专家 4"):
        assert words in page.text, words
    for secret in ("expert2@", "专家评审组", " checked", "<script", "style="):
        assert secret not in page.text, secret
    for path in (link, link + "/score", link + "?outcome=score&points_plan=30"):
        await browser.client.get(path, follow_redirects=True)
    assert await dump(db) == before, "looking changes nothing"
    assert "I score it" in (await browser.open(link + "?lang=en")).text


async def test_an_expert_scores_and_sees_the_own_sheet_alone(city: PanelDesk, browser: Browser) -> None:
    link = await first_link(city)
    keys = [key or "" for key in (await city.seated()).values()]
    await city.score(keys[1], BEST, "创新突出")
    sent = await browser.send(link, "/score", outcome="score", opinion="方案扎实", **SHEET)
    assert (sent.status_code, sent.headers["location"]) == (303, link)
    page = (await browser.open(link)).text
    for words in ("已收到您的评分", "7 / 10", "23 / 30", "方案扎实"):
        assert words in page, words
    assert "创新突出" not in page and "100.00" not in page
    again = await browser.client.post(link + "/score", data={"csrf": "x", "outcome": "score"} | SHEET)
    assert again.status_code == 409
    for key in keys[2:]:
        await city.score(key, BEST)
    page = (await browser.open(link)).text
    for words in ("74.00", "100.00", "达到 60.00 分"):
        assert words in page, words


@ONE
async def test_errors_stand_at_their_lines_and_what_was_entered_stays(city: PanelDesk, browser: Browser) -> None:
    link = await first_link(city)
    refused = await browser.send(link, "/score", opinion="写到一半", **SHEET)
    assert (refused.status_code, errors_in(refused)) == (422, ["请选择“评分”或“回避”。"])
    assert "写到一半" in refused.text and 'value="23"' in refused.text
    for given, error in (
        ("", "请为“实施方案”评分。"),
        ("31", "“实施方案”须为 0 至 30 的整数。"),
        ("x", WHOLE),
    ):
        refused = await browser.send(link, "/score", outcome="score", **(SHEET | {"points_plan": given}))
        assert (refused.status_code, errors_in(refused)) == (422, [error])
        assert 'href="#points_plan"' in refused.text
    refused = await browser.send(link, "/score", outcome="recuse")
    assert (refused.status_code, errors_in(refused)) == (422, ["回避请写明原因。"])
    await browser.open(link)
    assert (await browser.client.post(link + "/score", data={"outcome": "score"} | SHEET)).status_code == 403
    assert (await browser.send(link, outcome="approve")).status_code in (400, 422)
    assert (await city.standing()).stages[1].tasks[0].outcome is None


@ONE
async def test_an_expert_recuses_on_the_page_and_the_link_says_who_has_the_seat(
    city: PanelDesk, browser: Browser
) -> None:
    link = await first_link(city)
    assert (await browser.send(link, "/score", outcome="recuse", opinion="与王总合作")).status_code == 303
    closed = await browser.open(link)
    assert closed.status_code == 410
    assert "由抽取顺序中的下一位专家接替" in closed.text
    assert "与王总合作" not in closed.text


@ONE
async def test_a_large_sum_asks_an_expert_for_a_code_too(city: PanelDesk, browser: Browser) -> None:
    await city.to_the_panel(amounts__city="1,500,000")
    key = (await city.seated())["panel:1"] or ""
    link = "/d/" + await city.link(key)
    page = await browser.open(link)
    assert 'name="code"' in page.text
    wrong = await browser.send(link, "/score", outcome="score", **SHEET)
    assert wrong.status_code == 422 and 'href="#code"' in wrong.text
    await browser.send(link, "/code", outcome="score", **SHEET)
    code = await city.newest_code()
    assert (await browser.send(link, "/score", outcome="score", code=code, **SHEET)).status_code == 303


@ONE
async def test_the_applicant_sees_seats_and_scores_after_the_end_and_no_names(
    city: PanelDesk, browser: Browser
) -> None:
    await city.to_the_panel()
    (letter,) = await city.letters("submitted")
    link = "/s/" + derive_token(city.office.key, Purpose.STATUS, letter.facts["status_nonce"])
    page = (await browser.open(link)).text
    assert "评审专家 1" in page and "100.00" not in page
    await city.score_all(BEST, BEST, BEST, BEST)
    page = (await browser.open(link)).text
    for words in ("评审专家 1", "100.00", "达到 60.00 分的入围线", (await city.draw())["seed"]):
        assert words in page, words
    assert "uni.example" not in page and "专家1<" not in page
    decide = (await browser.open("/d/" + (await city.tokens_of("industry"))[0])).text
    assert "100.00" in decide and "uni.example" in decide, "whoever decides sees who scored"


@ONE
async def test_a_reply_of_an_expert_gets_the_letter_that_says_to_use_the_page(
    city: PanelDesk, settings: Settings
) -> None:
    await city.to_the_panel()
    key = (await city.seated())["panel:1"] or ""
    (letter,) = await city.letters_to(key)
    for n, text in enumerate(("同意\n很好", "90 分", "回避\n有利害关系")):
        mail = reply_to(letter, settings, text)
        raw, to = mail.as_bytes(), str(mail["To"])
        now = city.clock.tick(hours=1)
        mail_id = await city.db.write(inbound.receive, raw, letter.address, to, f"m{n}", f"h{n}", now)
        assert mail_id is not None
        _, came = await city.db.read(arrived, mail_id)
        state = await city.db.write(judging.judge, city.office, mail_id, proven(reply_in(raw, came.act)), now)
        assert state is MailState.ASKED_AGAIN
    again = [x for x in await city.letters_to(key) if x.kind == "ask_again"]
    assert len(again) == 3
    said = bodies(render(again[0], settings))[0]
    assert "页面" in said and "同意”“不同意" not in said
    assert (await city.standing()).stages[1].tasks[0].outcome is None


@ONE
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_letter_to_an_expert_and_about_a_panel_can_be_written(
    city: PanelDesk, settings: Settings, language: str
) -> None:
    await city.to_the_panel()
    key = (await city.seated())["panel:1"] or ""
    await city.recuse((await city.seated())["panel:2"] or "")
    await city.recuse((await city.seated())["panel:2"] or "")
    city.clock.tick(days=60)
    for stage in await city.db.read(reminders.overdue, city.clock()):
        await city.db.write(reminders.look_at, city.office, stage, city.clock())
    assert (await city.letters_to(key))[0].kind == "remind"
    kinds = set()
    for letter in await city.letters():
        kinds.add(letter.kind)
        one = Letter(**(letter.model_dump() | {"language": language}))
        for body in bodies(render(one, settings)):
            text = re.sub(r"https?://\S+|reply\+\S+|[\w.]+@\S+", "", body)
            assert "None" not in text and "{{" not in text
            if letter.address.startswith("expert"):
                assert "贵单位" not in text and "your unit" not in text.lower(), text
    assert {"ask", "remind", "no_longer_asked", "panel_short", "late"} <= kinds
