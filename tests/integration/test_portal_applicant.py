"""What an applicant does in the portal: look, withdraw, amend."""

import json
from collections.abc import AsyncIterator

import pytest
import yaml

from approvals.database import Database
from models.files.form_file import MAX_BYTES, read_form
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Outcome, Purpose
from portal.app import create_app
from portal.yaml_file import yaml_of
from tests.support.browser import Browser, browsing, errors_in
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dump import dump
from tests.support.forms import fields_of, form_of

COUNTY, CITY = "@county:330110", "@city:330100"


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def status_link(desk: Desk) -> str:
    assert desk.app is not None
    letter = (await desk.letters("submitted", application_id=desk.app.id))[-1]
    return "/s/" + derive_token(desk.office.key, Purpose.STATUS, letter.facts["status_nonce"])


async def amend_link(desk: Desk) -> str:
    assert desk.app is not None
    letter = (await desk.letters("returned", application_id=desk.app.id))[0]
    return "/a/" + derive_token(desk.office.key, Purpose.AMEND, letter.facts["amend_nonce"])


async def returned(desk: Desk) -> str:
    """Submit, have the county approve and the city return; return the link to amend."""
    await desk.submit()
    await desk.answer(COUNTY, opinion="县内意见，仅供办理。")
    await desk.answer(CITY, Outcome.RETURN, "请核减市级金额。")
    return await amend_link(desk)


async def test_the_status_page_follows_the_application(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link = await status_link(desk)
    page = (await browser.open(link)).text
    for words in ("正在办理：县级推荐", "余杭区人民政府正在办理", "2026年11月30日 周一 18:00", "您现在无需操作"):
        assert words in page, words
    await desk.answer(COUNTY, opinion="县内意见，仅供办理。")
    await desk.answer(CITY, Outcome.RETURN, "请核减市级金额。")
    page = (await browser.open(link)).text
    for words in ("已退回，等待您修改", "请核减市级金额。", "退回通知信中的链接"):
        assert words in page, words
    assert "县内意见" not in page, "the applicant sees the opinion of a no"
    await desk.resubmit(amounts__city="4,000,000")
    await desk.approve_until()
    page = (await browser.open(link)).text
    for words in ("已核定：1,700万元", "第 2 轮", "审批已全部完成", "请核减市级金额。"):
        assert words in page, words


async def test_the_status_page_shows_why_it_was_refused(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.REFUSE, "不符合条件。")
    page = (await browser.open(await status_link(desk))).text
    assert "不予支持" in page
    assert "不符合条件。" in page
    assert "/withdraw" not in page


async def test_a_withdrawal_needs_a_reason_a_tick_and_our_form(desk: Desk, browser: Browser, db: Database) -> None:
    await desk.submit()
    link = await status_link(desk)
    before = await dump(db)
    assert (await browser.client.post(link + "/withdraw", data={"reason": "x", "confirm": "yes"})).status_code == 403
    wrong = await browser.send(link, "/withdraw", reason=" ")
    assert (wrong.status_code, errors_in(wrong)) == (422, ["请填写撤回原因。", "请勾选确认。"])
    assert await dump(db) == before
    done = await browser.send(link, "/withdraw", reason="市场变化", confirm="yes")
    assert (done.status_code, done.headers["location"]) == (303, link)
    page = (await browser.open(link)).text
    assert "已撤回" in page
    assert "市场变化" in page
    assert (await desk.standing()).state is ApplicationState.WITHDRAWN


async def test_an_application_is_withdrawn_once(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link = await status_link(desk)
    field = await browser.csrf(link)
    sent = {"csrf": field, "reason": "市场变化", "confirm": "yes"}
    assert (await browser.client.post(link + "/withdraw", data=sent)).status_code == 303
    assert (await browser.client.post(link + "/withdraw", data=sent)).status_code == 409


async def test_a_returned_application_is_amended_in_the_box(desk: Desk, browser: Browser) -> None:
    link = await returned(desk)
    page = await browser.open(link)
    assert "请核减市级金额。" in page.text
    text = (await browser.open(link + "/application.yaml")).text.replace("5,000,000", "4,000,000")
    sent = await browser.client.post(link, data={"csrf": await browser.csrf(link)}, files={"text": (None, text)})
    assert (sent.status_code, sent.headers["location"]) == (303, link)
    standing = await desk.standing()
    assert (standing.round, standing.state, standing.asked_total) == (2, ApplicationState.IN_PROGRESS, 1_700_000_000)
    assert "修改稿已收到" in (await browser.open(link)).text
    again = await browser.client.post(link, data={"csrf": browser.csrf_in(page)}, files={"text": (None, text)})
    assert again.status_code == 410
    assert (await desk.standing()).round == 2


@pytest.mark.parametrize("kind", ["yaml", "json"])
async def test_a_returned_application_is_amended_by_a_file(desk: Desk, browser: Browser, kind: str) -> None:
    link = await returned(desk)
    fields = fields_of(amounts__city="4,000,000")
    data = yaml.safe_dump(fields, allow_unicode=True) if kind == "yaml" else json.dumps(fields)
    files = {"text": (None, "anything"), "file": (f"amended.{kind}", data.encode(), "application/octet-stream")}
    sent = await browser.client.post(link, data={"csrf": await browser.csrf(link)}, files=files)
    assert sent.status_code == 303
    assert (await desk.standing()).round == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("measure: [", "YAML"),
        ("只是一句话", "申请表"),
        ("measure: 19\n", "必填项未填写"),
        (yaml.safe_dump(fields_of(amounts__city="-1")), "amounts.city"),
        (yaml.safe_dump(fields_of(amounts__province="29,000,000")), "3,000万元"),
        (yaml.safe_dump(fields_of(applicant__credit_code="91330200MA2H8T4Q5J")), "不得变更"),
        ("", "请上传文件"),
    ],
)
async def test_a_faulty_amendment_is_refused_by_field_and_kept_to_correct(
    desk: Desk, browser: Browser, text: str, sentence: str
) -> None:
    link = await returned(desk)
    sent = await browser.client.post(link, data={"csrf": await browser.csrf(link)}, files={"text": (None, text)})
    assert sent.status_code == 422
    assert any(sentence in one for one in errors_in(sent)), errors_in(sent)
    assert (await desk.standing()).state is ApplicationState.RETURNED


