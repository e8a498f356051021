"""Decide several, on both databases: one page from a digest, each task decided as from its own page."""

import re
from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from approvals.directory import import_officers
from approvals.morning import digests
from models.files.directory_file import Entry
from models.officer import LettersWanted
from models.secrets import derive_code, derive_token
from models.settings import Settings
from models.states import Channel, Outcome, StageState
from notifications.rendering.render import render
from portal.app import create_app
from tests.integration.test_digests import COUNTY, morning, sweep, wanting
from tests.support.browser import Browser, browsing, errors_in
from tests.support.clock import Clock
from tests.support.desk import Desk, hangzhou_directory
from tests.support.dump import dump
from tests.support.duties import two_cities
from tests.unit.test_letters import bodies, looks_right

BINJIANG = "@county:330108"
#: Above the sum from which a link needs a code.
LARGE = {"province": "20,000,000", "city": "5,000,000", "county": "4,000,000"}


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def page_of(desk: Desk, *titles: str, **changes: object) -> str:
    """Submit applications with ``titles``, let the morning come, and return the address of the county's page."""
    for title in titles:
        await desk.submit(project__title=title, **changes)
    assert await sweep(desk, morning(24)) == 1
    (letter,) = await desk.letters("digest")
    return "/m/" + derive_token(desk.office.key, digests.SEVERAL, letter.facts["several_nonce"])


@pytest.fixture
async def county(empty_desk: Desk) -> Desk:
    """The office, whose county wants a digest."""
    return await wanting(empty_desk, LettersWanted.DIGEST)


async def test_the_page_lists_what_waits_and_nothing_is_chosen(county: Desk, browser: Browser) -> None:
    page = await browser.open(await page_of(county, "甲", "乙"))
    assert page.status_code == 200
    for said in ("甲", "乙", "县级推荐", "1,800万元", "2026年11月30日 周一 18:00", "杭州深澜智能科技有限公司"):
        assert said in page.text
    assert " checked" not in page.text
    assert "<script" not in page.text
    assert len(re.findall(r'<input type="radio"', page.text)) == 8


async def test_get_and_head_change_nothing(county: Desk, browser: Browser, db: Database) -> None:
    link = await page_of(county, "甲")
    before = await dump(db)
    for path in (link, link + "?outcome_0=approve", link + "/code"):
        await browser.client.get(path, follow_redirects=True)
        await browser.client.head(path, follow_redirects=True)
    assert await dump(db) == before


async def test_each_choice_is_decided_by_itself_and_what_is_not_chosen_stays(county: Desk, browser: Browser) -> None:
    link = await page_of(county, "甲", "乙", "丙")
    said = await browser.send(link, outcome_0="approve", outcome_1="refuse", opinion_1="无配套资金", outcome_2="")
    assert said.status_code == 200
    assert "已记录：同意" in said.text
    assert "已记录：不同意" in said.text
    assert "共提交 2 件，已记录 2 件" in said.text
    assert (await county.standing()).open_stage is not None, "丙 waits"
    again = await browser.open(link)
    assert "已就此件作出决定" in again.text
    assert len(re.findall(r'<input type="radio"', again.text)) == 4
    assert await county.verify() is None


async def test_a_no_needs_an_opinion_and_then_nothing_at_all_is_decided(
    county: Desk, browser: Browser, db: Database
) -> None:
    link = await page_of(county, "甲", "乙")
    before = await dump(db)
    page = await browser.send(link, outcome_0="approve", outcome_1="return")
    assert page.status_code == 422
    assert len(errors_in(page)) == 1
    assert "须写明意见" in errors_in(page)[0]
    assert page.text.count(" checked") == 2, "what was chosen stays"
    assert await dump(db) == before


@pytest.mark.parametrize("given", [{}, {"outcome_0": "abstain"}, {"outcome_0": "瞎填"}, {"outcome_7": "approve"}])
async def test_nothing_that_is_not_offered_is_taken(
    county: Desk, browser: Browser, db: Database, given: dict[str, str]
) -> None:
    link = await page_of(county, "甲")
    before = await dump(db)
    assert (await browser.send(link, **given)).status_code == 422
    assert await dump(db) == before


async def test_where_somebody_else_was_first_the_page_says_so_and_decides_the_rest(
    county: Desk, browser: Browser
) -> None:
    link = await page_of(county, "甲", "乙")
    field = await browser.csrf(link)
    (letter,) = await county.letters("digest")
    first = derive_token(county.office.key, "decide", letter.facts["tasks"][0]["link_nonce"])
    await county.present(first, Outcome.REFUSE, "不符合条件", channel=Channel.LINK)
    page = await browser.client.post(link, data={"csrf": field, "outcome_0": "approve", "outcome_1": "approve"})
    assert page.status_code == 200
    assert "共提交 2 件，已记录 1 件" in page.text
    assert "未计入" in page.text
    assert "已就此件作出决定" in page.text


async def test_a_form_that_we_did_not_show_decides_nothing(county: Desk, browser: Browser, db: Database) -> None:
    link = await page_of(county, "甲")
    before = await dump(db)
    assert (await browser.client.post(link, data={"outcome_0": "approve", "csrf": "0" * 64})).status_code == 403
    assert await dump(db) == before


