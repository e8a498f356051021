"""What pages show of the judgement, on both databases: findings, facts, overlaps; amounts only where there are."""

import dataclasses
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import yaml

from approvals.database import Database
from approvals.pieces import pieces_of
from models.files.form_file import read_form
from models.money import Fen
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Level, Outcome, Purpose
from portal.app import create_app
from portal.yaml_file import ORDER, yaml_of
from tests.integration.test_batches import batch, send
from tests.integration.test_ceilings import INTEREST
from tests.support.browser import Browser, browsing, errors_in
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.forms import fields_of, form_of
from tests.support.kinds import KINDS, TALENT, VOUCHERS, with_every_kind

COUNTY, CITY = "@county:330110", "@city:330100"


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


@pytest.fixture
async def lpr(desk: Desk) -> Desk:
    """The office, where 50% of the LPR on 500 million yuan is 8.75 million."""
    await desk.record_figure("lpr_5y", "3.5%")
    return desk


@pytest.fixture
def kinds(desk: Desk, tmp_path: Path) -> Desk:
    """The office, with a policy whose measure 19 gives everything that a policy can give."""
    desk.office = dataclasses.replace(desk.office, policies=with_every_kind(tmp_path))
    return desk


async def decide_link(desk: Desk, unit: str) -> str:
    return "/d/" + (await desk.tokens_of(unit))[0]


async def applicants_link(desk: Desk, kind: str, purpose: Purpose) -> str:
    assert desk.app is not None
    letter = (await desk.letters(kind, application_id=desk.app.id))[0]
    return f"/{purpose.value[0]}/" + derive_token(desk.office.key, purpose, letter.facts[f"{purpose.value}_nonce"])


async def shown(browser: Browser, link: str, language: str = "zh") -> str:
    """Return the words of a page, without its markup."""
    page = await browser.open(f"{link}?lang={language}")
    assert page.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def test_a_reviewer_sees_each_rule_what_it_looked_at_its_result_and_its_words(
    lpr: Desk, browser: Browser
) -> None:
    await lpr.submit(INTEREST)
    link = await decide_link(lpr, COUNTY)
    page = await shown(browser, link)
    for words in (
        "规则核验",
        "✓ 符合 不超过 50% × 五年期以上 LPR × 计息贷款本金 × 本年计息天数 ÷ 计息年天数",
        "五年期以上 LPR 3.5%",
        "结果 至多 875万元",
        "2026 年已核定 0元 结果 尚余 1,000万元",
        "政策依据（措施 12） For computing infrastructure projects",
        "按规则，本件合计至多核定 875万元。",
        "原文未明确之处 原文未写明计息年天数，按 365 天计。",
    ):
        assert words in page, words
    english = await shown(browser, link, "en")
    for words in ("loan prime rate over five years 3.5%", "Result at most 8,750,000 yuan", "What the text leaves open"):
        assert words in english, words
    assert "重复支持" not in page


async def test_facts_are_shown_by_the_names_of_the_measure(lpr: Desk, browser: Browser) -> None:
    await lpr.submit(INTEREST, project__cost_basis="贷款合同 2025-018")
    status = await applicants_link(lpr, "submitted", Purpose.STATUS)
    for link in (await decide_link(lpr, COUNTY), status):
        page, english = await shown(browser, link), await shown(browser, link, "en")
        for words in (
            "计息贷款本金 50,000万元",
            "贷款合同签订日 2025-07-01",
            "贴息年度 2026",
            "费用依据 贷款合同 2025-018",
        ):
            assert words in page, words
        assert "the computing centre complies with national and provincial planning yes" in english
    assert "✓ 符合 每家单位每年不超过 1,000万元 · 尚余 1,000万元" in await shown(browser, status)


async def test_the_page_of_a_city_that_fixes_the_award_asks_for_its_own_money_and_not_the_provinces(
    lpr: Desk, browser: Browser
) -> None:
    await lpr.submit(INTEREST, amounts__county="2,000,000")
    await lpr.approve_to("city_determination")
    link = await decide_link(lpr, CITY)
    page = await shown(browser, link)
    assert "市级（元） 申请额 600万元，可核减。 县级（元） 须等于其承诺额 200万元。" in page
    assert "省级" not in page
    assert "合计不超过 875万元" in page
    refused = await browser.send(link, outcome="approve", amount_county="1,000,000")
    assert errors_in(refused) == ["县级金额须等于其承诺额 200万元"]
    assert (await browser.send(link, outcome="approve", amount_city="5,000,000")).status_code == 303
    assert (await lpr.standing()).award == {
        Level.PROVINCE: 0,
        Level.CITY: Fen(5_000_000_00),
        Level.COUNTY: 2_000_000_00,
    }


