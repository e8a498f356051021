"""Dossiers, on both databases: what a reviewer is sent, the same at every try, and never in the way of a letter."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from approvals import dossiers
from approvals.database import Database
from approvals.inbound import Reply
from models.expert import Expert
from models.settings import Settings
from models.states import Outcome
from notifications.papers.dossier import dossier
from notifications.papers.dossiers import Dossiers, wanted
from notifications.papers.reader import Reader, seen_by
from notifications.rendering.render import render
from portal.app import create_app
from tests.support.browser import Browser, browsing
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dump import dump
from tests.support.duties import HANGZHOU, NINGBO
from tests.support.money import awarded, open_release
from tests.support.notices import SAID, noticed_city, object_to, on_view
from tests.support.panel import PanelDesk
from tests.support.pdf import pages
from tests.unit.test_letters import bodies, parsed, reply

COUNTY, CITY = "@county:330110", "@city:330100"


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


@pytest.fixture
async def desk_of_notices(empty_desk: Desk) -> Desk:
    return await noticed_city(empty_desk)


async def names_of_experts(city: PanelDesk) -> list[str]:
    """Return the names of all experts, seated or not."""
    return [expert.name for expert in await city.db.read(lambda tx: list(tx.exec(select(Expert))))]


async def test_a_letter_that_asks_carries_the_same_dossier_at_every_try(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    await desk.answer(COUNTY, opinion="材料齐全，建议支持。")
    (letter, *_) = await desk.asked(CITY)
    made = await Dossiers(desk.db, desk.clock).of(letter)
    await desk.answer(CITY)
    desk.clock.tick(days=1)
    again = await Dossiers(desk.db, desk.clock).of(letter)
    assert made is not None
    assert made == again, "whatever happened meanwhile"
    assert pages(made) >= 1
    files = {
        part.get_filename(): part.get_content() for part in parsed(render(letter, settings, made)).iter_attachments()
    }
    number = letter.facts["number"]
    assert list(files) == [f"卷宗-{number}.pdf", f"规则核验-{number}.txt"]
    assert files[f"卷宗-{number}.pdf"] == made


async def test_it_tells_the_road_so_far_with_opinions_and_the_road_ahead(desk: Desk) -> None:
    app = await desk.submit()
    await desk.answer(COUNTY, opinion="材料齐全，建议支持。")
    facts = dossier(await desk.db.read(dossiers.basis, app.id))
    (county, city) = facts["stages"]
    assert county["answers"][0]["opinion"] == "材料齐全，建议支持。"
    assert county["answers"][0]["answer"]["zh"] == "同意"
    assert city["answers"][0]["answer"]["zh"] == "未答复"
    assert [row["name"]["zh"] for row in facts["ahead"]] == ["2 市级推荐", "3 形式审查", "4 会签", "5 核定"]
    assert facts["ahead"][0]["due"] != "—"
    assert facts["limit"]["zh"] == "规则上限：3,000万元"
    assert {row["name"]["zh"] for row in facts["case"]} >= {"申请单位", "项目名称", "申请"}


async def test_two_senders_attach_the_same(desk: Desk) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    first, second = Dossiers(desk.db, desk.clock), Dossiers(desk.db, desk.clock)
    assert await first.of(letter) == await second.of(letter)
    assert await first.of(letter) is await first.of(letter), "set once"


async def test_two_senders_at_the_same_moment_attach_the_same(desk: Desk, other: Database) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    made = await asyncio.gather(*(Dossiers(db, desk.clock).of(letter) for db in (desk.db, other, desk.db)))
    assert made[0] is not None
    assert made[0] == made[1] == made[2]


async def test_a_dossier_over_the_limit_is_named_and_not_attached(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    small = settings.model_copy(update={"dossier_bytes": 1000})
    pdf = b"%PDF" + b"x" * 1000
    raw = render(letter, small, pdf)
    assert [part.get_content_type() for part in parsed(raw).iter_attachments()] == ["text/plain"]
    assert "卷宗（PDF）较大，未附在本函" in bodies(raw)[0]
    assert "卷宗（PDF）和规则逐条核验的结果见附件" in bodies(render(letter, settings, pdf))[0]
    assert "卷宗" not in bodies(render(letter, settings))[0]


async def test_a_letter_does_not_wait_for_a_dossier_that_cannot_be_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)

    def broken(*_: object) -> bytes:
        raise RuntimeError("no compiler")

    monkeypatch.setattr("notifications.papers.dossiers.set_in", broken)
    assert await Dossiers(desk.db, desk.clock).of(letter) is None


async def test_whoever_is_asked_gets_one_and_whoever_is_told_does_not(desk: Desk) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    await reply(desk, letter, Reply((letter.address,), problem="UNKNOWN", sentence=("不是命令。", "No command.")))
    await desk.answer(COUNTY, Outcome.REFUSE, "不符合条件")
    sent = {letter.kind for letter in await desk.letters() if wanted(letter.kind, letter.facts)}
    assert sent == {"ask", "ask_again"}
    told = {letter.kind for letter in await desk.letters()} - sent
    assert {"submitted", "concluded"} <= told


async def test_those_who_pay_are_sent_what_is_to_be_paid(desk: Desk) -> None:
    award = await awarded(desk)
    await open_release(desk, award.number)
    (letter,) = await desk.asked(COUNTY)
    assert await Dossiers(desk.db, desk.clock).of(letter)
    facts = dossier(await desk.db.read(dossiers.basis, desk.app_id))
    said = {row["name"]["zh"]: row["value"]["zh"] for row in facts["case"]}
    assert said["核定编号"] == award.number and said["拨付依据"] == "合同已签订"
    assert [head["zh"] for head in facts["heads"]["sums"]] == ["本期金额", "抵减", "拨付"]
    assert facts["findings"] == [] and facts["sums"][-1]["awarded"] != "—"


async def test_a_unit_that_reports_sees_its_own_report_and_the_lead_all_of_them(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    (letter,) = await duty_desk.asked(HANGZHOU)
    made = await Dossiers(duty_desk.db, duty_desk.clock).of(letter)
    await duty_desk.report(NINGBO, "宁波的事", open_scenarios=3)
    assert made and made == await Dossiers(duty_desk.db, duty_desk.clock).of(letter), "whatever was reported meanwhile"
    kept = dossier(await duty_desk.db.read(dossiers.basis, duty_desk.app_id))
    assert "宁波的事" in str(seen_by(Reader("accept", "fgw"), kept))
    mine = seen_by(Reader.of_letter(letter.facts), kept)
    assert [row["unit"] for row in mine["reports"]] == [HANGZHOU]
    assert "宁波的事" not in str(mine)
    assert mine["targets"][0]["reached"] == "3（6%）"


async def test_an_objection_is_in_the_dossier_of_those_alone_who_answer_it(desk_of_notices: Desk) -> None:
    city = desk_of_notices
    await on_view(city)
    made = await object_to(city)
    (letter, *_) = await city.asked("industry", "ask")
    assert await Dossiers(city.db, city.clock).of(letter)
    kept = dossier(await city.db.read(dossiers.basis, city.app_id))
    found = await city.db.read(dossiers.objection, made.id)
    assert SAID.text in str(seen_by(Reader.of_letter(letter.facts), kept, found))
    assert SAID.contact not in str(seen_by(Reader.of_letter(letter.facts), kept, found))
    assert SAID.text not in str(kept) and SAID.name not in str(kept)


async def test_an_expert_is_sent_what_is_scored_and_nothing_of_what_others_said(city: PanelDesk) -> None:
    await city.to_the_panel()
    key = next(key for key in (await city.seated()).values() if key)
    (letter, *_) = await city.letters_to(key)
    assert await Dossiers(city.db, city.clock).of(letter)
    kept = dossier(await city.db.read(dossiers.basis, city.app_id))
    seen = seen_by(Reader.of_letter(letter.facts), kept)
    assert [row["most"] for row in seen["sheet"]] == ["10", "30"]
    assert seen["stages"] == [] and len(seen["ahead"]) == 1
    assert not [one for one in await names_of_experts(city) if one in str(seen) or one in str(kept)]


async def test_the_page_gives_it_as_the_case_stands_and_changes_nothing(
    desk: Desk, browser: Browser, db: Database
) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    before = await dump(db)
    page = await browser.open(f"/d/{token}")
    assert f"/d/{token}/dossier.pdf" in page.text
    pdf = await browser.open(f"/d/{token}/dossier.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert await dump(db) == before
    assert (await browser.open(f"/d/{'a' * 40}/dossier.pdf")).status_code == 404


async def test_a_link_that_shows_nothing_any_more_gives_no_dossier(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    await desk.withdraw()
    assert (await browser.open(f"/d/{token}/dossier.pdf")).status_code == 410