async def test_one_code_is_sent_for_all_and_decides_all(county: Desk, browser: Browser, settings: Settings) -> None:
    link = await page_of(county, "甲", "乙", amounts=LARGE)
    refused = await browser.send(link, outcome_0="approve")
    assert "请先获取验证码" in errors_in(refused)[0]
    kept = await browser.send(link, "/code", outcome_0="approve", outcome_1="approve")
    assert kept.text.count(" checked") == 2
    (letter,) = await county.letters("code")
    code = derive_code(county.office.key, letter.facts["code_nonce"])
    for letter.language, said in (("zh", "您正在一并办理 2 件"), ("en", "You are deciding 2 at once")):
        looks_right(raw := render(letter, settings), letter)
        assert said in bodies(raw)[0]
        assert code in bodies(raw)[0]
    too_soon = await browser.send(link, "/code")
    assert "一分钟后" in errors_in(too_soon)[0]
    done = await browser.send(link, outcome_0="approve", outcome_1="approve", code=code)
    assert "共提交 2 件，已记录 2 件" in done.text
    assert await county.verify() is None


async def test_a_wrong_code_decides_nothing(county: Desk, browser: Browser) -> None:
    link = await page_of(county, "甲", amounts=LARGE)
    await browser.send(link, "/code")
    done = await browser.send(link, outcome_0="approve", code="000000x")
    assert "未计入" in done.text
    stage = (await county.standing()).open_stage
    assert stage is not None
    assert stage.state is StageState.OPEN
    assert stage.key == "county_recommendation"


async def test_no_code_is_sent_where_none_is_needed(county: Desk, browser: Browser) -> None:
    link = await page_of(county, "甲")
    assert (await browser.send(link, "/code")).status_code == 409
    assert await county.letters("code") == []


@pytest.mark.parametrize("token", ["a" * 40, "A", "x" * 64])
async def test_another_token_opens_nothing(county: Desk, browser: Browser, token: str) -> None:
    await page_of(county, "甲")
    assert (await browser.open(f"/m/{token}")).status_code == 404


async def test_links_of_other_doors_do_not_open_it_and_it_opens_no_other(county: Desk, browser: Browser) -> None:
    link = await page_of(county, "甲")
    (letter,) = await county.letters("digest")
    own = derive_token(county.office.key, "decide", letter.facts["tasks"][0]["link_nonce"])
    assert (await browser.open(f"/m/{own}")).status_code == 404
    assert (await browser.open(f"/d/{link.removeprefix('/m/')}")).status_code == 404


async def test_the_link_ends_the_next_morning(county: Desk, browser: Browser, clock: Clock) -> None:
    link = await page_of(county, "甲")
    field = await browser.csrf(link)
    clock.now = morning(25, 8, 32)
    assert (await browser.open(link)).status_code == 410
    assert (await browser.client.post(link, data={"csrf": field, "outcome_0": "approve"})).status_code == 410


async def test_an_officer_who_answers_no_more_decides_nothing_here_either(county: Desk, browser: Browser) -> None:
    link = await page_of(county, "甲")
    field = await browser.csrf(link)
    heir = Entry(unit=COUNTY, name="继任", email="heir@zj.example")
    await county.db.write(import_officers, county.office, [heir], county.clock(), replace=True)
    assert "不再是该单位的经办人" in (await browser.open(link)).text
    page = await browser.client.post(link, data={"csrf": field, "outcome_0": "approve"})
    assert "共提交 1 件，已记录 0 件" in page.text
    assert await county.verify() is None


async def test_what_an_applicant_wrote_is_shown_and_never_run(county: Desk, browser: Browser) -> None:
    page = await browser.open(await page_of(county, "<script>alert(1)</script>"))
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_a_duty_is_listed_and_reported_on_its_own_page(duty_desk: Desk, browser: Browser) -> None:
    wanted = [entry.model_copy(update={"letters": LettersWanted.BOTH}) for entry in two_cities()]
    await duty_desk.import_directory(wanted)
    app = await duty_desk.open_duty(27)
    assert await sweep(duty_desk, morning(24)) >= 1
    (letter, *_) = await duty_desk.letters("digest")
    assert app.number in letter.facts["tasks"][0]["number"]
    link = "/m/" + derive_token(duty_desk.office.key, digests.SEVERAL, letter.facts["several_nonce"])
    page = await browser.open(link)
    assert page.status_code == 200
    assert "此件须在单独页面办理" in page.text or "answered on its own page" in page.text
    assert 'type="radio"' not in page.text


async def test_whoever_answers_for_two_units_at_one_address_has_one_letter_and_decides_for_both(
    empty_desk: Desk, browser: Browser
) -> None:
    both = [
        entry.model_copy(update={"letters": LettersWanted.DIGEST, "email": "both@zj.example"})
        if entry.unit in (COUNTY, BINJIANG)
        else entry
        for entry in hangzhou_directory()
    ]
    await empty_desk.import_directory(both)
    await empty_desk.submit(project__title="甲")
    link = await page_of(empty_desk, "乙", county=BINJIANG.removeprefix("@county:"))
    (letter,) = await empty_desk.letters("digest")
    assert letter.address == "both@zj.example"
    units = [task["unit"]["zh"] for task in letter.facts["tasks"]]
    assert len(set(units)) == 2
    said = await browser.send(link, outcome_0="approve", outcome_1="approve")
    assert said.text.count("已记录：同意") == 2
    assert await sweep(empty_desk, morning(24, 10)) == 0
    assert await empty_desk.verify() is None
