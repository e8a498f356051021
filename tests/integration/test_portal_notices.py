"""The pages of public notices, as anybody sees them; and the page on which the unit that decided answers."""

from collections.abc import AsyncIterator

import httpx
import pytest

from approvals.database import Database
from models.hashing import sha256
from models.policy.notice_rules import MAX_FILE_BYTES, MAX_FILES
from models.settings import Settings
from models.states import ApplicationState
from portal.app import create_app
from tests.support.browser import Browser, browsing, errors_in
from tests.support.desk import Desk
from tests.support.dump import dump
from tests.support.notices import SAID, notice, noticed_city, object_to, on_view, sweep, token_about

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
async def city(empty_desk: Desk) -> Desk:
    return await noticed_city(empty_desk)


@pytest.fixture
async def browser(settings: Settings, db: Database, city: Desk) -> AsyncIterator[Browser]:
    here = settings.model_copy(update={"policies": city.office.policies})
    async with browsing(create_app(here, db, now=city.clock.tick)) as opened:
        yield opened


async def send(
    browser: Browser, number: str, files: list[tuple[str, bytes]] | None = None, **fields: str
) -> httpx.Response:
    """Send the form of an objection as a browser does."""
    page = f"/notices/{number}/object"
    given = {"csrf": await browser.csrf(page), "name": "赵六", "contact": "zhao@people.example", "text": "重复补助。"}
    parts = [("files", (name, content, "application/pdf")) for name, content in files or [("", b"")]]
    return await browser.client.post(page, data=given | fields, files=parts)


async def test_anybody_sees_what_is_on_view_and_checks_the_file(city: Desk, browser: Browser) -> None:
    assert "目前没有公示" in (await browser.open("/notices")).text
    number = await on_view(city)
    before = await dump(city.db)
    listed = await browser.open("/notices")
    assert listed.status_code == 200
    for said in (number, "无人值守车间", "示例机器人有限公司", "30万元", "正在公示"):
        assert said in listed.text
    page = await browser.open(f"/notices/{number}")
    assert "示例市经信局拟对下列申请给予支持" in page.text
    english = await browser.open(f"/notices/{number}?lang=en")
    assert "Sample City Bureau of Industry means to support" in english.text
    shown = await notice(city)
    for kind, digest in (("html", shown.html_sha256), ("csv", shown.csv_sha256)):
        file = await browser.open(f"/notices/{number}/notice.{kind}")
        assert sha256(file.content) == digest
        assert digest in page.text
        assert file.headers["content-disposition"].startswith("attachment")
    assert "w@robots.example" not in page.text + listed.text + english.text
    assert "Disallow: /" in (await browser.open("/robots.txt")).text
    assert await dump(city.db) == before


async def test_an_objection_by_the_page_stops_the_clock_and_is_answered_on_the_page(
    city: Desk, browser: Browser
) -> None:
    number = await on_view(city)
    sent = await send(browser, number, [("证据.pdf", b"%PDF-"), ("照片.JPG", b"\xff\xd8")])
    assert (sent.status_code, sent.headers["location"]) == (303, f"/notices/{number}/objected")
    assert "已收到您的异议" in (await browser.open(sent.headers["location"])).text
    page = await browser.open(f"/notices/{number}")
    assert "有 1 件异议正在核实" in page.text
    assert "赵六" not in page.text
    (letter, *_) = await city.letters("ask", address="industry@city.example")
    link = f"/d/{city.token_in(letter)}"
    asked = await browser.open(link)
    for said in ("重复补助。", "赵六", "zhao@people.example", "证据.pdf", "异议不成立", "30万元"):
        assert said in asked.text
    file = await browser.open(f"{link}/files/1")
    assert (file.content, file.headers["content-type"]) == (b"%PDF-", "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment")
    assert (await browser.open(f"{link}/files/3")).status_code == 404
    silent = await browser.send(link, outcome="approve", opinion="")
    assert (silent.status_code, errors_in(silent)) == (422, ["答复异议须写明意见。"])
    assert (await browser.send(link, outcome="approve", opinion="经核实不属实。")).status_code == 303
    decided = await browser.open(link)
    assert "已作决定：异议不成立" in decided.text
    assert (await notice(city)).look == "running"


async def test_a_form_that_is_wrong_keeps_what_was_written_and_takes_nothing(city: Desk, browser: Browser) -> None:
    number = await on_view(city)
    before = await dump(city.db)
    for wrong, files, field in (
        ({"name": " "}, None, "请填写姓名"),
        ({"contact": "x"}, None, "请填写电子邮箱或电话号码"),
        ({"text": ""}, None, "请填写异议内容"),
        ({"csrf": "0" * 64}, None, "请核对后再次提交"),
        ({}, [("run.exe", b"MZ")], "不接收“run.exe”这种文件"),
        ({}, [("a.pdf", b"x")] * (MAX_FILES + 1), "至多附 5 个文件"),
        ({}, [("a.pdf", b"x" * (MAX_FILE_BYTES + 1))], "超过 5 MB"),
    ):
        page = await send(browser, number, files, **wrong)
        assert page.status_code in (403, 422)
        assert field in "".join(errors_in(page))
        assert ("重复补助。" in page.text) == ("text" not in wrong)
    assert (await send(browser, number, [("a.pdf", b"x" * MAX_FILE_BYTES)] * 3)).status_code == 413
    assert await dump(city.db) == before


async def test_a_notice_that_is_over_says_so_and_takes_nothing(city: Desk, browser: Browser) -> None:
    number = await on_view(city)
    form = await browser.csrf(f"/notices/{number}/object")
    city.clock.now = (await notice(city)).due_at
    city.clock.tick(minutes=2)
    late = {"csrf": form, "name": "甲", "contact": "a@b.example", "text": "迟了"}
    assert (await browser.client.post(f"/notices/{number}/object", data=late)).status_code == 410
    assert await sweep(city) == 1
    page = await browser.open(f"/notices/{number}")
    assert "公示期满，没有异议成立" in page.text
    assert f'href="/notices/{number}/object"' not in page.text
    assert (await browser.open(f"/notices/{number}/object")).status_code == 410
    assert (await browser.open("/notices/SC04-2026-99999")).status_code == 404
    assert (await browser.open("/notices/%3Cscript%3E")).status_code == 404
    assert (await city.standing()).state is ApplicationState.AWARDED


async def test_one_contact_is_told_to_come_back_tomorrow(city: Desk, browser: Browser) -> None:
    number = await on_view(city)
    for _ in range(3):
        await object_to(city, SAID)
    page = await send(browser, number, contact=SAID.contact)
    assert page.status_code == 429
    assert "请明天再提交" in "".join(errors_in(page))


async def test_a_foreign_link_opens_no_file(city: Desk, browser: Browser) -> None:
    await on_view(city)
    made = await object_to(city)
    token = await token_about(city, made)
    (other, *_) = await city.tokens_of("finance")
    assert (await browser.open(f"/d/{other}/files/1")).status_code in (404, 410)
    assert (await browser.open(f"/d/{token}/files/1")).status_code == 404
