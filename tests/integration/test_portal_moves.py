"""Other steps at the pages: hand over, lend, add, copy, suspend, take back, urge; answers that are no yes and no no."""

from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from models.secrets import derive_token
from models.settings import Settings
from models.states import Outcome, Purpose, StageState, TaskEnd, TaskKind, TaskState
from portal.app import create_app
from tests.support.browser import Browser, browsing, errors_in
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dump import dump

COUNTY, CITY = "@county:330110", "@city:330100"
sqlite_alone = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def link_of(desk: Desk, unit: str) -> str:
    return "/d/" + (await desk.tokens_of(unit))[0]


async def moved(browser: Browser, link: str, wanted: str, **fields: str) -> str:
    """Send a small form and return the page that says what was done."""
    answer = await browser.send(link, "/move", wanted=wanted, **fields)
    assert (answer.status_code, answer.headers.get("location")) == (303, f"{link}/move"), errors_in(answer)
    return (await browser.open(f"{link}/move?lang=zh")).text


async def at_cosigning(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")


async def test_a_task_is_handed_over_and_the_old_link_says_who_answers_now(
    desk: Desk, browser: Browser, db: Database
) -> None:
    await at_cosigning(desk)
    link = await link_of(desk, "czt")
    page = (await browser.open(link)).text
    for words in ("其他办理", "转办", "委派", "加签", "抄送", "挂起", '<option value="省经信厅">', "退回给谁", "弃权"):
        assert words in page
    assert "减签" not in page, "nobody was added"
    done = await moved(browser, link, "hand_over", to="省经信厅", reason="属其职责")
    assert "已转办给省经信厅" in done and "您无需再办理" in done
    before = await dump(db)
    for _ in range(2):
        assert "已转办给省经信厅" in (await browser.open(f"{link}/move")).text
    old = await browser.open(link)
    assert await dump(db) == before
    assert old.status_code == 410
    for words in ("此件已转办", "省经信厅", "属其职责", "办理"):
        assert words in old.text
    assert (await browser.send(await link_of(desk, "jxt"), outcome="approve")).status_code == 303
    (stage,) = [s for s in (await desk.standing()).stages if s.state is StageState.OPEN]
    assert [(t.unit, t.state, t.ended_as) for t in stage.tasks if t.seat == "czt"] == [
        ("czt", TaskState.VOID, TaskEnd.HANDED_OVER),
        ("jxt", TaskState.DONE, None),
    ]
    assert await desk.verify() is None


async def test_a_lent_task_waits_is_called_back_and_decided(desk: Desk, browser: Browser) -> None:
    await at_cosigning(desk)
    link = await link_of(desk, "czt")
    assert "提出意见后" in await moved(browser, link, "lend", to="jxt", reason="设备价格是否合理？")
    opinion = (await browser.open(await link_of(desk, "jxt"))).text
    assert "不计入表决" in opinion and 'value="return"' not in opinion
    waiting = await browser.open(link)
    assert waiting.status_code == 409
    assert "暂不需您答复" in waiting.text and "收回委派" in waiting.text and 'value="recall"' in waiting.text
    assert "已收回委派" in await moved(browser, link, "recall", reason="已自行查清")
    assert (await browser.send(link, outcome="approve")).status_code == 303
    assert await desk.verify() is None


@sqlite_alone
async def test_what_a_small_form_lacks_is_said_and_nothing_is_moved(desk: Desk, browser: Browser, db: Database) -> None:
    await at_cosigning(desk)
    link = await link_of(desk, "czt")
    before = await dump(db)
    stranger = await browser.client.post(f"{link}/move", data={"wanted": "suspend", "reason": "x"})
    assert stranger.status_code == 403 and await dump(db) == before
    nonsense = await browser.send(link, "/move", wanted="nonsense")
    assert nonsense.status_code == 422 and await dump(db) == before
    unknown = await browser.send(link, "/move", wanted="hand_over", to="省财政大厅", reason="不属我厅职责")
    assert unknown.status_code == 422
    assert "省财政大厅" in errors_in(unknown)[0] and 'href="#hand_over-to"' in unknown.text
    assert "不属我厅职责</textarea>" in unknown.text, "what was entered stays"
    for fields in ({"wanted": "hand_over", "to": "", "reason": "x"}, {"wanted": "lend", "to": "jxt", "reason": " "}):
        assert (await browser.send(link, "/move", **fields)).status_code in (400, 422)
    wrong = await browser.send(link, "/move", wanted="add", to="jxt", where="above", reason="x")
    assert "之前" in errors_in(wrong)[0]
    assert all(task.kind is TaskKind.ASKED for stage in (await desk.standing()).stages for task in stage.tasks)
    assert (await browser.open(f"{link}/move")).headers["location"] == link, "nothing was done"
    assert (await browser.client.post("/d/nobody/move", data={})).status_code == 404


@sqlite_alone
async def test_whoever_was_added_can_be_removed_and_a_copy_decides_nothing(desk: Desk, browser: Browser) -> None:
    await at_cosigning(desk)
    link = await link_of(desk, "czt")
    assert "已并行加签省经信厅" in await moved(browser, link, "add", to="jxt", where="beside", reason="一并研究")
    page = (await browser.open(link)).text
    assert 'name="unit"' in page and '<option value="jxt">省经信厅</option>' in page
    assert "已减签省经信厅" in await moved(browser, link, "remove", unit="jxt", reason="无需一并研究")
    assert "抄送" in await moved(browser, link, "copy", to="jxt", reason="供参考")
    assert len(await desk.letters("copied")) == 1
    page = (await browser.open(link)).text
    assert "办理经过" in page and "一并研究" in page
    assert await desk.verify() is None


@sqlite_alone
async def test_a_suspended_stage_says_so_to_all_and_is_resumed(
    desk: Desk, browser: Browser, settings: Settings
) -> None:
    await at_cosigning(desk)
    link = await link_of(desk, "czt")
    await moved(browser, link, "suspend", reason="等待审计结论")
    other = await browser.open((await link_of(desk, "fgw")) + "?lang=zh")
    assert other.status_code == 409 and "此件已挂起" in other.text
    assert "等待审计结论" in other.text and "现由" not in other.text, "nobody can answer now"
    (letter, *_) = await desk.letters("submitted")
    status = "/s/" + derive_token(settings.secret_key, Purpose.STATUS, letter.facts["status_nonce"])
    seen = (await browser.open(status)).text
    assert "等待审计结论" in seen and "期限停止计算" in seen and "czt@zj.example" not in seen
    assert 'action="' + status + '/urge"' not in seen, "who stands still is not urged"
    assert "期限继续计算" in await moved(browser, link, "resume", reason="已收到")
    assert (await browser.open(link)).status_code == 200


@sqlite_alone
async def test_an_answer_is_taken_back_by_page_until_the_next_one_has_acted(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link = await link_of(desk, COUNTY)
    await browser.send(link, outcome="refuse", opinion="误点")
    assert "拿回" not in (await browser.open(link)).text, "what has ended stays ended"
    await desk.submit(project__title="另一项目")
    link = await link_of(desk, COUNTY)
    await browser.send(link, outcome="approve")
    assert "可以拿回" in (await browser.open(link)).text
    assert "新来函" in await moved(browser, link, "take_back", reason="金额有误")
    gone = await browser.open(link)
    assert gone.status_code == 410 and "拿回" in gone.text
    await desk.answer(COUNTY)
    link = await link_of(desk, COUNTY)
    await desk.answer(CITY)
    page = await browser.open(link)
    assert "已作决定" in page.text and "take_back" not in page.text
    late = await browser.send(await link_of(desk, "kjt"), "/move", wanted="take_back", reason="x")
    assert late.status_code == 400
    assert await desk.verify() is None


@sqlite_alone
async def test_a_return_leads_to_an_earlier_stage_and_comes_straight_back(desk: Desk, browser: Browser) -> None:
    await at_cosigning(desk)
    link = await link_of(desk, "czt")
    page = (await browser.open(link)).text
    assert "第 1 步 县级推荐：余杭区人民政府" in page and "直接回到本环节" in page
    to = (await desk.standing()).route[0].key
    wrong = await browser.send(link, outcome="return", opinion="请核实", returns_to="nowhere")
    assert wrong.status_code == 422 and "#returns_to" in wrong.text
    assert (
        await browser.send(link, outcome="return", opinion="请核实", returns_to=to, straight="yes")
    ).status_code == 303
    decided = (await browser.open(link)).text
    assert "退回至" in decided and "第 1 步 县级推荐" in decided and "直接回到本环节" in decided
    assert decided.count("原答复有效，不再征求") == 2, "the city and the check are passed over"
    assert (await desk.standing()).position == 0
    await desk.answer(COUNTY)
    standing = await desk.standing()
    assert standing.open_stage is not None and standing.open_stage.key == "cosignature"
    page = (await browser.open(await link_of(desk, "czt"))).text
    assert "第 1 轮的答复，仍有效" in page and "第 2 轮仍有效" in page


@sqlite_alone
async def test_a_unit_abstains_and_an_officer_recuses_by_page(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    assert 'id="outcome-abstain"' not in (await browser.open(await link_of(desk, COUNTY))).text, "it decides on money"
    await desk.approve_until("fgw")
    link = await link_of(desk, "czt")
    silent = await browser.send(link, outcome="abstain")
    assert silent.status_code == 422 and '<details class="more" open>' in silent.text
    assert (await browser.send(link, outcome="abstain", opinion="与我厅职责无关")).status_code == 303
    assert "已作决定：弃权" in (await browser.open(link)).text
    link = await link_of(desk, "fgw")
    await browser.send(link, outcome="recuse", opinion="利害关系")
    page = await browser.open(link + "?lang=zh")
    assert page.status_code == 410 and "您已回避此件" in page.text
    tasks = (await desk.standing()).stages[-1].tasks
    assert [t.outcome for t in tasks if t.unit == "czt"] == [Outcome.ABSTAIN]


@sqlite_alone
async def test_the_applicant_urges_once_a_day(desk: Desk, browser: Browser, settings: Settings) -> None:
    await desk.submit()
    (letter, *_) = await desk.letters("submitted")
    status = "/s/" + derive_token(settings.secret_key, Purpose.STATUS, letter.facts["status_nonce"])
    assert (await browser.send(status, "/urge", note="设备已到货")).status_code == 303
    page = (await browser.open(status)).text
    assert "上次催办：" in page and "设备已到货" in page
    assert len(await desk.letters("urge")) == 1
    again = await browser.send(status, "/urge", note="")
    assert again.status_code == 409 and "今天已经催办过" in errors_in(again)[0]
    assert (await browser.client.post(f"{status}/urge", data={"note": "x"})).status_code == 403
    assert len(await desk.letters("urge")) == 1