async def test_a_form_that_we_did_not_show_amends_nothing(desk: Desk, browser: Browser, db: Database) -> None:
    link = await returned(desk)
    before = await dump(db)
    sent = await browser.client.post(link, files={"text": (None, "measure: 19")})
    assert sent.status_code == 403
    assert "measure: 19" in sent.text
    assert await dump(db) == before


async def test_a_file_one_byte_too_long_is_refused(desk: Desk, browser: Browser) -> None:
    link = await returned(desk)
    files = {"file": ("a.yaml", b"#" * (MAX_BYTES + 1), "application/yaml")}
    sent = await browser.client.post(link, data={"csrf": await browser.csrf(link)}, files=files)
    assert sent.status_code == 422
    assert f"{MAX_BYTES:,}" in errors_in(sent)[0]


async def test_what_is_no_form_at_all_is_refused(desk: Desk, browser: Browser) -> None:
    link = await returned(desk)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/plain"):
        sent = await browser.client.post(link, content=b"\xff\x00{", headers={"content-type": kind})
        assert 400 <= sent.status_code < 500, kind


async def test_the_link_to_amend_of_a_withdrawn_application_says_there_is_nothing_to_do(
    desk: Desk, browser: Browser
) -> None:
    link = await returned(desk)
    await desk.withdraw()
    page = await browser.open(link)
    assert page.status_code == 200
    assert "现在无需修改" in page.text


def test_the_downloaded_file_reads_back_to_the_same_content() -> None:
    content = form_of(project__summary="第一行\n第二行: “引号” # 不是注释\n", project__title="yes").content()
    assert read_form(yaml_of(content, "zhejiang-ai-2025").encode()).content() == content