async def test_an_overlap_is_shown_with_its_sums_before_and_after_it_is_awarded(lpr: Desk, browser: Browser) -> None:
    other = await lpr.submit(INTEREST)
    await lpr.submit()
    link = await decide_link(lpr, COUNTY)
    page = await shown(browser, link)
    assert f"同一单位另有 1 件相同事项的申请 {other.number} 同一项目 申请 600万元 · 办理中" in page
    assert "第 14 条 强化信贷贴息支持 · 万卡集群训练框架" in page
    assert "目前没有已核定的金额" in page
    assert "从高不重复" in page and "priority, emphasis, and non repetition" in page
    mine, lpr.app = lpr.app, other
    await lpr.approve_to()
    lpr.app = mine
    page, english = await shown(browser, link), await shown(browser, link, "en")
    assert "已核定 600万元" in page
    assert "此前已核定 600万元，从本件中抵减；本件至多再核定 2,400万元。" in page
    assert "at most 24,000,000 yuan may still be awarded here" in english


async def test_what_is_set_off_can_be_taken_from_every_level(lpr: Desk, browser: Browser) -> None:
    await lpr.submit(INTEREST, project__cost_basis="合同 1", project__title="算力中心")
    await lpr.approve_to()
    sums = {"amounts__province": "12,000,000", "amounts__city": "9,000,000", "amounts__county": "6,000,000"}
    await lpr.submit(project__cost_basis="合同１", **sums)
    await lpr.approve_to("determination")
    link = await decide_link(lpr, "kjt")
    page = await shown(browser, link)
    assert "同一费用依据" in page
    assert "合计不超过 2,400万元。 按原申请和承诺合计 2,700万元，须调减。" in page
    assert "承诺额 900万元；因有抵减，可低于此数。" in page
    code = {"code": ""}
    await browser.send(link, "/code")
    code["code"] = await lpr.newest_code()
    refused = await browser.send(link, outcome="approve", **code)
    assert "至多再核定 2,400万元" in errors_in(refused)[0]
    assert (await browser.send(link, outcome="approve", amount_city="6,000,000", **code)).status_code == 303
    assert (await lpr.standing()).award_total == 24_000_000_00


async def test_what_an_overlap_leaves_nothing_of_can_only_be_refused(lpr: Desk, browser: Browser) -> None:
    await lpr.submit(amounts__province="20,000,000")
    await lpr.answer(COUNTY)
    await lpr.approve_to()
    await lpr.submit(INTEREST)
    page = await shown(browser, await decide_link(lpr, COUNTY))
    assert "此前已核定 2,800万元，本件不能再核定；请选择“不同意”或“退回”。" in page


@pytest.mark.parametrize("gives", ["recognition", "listing", "clearance"])
async def test_where_no_money_is_given_no_page_shows_or_asks_for_an_amount(
    kinds: Desk, browser: Browser, gives: str
) -> None:
    await kinds.submit(KINDS[gives])
    status = await applicants_link(kinds, "submitted", Purpose.STATUS)
    for unit in (COUNTY, CITY, "kjt", "fgw", "czt", "kjt"):
        link = await decide_link(kinds, unit)
        html = (await browser.open(link)).text
        assert 'name="amount_' not in html
        for language in ("zh", "en"):
            for words in (await shown(browser, link, language), await shown(browser, status, language)):
                assert not [sum_ for sum_ in ("金额", "0元", " 0 yuan", "Amounts", "合计", "资金层级") if sum_ in words]
        assert (await browser.send(link, outcome="approve")).status_code == 303
    standing = await kinds.standing()
    assert (standing.state, standing.award_total) == (ApplicationState.AWARDED, 0)
    result = {
        "recognition": "已认定：省级领军人才",
        "listing": "已入选：示范应用场景",
        "clearance": "审查通过：算力设施布局审查",
    }
    assert result[gives] in await shown(browser, status)
    assert result[gives] in await shown(browser, link)
    assert await kinds.verify() is None


async def test_the_last_stage_says_what_its_approval_recognises(kinds: Desk, browser: Browser) -> None:
    await kinds.submit(TALENT)
    await kinds.approve_to("determination")
    link = await decide_link(kinds, "kjt")
    assert "即认定“省级领军人才”，全部环节完成。" in await shown(browser, link)
    assert "It recognises “Provincial leading talent”, and the chain is complete." in await shown(browser, link, "en")
    assert "年薪 大于 100万元 年薪 120万元" in await shown(browser, link)


async def test_vouchers_are_counted_and_called_vouchers(kinds: Desk, browser: Browser) -> None:
    await kinds.submit(VOUCHERS)
    await kinds.approve_to("determination")
    page = await shown(browser, await decide_link(kinds, "kjt"))
    assert "市级（元）" in page and "县级（元）" in page and "省级（元）" not in page
    await kinds.approve_to()
    status = await applicants_link(kinds, "submitted", Purpose.STATUS)
    assert "已核定：券 300万元" in await shown(browser, status)


async def test_the_amend_page_shows_what_was_sent_and_brings_facts_and_policy_back(lpr: Desk, browser: Browser) -> None:
    await lpr.submit(INTEREST, project__cost_basis="贷款合同 2025-018")
    before = (await lpr.standing()).facts
    await lpr.answer(COUNTY, Outcome.RETURN, "请核减。")
    link = await applicants_link(lpr, "returned", Purpose.AMEND)
    page = await shown(browser, link)
    assert "计息贷款本金 loan_principal 50,000万元" in page
    assert "市级 600万元" in page
    file = yaml.safe_load((await browser.open(link + "/application.yaml")).text)
    assert [*file] == list(ORDER)
    assert file["policy"] == "zhejiang-ai-2025"
    text = (await browser.open(link + "/application.yaml")).text.replace("6,000,000", "5,000,000")
    field = await browser.csrf(link)
    sent = await browser.client.post(link, data={"csrf": field}, files={"text": (None, text)})
    assert sent.status_code == 303, errors_in(sent)
    standing = await lpr.standing()
    assert (standing.round, standing.asked_total, standing.facts) == (2, Fen(5_000_000_00), before)
    assert standing.cost_basis == "贷款合同 2025-018"


async def test_the_amend_page_of_a_batch_brings_its_pieces_back(desk: Desk, browser: Browser) -> None:
    first = await send(desk, batch("A1", "A2"))
    page = await shown(browser, await decide_link(desk, "fgw"))
    assert "合计至多 660元" in page and "逐件核对 2 件" in page
    await desk.answer("fgw", Outcome.RETURN, "请补充说明。")
    link = await applicants_link(desk, "returned", Purpose.AMEND)
    text = (await browser.open(link + "/application.yaml")).text.replace("万卡集群", "智能眼镜")
    sent = await browser.client.post(link, data={"csrf": await browser.csrf(link)}, files={"text": (None, text)})
    assert sent.status_code == 303, errors_in(sent)
    standing = await desk.standing()
    assert (standing.round, standing.title) == (2, "智能眼镜训练框架")
    assert [piece.key for piece in await desk.db.read(pieces_of, first)] == ["a1", "a2"]


async def test_an_amended_application_stays_under_its_policy(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RETURN, "请核减。")
    link = await applicants_link(desk, "returned", Purpose.AMEND)
    text = yaml.safe_dump(fields_of(policy="another-2026"))
    sent = await browser.client.post(link, data={"csrf": await browser.csrf(link)}, files={"text": (None, text)})
    assert sent.status_code == 422
    assert "policy" in errors_in(sent)[0] and "zhejiang-ai-2025" in errors_in(sent)[0]


@pytest.mark.parametrize(
    "facts", [{}, {"a": "yes", "b": True, "c": "2025-07-01", "d": "3.5%", "e": "1,000", "f": "是"}]
)
def test_the_file_reads_back_to_the_same_facts_and_cost_basis(facts: dict[str, str | bool]) -> None:
    content = form_of(facts=facts, project__cost_basis="合同: “1” #2").content()
    assert read_form(yaml_of(content, "a-policy").encode()).content() == content
    assert read_form(yaml_of(content, "a-policy").encode()).policy == "a-policy"


async def test_what_an_applicant_states_is_shown_and_never_run(kinds: Desk, browser: Browser) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x>"
    await kinds.submit(TALENT, facts__talent_name=nasty, project__cost_basis=nasty)
    await kinds.submit(VOUCHERS, project__title=nasty, project__cost_basis=nasty)
    page = (await browser.open(await decide_link(kinds, COUNTY))).text
    assert "重复支持" in page
    assert "<script" not in page and "<img" not in page
